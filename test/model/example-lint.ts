/** What lint tells of an example world. */
import {
  compileWorld,
  type DocumentGroup,
  type Finding,
  findingsOf,
  suspectsOf,
  type World,
} from '../../src/authz/index.ts';
import { TODAY, worldWith } from './example-world.ts';

/** Documents by doctype. */
export type Documents = Readonly<Record<string, readonly DocumentGroup[]>>;

/** All findings in the world today, in their order. */
export function lint(parts: Partial<World>, documents: Documents = {}): Finding[] {
  const world = compileWorld(worldWith(parts));
  const groupsOf = (doctype: string) => documents[doctype] ?? [];
  return findingsOf(world, suspectsOf(world, TODAY), groupsOf, TODAY);
}

/** `code of the record`, of those that are of a doctype. */
export function told(parts: Partial<World>, documents: Documents = {}): string[] {
  return lint(parts, documents)
    .filter(({ doctype }) => doctype !== null)
    .map(({ code, subject }) => `${code}: ${subject.name}`);
}

/** So many people, by names in order. */
export function people(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `person ${String(index).padStart(3, '0')}`);
}

/** So many payslips of one company and employee. */
export function payslips(count: number): Documents {
  return { Payslip: [{ facts: { name: 'PAY', company: 'UK', employee: 'E1' }, count }] };
}
