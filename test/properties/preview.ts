/** Previews against the reference: every person and document, before and after. */
import { isDeepStrictEqual } from 'node:util';
import * as authz from '../../src/authz/index.ts';
import type { RandomWorldChange } from '../model/random-change.ts';
import { referenceDecide, referenceLevels } from '../model/reference.ts';
import { renamedValues } from '../model/reference-change.ts';
import type { Values } from '../model/reference-filter.ts';
import { findDisagreement, type Kernel } from './agreement.ts';
import { groupsOf } from './document-groups.ts';
import { remembering } from './remembering.ts';

type Count = { people: Set<string>; documents: Set<string>; pairs: number };

/** The first preview in which the kernel differs from counting all there is; null if none does. */
export function findPreviewDisagreement(
  kernel: Kernel,
  input: RandomWorldChange,
  seen: (preview: authz.Preview) => void = () => {},
): string | null {
  const { sample, change } = input;
  const { world, documents, now } = sample;
  const before = kernel.compileWorld(world);
  // What was worked out before the change must not outlive it.
  warm(kernel, before, sample);
  const after = kernel.recompile(before, change);
  const previewOf = (whole: authz.Change): authz.Preview => {
    const wanted = kernel.groupingsFor(whole);
    return kernel.previewChange(
      whole,
      (doctype) => groupsOf(documents, doctype, wanted.get(doctype)),
      now,
    );
  };
  const preview = previewOf({ before, after, change });
  // As where the world after the change was fetched anew: the same, of other objects.
  const rules = after.source.rules.map((rule) => ({ ...rule }));
  const fetched = kernel.recompile(after, { rules: { gone: after.source.rules, added: rules } });
  const again = previewOf({ before, after: fetched, change });
  if (!isDeepStrictEqual(again, preview)) {
    return `of a fetched world ${JSON.stringify(again)}\nnot ${JSON.stringify(preview)}`;
  }
  const expected = countedOf(input);
  const found = { ...preview };
  for (const key of ['gained', 'lost', 'gainedFields', 'lostFields'] as const) {
    const said = saidLines(found[key]);
    if (!isDeepStrictEqual(said, expected[key])) {
      return `${key}: ${said.join('\n')}\nnot\n${expected[key].join('\n')}\n${JSON.stringify(change)}`;
    }
  }
  seen(preview);
  return null;
}

const changedSampleOf = remembering(({ sample, change }: RandomWorldChange) => ({
  ...sample,
  world: authz.applyChange(sample.world, change),
}));

/** What a recompiled world answers otherwise than the reference on the changed world. */
export function findStale(kernel: Kernel, input: RandomWorldChange): string | null {
  const { sample, change } = input;
  const before = kernel.compileWorld(sample.world);
  warm(kernel, before, sample);
  const recompiling = { ...kernel, compileWorld: () => kernel.recompile(before, change) };
  return findDisagreement(recompiling, changedSampleOf(input), ['read', 'write']);
}

function warm(kernel: Kernel, world: authz.CompiledWorld, sample: RandomWorldChange['sample']) {
  for (const principal of sample.principals) {
    for (const { doctype, values: document } of sample.documents) {
      const question = { principal, action: 'read' as const, doctype, document, now: sample.now };
      void kernel.decide(world, question).allowed;
    }
  }
}

const NO_FIELDS: ReadonlySet<string> = new Set();

const countedOf = remembering(({ sample, change }: RandomWorldChange) => {
  const { world: before, documents, now } = sample;
  const after = authz.applyChange(before, change);
  const counts = new Map<string, Count>();
  const add = (kind: string, person: string, document: string): void => {
    const count = counts.get(kind) ?? { people: new Set(), documents: new Set(), pairs: 0 };
    counts.set(kind, count);
    count.people.add(person);
    count.documents.add(document);
    count.pairs += 1;
  };
  for (const id of new Set([...before.users, ...after.users, 'Guest'])) {
    const [was, is] = [before, after].map(({ users }) => id === 'Guest' || users.includes(id));
    const principal = { id, kind: authz.kindOf(id), actor: null, ceilings: [] };
    for (const { doctype, values: document } of documents) {
      const name = String(document['name']);
      const renamed = renamedValues(before, change, doctype, document);
      for (const action of authz.ACTIONS) {
        const question = { principal, action, doctype, document, now };
        const had = was && referenceDecide(before, question);
        const has = is && referenceDecide(after, { ...question, document: renamed });
        if (has && !had) add(`gained ${doctype} ${action}`, id, name);
        if (had && !has) add(`lost ${doctype} ${action}`, id, name);
      }
      const question = { principal, action: 'read', doctype, document, now };
      const had = was ? readableFields(before, question) : NO_FIELDS;
      const has = is ? readableFields(after, { ...question, document: renamed }) : NO_FIELDS;
      for (const field of has)
        if (!had.has(field)) add(`gainedFields ${doctype} ${field}`, id, name);
      for (const field of had) if (!has.has(field)) add(`lostFields ${doctype} ${field}`, id, name);
    }
  }
  return shownCounts(counts);
});

type Asked = Parameters<typeof referenceLevels>[1] & { readonly document: Values };

function readableFields(world: authz.World, question: Asked): Set<string> {
  if (!referenceDecide(world, question)) return new Set();
  const levels = referenceLevels(world, question);
  const shape = world.doctypes.find(({ name }) => name === question.doctype);
  const fields = [...(shape?.levels ?? [])].filter(([, level]) => levels.has(level));
  return new Set(fields.map(([field]) => field));
}

type Shown = Omit<authz.Preview, 'personalPairs'>;

function shownCounts(counts: ReadonlyMap<string, Count>) {
  const shown = { gained: [], lost: [], gainedFields: [], lostFields: [] } as Record<
    keyof Shown,
    string[]
  >;
  for (const [kind, { people, documents, pairs }] of counts) {
    const [list, doctype, what] = kind.split(' ') as [keyof Shown, string, string];
    shown[list].push(sized(doctype, what, people.size, documents.size, pairs));
  }
  for (const list of Object.values(shown)) list.sort();
  return shown;
}

function sized(doctype: string, what: string, people: number, documents: number, pairs: number) {
  return JSON.stringify({ doctype, what, people, documents, pairs });
}

/** One line for each action or field: fields of one batch are counted together and alike. */
function saidLines(effects: readonly (authz.Effect | authz.FieldEffect)[]): string[] {
  const lines = effects.flatMap((effect) => {
    const { doctype, people, documents, pairs } = effect;
    const things = 'action' in effect ? [effect.action] : effect.fields;
    return things.map((what) => sized(doctype, what, people, documents, pairs));
  });
  return lines.sort();
}
