/** Conditions as a tree. Every node is plain frozen data: there is nothing in it that could run. */

export type Literal = string | number | boolean | null;

export const BINARY_OPERATORS = [
  '||',
  '&&',
  '===',
  '!==',
  '==',
  '!=',
  '<=',
  '>=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
] as const;

export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'field'; readonly name: string }
  /** A fieldname alone: it has a value, or rows where it is a table. */
  | { readonly kind: 'filled'; readonly name: string }
  /** `doc.items.length`: rows of a table, or characters of a text. */
  | { readonly kind: 'length'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'negate'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choose';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  /** `[…].includes(x)`, `in_list([…], x)`. */
  | { readonly kind: 'includes'; readonly list: readonly Literal[]; readonly item: Expression }
  /** `[…].indexOf(x)`. */
  | { readonly kind: 'index'; readonly list: readonly Literal[]; readonly item: Expression }
  | { readonly kind: 'cast'; readonly to: 'cint' | 'flt'; readonly of: Expression };

/** The fieldnames an expression reads, each once, in the order of their first use. */
export function fieldsOf(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const waiting: Expression[] = [expression];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('name' in node) names.add(node.name);
    else waiting.push(...partsOf(node).reverse());
  }
  return [...names];
}

function partsOf(node: Expression): Expression[] {
  if (node.kind === 'binary') return [node.left, node.right];
  if (node.kind === 'choose') return [node.test, node.then, node.otherwise];
  if (node.kind === 'includes' || node.kind === 'index') return [node.item];
  return node.kind === 'not' || node.kind === 'negate' || node.kind === 'cast' ? [node.of] : [];
}
