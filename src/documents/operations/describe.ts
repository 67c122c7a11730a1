/** Doctypes as a principal may know them. */
import { isVisible, levelsAnywhere, waysOf } from '../../authz/index.ts';
import { unknownDoctype } from '../../base/errors.ts';
import type { Doctype } from '../../doctype/definition.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Moment, Store } from '../../store/store.ts';
import { isKnown } from '../governed/parents.ts';

/** One line of a menu. */
export type DoctypeCard = Pick<Doctype, 'name' | 'app'> &
  Partial<
    Pick<
      Doctype,
      'module' | 'title_field' | 'search_fields' | 'is_submittable' | 'issingle' | 'is_tree'
    >
  >;

const CARD_KEYS = [
  'name',
  'app',
  'module',
  'title_field',
  'search_fields',
  'is_submittable',
  'issingle',
  'is_tree',
] as const;

/** The doctypes for which the caller holds a role that may read them. */
export async function listDoctypes(store: Store, caller: Caller): Promise<DoctypeCard[]> {
  const moment = await momentOf(store, caller);
  return [...moment.policy.doctypes.values()]
    .filter((doctype) => !doctype.istable && mayRead(moment, caller, doctype.name))
    .map(
      (doctype) =>
        Object.fromEntries(
          CARD_KEYS.filter((key) => doctype[key] !== undefined).map((key) => [key, doctype[key]]),
        ) as DoctypeCard,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The definition without fields of levels that are open to the caller nowhere. */
export async function describeDoctype(
  store: Store,
  caller: Caller,
  name: string,
): Promise<Doctype> {
  const moment = await momentOf(store, caller);
  const parent = ownerOfRows(moment, caller, name);
  const doctype = moment.policy.doctypes.get(name);
  if (!doctype || parent === null) throw unknownDoctype(name);
  const request = { principal: caller.principal, doctype: parent, now: moment.now };
  const actions = ['select', 'read', 'write', 'create'] as const;
  const levels = new Set(
    actions.flatMap((action) => [...levelsAnywhere(moment.policy.world, { ...request, action })]),
  );
  // Whoever holds a role without scope sees no documents, but may know what they look like.
  if (levels.size === 0) levels.add(0);
  return { ...doctype, fields: doctype.fields.filter((field) => levels.has(field.level ?? 0)) };
}

/** The doctype itself, or for a child doctype the first visible one that has rows of it. */
function ownerOfRows(moment: Moment, caller: Caller, name: string): string | null {
  const isSeen = (one: string): boolean => isKnown(moment, caller.principal, one);
  if (!moment.policy.doctypes.get(name)?.istable) return isSeen(name) ? name : null;
  const owner = [...moment.policy.doctypes.values()].find(
    (doctype) =>
      isSeen(doctype.name) &&
      doctype.fields.some((field) => field.fieldtype === 'Table' && field.options === name),
  );
  return owner?.name ?? null;
}

/** Whether the caller may read any conceivable document of the doctype. */
export function mayRead(moment: Moment, caller: Caller, name: string): boolean {
  const { world } = moment.policy;
  const shape = world.doctypes.get(name);
  if (!shape || !isVisible(world, caller.principal, name, moment.now)) return false;
  const shared = world.shares.get(caller.principal.id)?.has(name) === true;
  return shared || waysOf(world, caller.principal, 'read', shape, moment.now).length > 0;
}

async function momentOf(store: Store, caller: Caller): Promise<Moment> {
  return await store.read(caller.credential, caller.principal.id, 'read', () => []);
}
