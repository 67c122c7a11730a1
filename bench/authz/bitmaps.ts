/**
 * A yardstick: what plain JavaScript can do when it knows just this workload. Bits for each
 * person, in typed arrays; it explains nothing, and nothing ever changes in it.
 */
import type { Engine, EngineLoader } from './engine.ts';
import { ACTIONS, type BusinessDocument, type Workload } from './workload.ts';

export const loadBitmaps: EngineLoader = (workload) => {
  const { doctypes, people, documents } = workload;
  const personNumbers = numbered(people.map(({ id }) => id));
  const doctypeNumbers = numbered(doctypes.map(({ name }) => name));
  const actionBits = new Map(ACTIONS.map((action, index) => [action, 1 << index]));
  const companies = scopeBits(workload, 'company', workload.companies);
  const centers = scopeBits(workload, 'cost_center', [...workload.costCenters.keys()]);
  const any = new Uint8Array(people.length * doctypes.length);
  const own = new Uint8Array(people.length * doctypes.length);
  const byRole = Map.groupBy(workload.rules, ({ role }) => role);
  for (const [person, { roles }] of people.entries()) {
    for (const rule of roles.flatMap((role) => byRole.get(role) ?? [])) {
      const at = person * doctypes.length + (doctypeNumbers.get(rule.doctype) ?? 0);
      const bits = rule.actions.reduce((all, action) => all | (actionBits.get(action) ?? 0), 0);
      const into = rule.ownOnly ? own : any;
      into[at] = (into[at] ?? 0) | bits;
    }
  }
  const check: Engine['check'] = ({ id, index: person }, action, document) => {
    const at = person * doctypes.length + (doctypeNumbers.get(document.doctype) as number);
    const bit = actionBits.get(action) as number;
    const isOwn = ((own[at] as number) & bit) !== 0 && document.owner === id;
    if (((any[at] as number) & bit) === 0 && !isOwn) return false;
    return (
      companies.covers(person, companies.numberOf(document.company)) &&
      centers.covers(person, centers.numberOf(document.cost_center))
    );
  };
  const columns = {
    doctype: Uint8Array.from(documents, (one) => doctypeNumbers.get(one.doctype) as number),
    company: Uint16Array.from(documents, (one) => companies.numberOf(one.company)),
    center: Uint16Array.from(documents, (one) => centers.numberOf(one.cost_center)),
    owner: Uint16Array.from(documents, (one) => personNumbers.get(one.owner) as number),
  };
  const read = actionBits.get('read') as number;
  const list: Engine['list'] = ({ index: person }) => {
    const found: string[] = [];
    for (let row = 0; row < documents.length; row++) {
      const at = person * doctypes.length + (columns.doctype[row] as number);
      const isOwn = ((own[at] as number) & read) !== 0 && columns.owner[row] === person;
      if (((any[at] as number) & read) === 0 && !isOwn) continue;
      if (!companies.covers(person, columns.company[row] as number)) continue;
      if (!centers.covers(person, columns.center[row] as number)) continue;
      found.push((documents[row] as BusinessDocument).name);
    }
    return found;
  };
  return { name: 'bitmaps that know just this workload', check, list };
};

/** One bit for each value, and one more, always set, for a document without the dimension. */
function scopeBits(
  { people, costCenters }: Workload,
  dimension: 'company' | 'cost_center',
  values: readonly string[],
) {
  const numbers = numbered(values);
  const none = values.length;
  const width = (values.length + 32) >>> 5;
  const words = new Uint32Array(people.length * width);
  const set = (person: number, value: number): void => {
    const at = person * width + (value >>> 5);
    words[at] = (words[at] ?? 0) | (1 << (value & 31));
  };
  for (const [person, { scope }] of people.entries()) {
    set(person, none);
    const held = new Set(scope[dimension]);
    for (const [value, number] of numbers) {
      if (held.has('*')) set(person, number);
      for (let up: string | null = value; up !== null; up = costCenters.get(up) ?? null) {
        if (held.has(up)) set(person, number);
      }
    }
  }
  return {
    numberOf: (value: string | null): number =>
      value === null ? none : (numbers.get(value) as number),
    covers: (person: number, number: number): boolean => {
      return (((words[person * width + (number >>> 5)] as number) >>> (number & 31)) & 1) === 1;
    },
  };
}

function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}
