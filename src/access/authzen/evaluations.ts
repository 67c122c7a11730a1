/** A batch of evaluations: defaults, and when to stop. */
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { type Evaluation, type Fields, fieldsOf, readEvaluation } from './entities.ts';

export type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

const SEMANTICS: readonly string[] = [
  'execute_all',
  'deny_on_first_deny',
  'permit_on_first_permit',
];

export type Batch = {
  readonly semantic: Semantic;
  /** In their order; a refusal where one of them alone is not well formed. */
  readonly evaluations: readonly (Evaluation | Refusal)[];
};

/**
 * Reads a batch; null where it holds no evaluations and so is a single one. Throws `bad_value`
 * where the request as a whole does not fit: an item that does not fails alone.
 */
export function readBatch(input: unknown): Batch | null {
  const request = fieldsOf(input, 'the request');
  const { evaluations = [], options = {} } = request;
  if (!Array.isArray(evaluations)) {
    throw new Refusal('bad_value', '`evaluations` takes a list.');
  }
  const semantic = readSemantic(fieldsOf(options, 'options'));
  if (evaluations.length === 0) return null;
  if (evaluations.length > LIMITS.evaluationsMax) {
    const detail = `At most ${LIMITS.evaluationsMax} evaluations are taken at once.`;
    throw new Refusal('bad_value', detail);
  }
  const defaults = defaultsOf(request);
  return { semantic, evaluations: evaluations.map((item) => readItem(defaults, item)) };
}

/** The outcomes that the semantic asks for: up to the one that settles it. */
export function upToDecisive<One extends { readonly isAllowed: boolean }>(
  semantic: Semantic,
  outcomes: readonly One[],
): readonly One[] {
  if (semantic === 'execute_all') return outcomes;
  const decisive = semantic === 'permit_on_first_permit';
  const place = outcomes.findIndex(({ isAllowed }) => isAllowed === decisive);
  return place < 0 ? outcomes : outcomes.slice(0, place + 1);
}

function readSemantic({ evaluations_semantic: semantic = 'execute_all' }: Fields): Semantic {
  if (typeof semantic === 'string' && SEMANTICS.includes(semantic)) return semantic as Semantic;
  const detail = `\`options.evaluations_semantic\` is one of ${SEMANTICS.join(', ')}.`;
  throw new Refusal('bad_value', detail);
}

/** Defaults must be objects; whether one is complete shows where it is used. */
function defaultsOf({ subject, action, resource, context }: Fields): Fields {
  const given = Object.entries({ subject, action, resource, context });
  const defaults = given.filter(([, value]) => value !== undefined);
  return Object.fromEntries(defaults.map(([name, value]) => [name, fieldsOf(value, name)]));
}

/** What an item gives takes the place of the whole default of that name; nothing is merged. */
function readItem(defaults: Fields, item: unknown): Evaluation | Refusal {
  try {
    return readEvaluation({ ...defaults, ...fieldsOf(item, 'the evaluation') });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
