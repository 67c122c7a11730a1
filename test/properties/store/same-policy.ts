/** Two policies compared: the records that they were made of, and what they answer. */
import { type CompiledWorld, decide, isVisible, kindOf, whoCan } from '../../../src/authz/index.ts';
import type { Policy } from '../../../src/store/policy.ts';

/** Maps and sets as lists; the order of most records is nobody's promise. */
function inOrder(value: unknown): unknown {
  if (value instanceof Map) return inOrder([...value].map(([key, one]) => ({ key, one })));
  if (value instanceof Set) return inOrder([...value]);
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.every((item) => typeof item === 'object' || typeof item === 'string')
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inOrder(one)]));
}

/** Everything a policy decides by, in an order of its own. */
export function worldOf({ world, boundaries }: Policy): unknown {
  const { acting: _, separations, scope: __, ...source } = { scope: null, ...world.source };
  const grants = source.grants.map(({ scope, ...grant }) => ({
    ...grant,
    scope: JSON.stringify(scope),
  }));
  return { ...(inOrder({ ...source, grants }) as object), separations, boundaries };
}

const DOCTYPES = ['Sales Invoice', 'Cost Center', 'Grant'];
const DOCUMENTS = [
  ...['Root', 'North', 'Leeds', 'South', 'made by nobody'].map((cost_center) => ({
    ...{ name: `INV-${cost_center}`, company: 'Alpha', cost_center, owner: 'ann' },
  })),
  { name: 'INV-Beta', company: 'Beta', cost_center: null, owner: 'ben' },
  { name: 'INV-Odd', company: null, cost_center: 'Leeds', owner: 'ann' },
];

/** What the world answers to everybody there is. */
export function answersOf(world: CompiledWorld, users: readonly string[], now: number): unknown[] {
  const people = [...users, 'Guest', 'nobody'];
  const asked = people.flatMap((id) => {
    const principal = { id, kind: kindOf(id), actor: null, ceilings: [] };
    return [
      DOCTYPES.map((doctype) => isVisible(world, principal, doctype, now)),
      ...(['read', 'write', 'print'] as const).map((action) =>
        DOCUMENTS.map((document) => {
          const question = { principal, action, doctype: 'Sales Invoice', document, now };
          return decide(world, question).allowed;
        }),
      ),
    ];
  });
  const who = DOCUMENTS.map((document) =>
    whoCan(world, { action: 'read', doctype: 'Sales Invoice', document, now }),
  );
  return [...asked, who];
}
