/** Fields of a doctype that a change of permissions can only open and close together. */
import type { CompiledDoctype } from './compiled-doctype.ts';
import { CLOSED_LEVEL } from './gain.ts';
import { grouped } from './grouped.ts';

/** Fields by the level that they had and have; `CLOSED_LEVEL` where nobody can read them. */
export type FieldBatch = {
  readonly fields: readonly string[];
  /** True where some of the fields say something of a person. */
  readonly isPersonal: boolean;
  readonly from: number;
  readonly to: number;
};

/** All fields of a doctype before and after a change, which may be the same. */
export function fieldBatches(
  before: CompiledDoctype | undefined,
  after: CompiledDoctype | undefined,
): FieldBatch[] {
  const names = new Set([...(before?.levels.keys() ?? []), ...(after?.levels.keys() ?? [])]);
  const levelsOf = (field: string) => ({
    from: before?.levels.get(field) ?? CLOSED_LEVEL,
    to: after?.levels.get(field) ?? CLOSED_LEVEL,
  });
  const isPersonal = (field: string): boolean =>
    before?.personal.has(field) === true || after?.personal.has(field) === true;
  const alike = grouped([...names], (field) => JSON.stringify(levelsOf(field)));
  return [...alike.values()].map((fields) => ({
    ...levelsOf(String(fields[0])),
    fields,
    isPersonal: fields.some(isPersonal),
  }));
}
