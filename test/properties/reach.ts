/** Who can, of whole doctypes, against the reference asked about every person and document. */
import { isDeepStrictEqual } from 'node:util';
import type * as authz from '../../src/authz/index.ts';
import type { RandomDocument } from '../model/random-schema.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { type Question, referenceWitnesses } from '../model/reference.ts';
import type { Kernel } from './agreement.ts';
import { groupsOf } from './document-groups.ts';

const ACTIONS: readonly authz.Action[] = ['read', 'write', 'create', 'select', 'inspect'];
const LEVELS = [undefined, 0, 1, 2];

/** What is told of one person: documents, how often each grant and share says yes, of whom. */
type Told = {
  readonly name: string;
  readonly documents: number;
  readonly by: Readonly<Record<string, number>>;
  readonly values: readonly Readonly<Record<string, number>>[];
};

/** The first answer in which the kernel differs, in words; null if none does. */
export function findReachDisagreement(
  kernel: Kernel,
  sample: RandomWorld,
  seen: (told: readonly Told[], level: number | undefined) => void = () => {},
): string | null {
  const world = kernel.compileWorld(sample.world);
  for (const shape of sample.world.doctypes) {
    // Only those that somebody may ask about: every other one.
    const own = sample.documents.filter(({ doctype }) => doctype === shape.name);
    const asked = own.filter((_, index) => own.length < 2 || index % 2 === 0);
    const doctype = world.doctypes.get(shape.name);
    if (!doctype) return `${shape.name} is not there`;
    const groups = new kernel.DocumentGroups(
      doctype,
      groupsOf(asked, shape.name, kernel.groupingOf([world], shape.name)),
    );
    for (const action of ACTIONS) {
      for (const level of LEVELS) {
        const question = { action, now: sample.now, ...(level === undefined ? {} : { level }) };
        const reaches = kernel.reachesOf(world, groups, question);
        const found = reaches.map((reach) => toldBy(groups, reach));
        const expected = expectedOf(kernel, sample, shape, asked, action, level);
        if (!isDeepStrictEqual(found, expected)) {
          const what = JSON.stringify({ doctype: shape.name, action, level });
          return `${what}: ${JSON.stringify(found)}\nnot\n${JSON.stringify(expected)}`;
        }
        const stray = reaches.map((reach) => strayCover(kernel, world, groups, reach, asked));
        const wrong = stray.find((one) => one !== null);
        if (wrong !== undefined) return String(wrong);
        seen(found, level);
      }
    }
  }
  return null;
}

function toldBy(groups: authz.DocumentGroups, { principal, by, groups: own }: authz.Reach): Told {
  const counts: Record<string, number> = {};
  for (const { witness, groups: reached } of by) {
    const { name } = witness.kind === 'share' ? witness.share : witness.way.holding.grant.source;
    counts[name] = (counts[name] ?? 0) + groups.count(reached);
  }
  const values = groups.doctype.paths.map((_, path) =>
    Object.fromEntries([...groups.valuesAt(path, own)].sort()),
  );
  return { name: principal, documents: groups.count(own), by: sorted(counts), values };
}

function expectedOf(
  kernel: Kernel,
  { world, now }: RandomWorld,
  { name: doctype, paths }: authz.DoctypeShape,
  documents: readonly RandomDocument[],
  action: authz.Action,
  level: number | undefined,
): Told[] {
  return [...new Set([...world.users, 'Guest'])].sort().flatMap((id) => {
    const principal = { id, kind: kernel.kindOf(id), actor: null, ceilings: [] };
    const by: Record<string, number> = {};
    const reached = documents.filter(({ values: document }) => {
      const question: Question = { principal, action, doctype, document, now };
      const witnesses = referenceWitnesses(world, question).filter(
        ({ levels }) => level === undefined || levels.includes(level),
      );
      for (const { name } of witnesses) by[name] = (by[name] ?? 0) + 1;
      return witnesses.length > 0;
    });
    if (reached.length === 0) return [];
    const values = paths.map(({ path }) => countsAt(path, reached));
    return [{ name: id, documents: reached.length, by: sorted(by), values }];
  });
}

function countsAt(path: string, documents: readonly RandomDocument[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const document of documents) {
    for (const value of new Set(valuesOn(path, document))) {
      counts[value] = (counts[value] ?? 0) + 1;
    }
  }
  return sorted(counts);
}

/** `(blank)` where there is none; a document without rows has a blank. */
function valuesOn(path: string, { values }: RandomDocument): string[] {
  const [field = '', column] = path.split('.');
  const rows = column === undefined ? [values] : (values[field] as readonly object[]);
  const read = (row: object) => Object.entries(row).find(([key]) => key === (column ?? field))?.[1];
  return (rows.length > 0 ? rows : [{}]).map((row) => String(read(row) ?? '(blank)'));
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort());
}

/** A way without a condition whose cover does not say just which documents it reaches. */
function strayCover(
  kernel: Kernel,
  world: authz.CompiledWorld,
  groups: authz.DocumentGroups,
  { by }: authz.Reach,
  documents: readonly RandomDocument[],
): string | null {
  // What no tree knows, no tree speaks of.
  const known = documents.filter((document) => !JSON.stringify(document.values).includes('B99'));
  if (known.length < documents.length) return null;
  for (const { witness, groups: reached } of by) {
    if (witness.kind === 'share' || witness.way.rule.source.when !== null) continue;
    const covers = kernel.coversOf(groups.doctype, witness.way);
    const said = known.filter((document) =>
      covers.every((cover) =>
        valuesOn(cover.path, document).every((value) => isSaid(world.source, cover, value)),
      ),
    );
    if (said.length !== groups.count(reached)) {
      return `${JSON.stringify(covers)}: ${said.length}, not ${groups.count(reached)}`;
    }
  }
  return null;
}

function isSaid({ trees }: authz.World, { dimension, names }: authz.Cover, value: string): boolean {
  if (names === null) return true;
  const parents = trees.find((tree) => tree.dimension === dimension)?.parents;
  const line = [value];
  for (let at = parents?.get(value); at; at = parents?.get(at)) line.push(at);
  const isIn = (list: readonly { value: string; descendants: boolean }[]): boolean =>
    list.some((one) => one.value === value || (one.descendants && line.includes(one.value)));
  if (isIn(names.values)) return true;
  const isAny = names.values.some((one) => one.value === '*');
  return isAny && value !== '(blank)' && !isIn(names.except);
}
