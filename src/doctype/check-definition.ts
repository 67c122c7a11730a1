/** Strict reading of definitions. What `checkDefinition` returns can be relied on everywhere. */
import type { Doctype } from './definition.ts';
import { DefinitionError, type Problem } from './definition-error.ts';
import { shapeProblems } from './definition-shape.ts';
import { doctypeProblems } from './doctype-rules.ts';
import { fieldProblems } from './field-rules.ts';
import { type Plain, plainCopy } from './plain-data.ts';

/**
 * The definition as a deeply frozen plain copy. Throws `DefinitionError` with the path of the
 * first thing that is wrong: unknown keys, names, types, options, defaults, conditions, and
 * whatever names a field that is not there. Other doctypes are looked at by `checkDefinitions`.
 */
export function checkDefinition(source: unknown): Doctype {
  const copy = plainCopy(source);
  const first = findProblems(copy)[0];
  if (first === undefined) return copy as unknown as Doctype;
  throw new DefinitionError(first.code, first.path, first.message);
}

/** Everything that is wrong with a definition, for those who can mend it. None: it is valid. */
export function findProblems(copy: Plain): readonly Problem[] {
  const shape = shapeProblems(copy);
  if (shape.length > 0) return shape;
  const definition = copy as unknown as Doctype;
  return [...doctypeProblems(definition), ...fieldProblems(definition)];
}
