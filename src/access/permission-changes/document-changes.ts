/** A proposed change, said in the words of a preview, as the writes of documents that make it. */
import { Refusal } from '../../base/errors.ts';
import type { Change } from '../../documents/together.ts';
import { documentFrom, type StoredValues, selectDocument } from '../../store/read-documents.ts';
import type { WriteTransaction } from '../../store/store.ts';
import type { ProposedChanges } from './proposal.ts';

type Item = Readonly<Record<string, unknown>> & { readonly type: string };

/** What each word makes or ends. A group's members are changed together, once for each group. */
const CREATED: Readonly<Record<string, string>> = {
  role: 'Role',
  rule: 'Role Rule',
  grant: 'Grant',
  share: 'Share',
};

/**
 * The writes in the order in which they are made: what is named comes before what names it, and
 * what goes before what comes, so that nobody holds both for a moment. Expects items that a preview
 * was able to read. Throws `bad_value` for what no document holds, such as a field's level.
 */
export async function documentChanges(
  transaction: WriteTransaction,
  { add, remove }: ProposedChanges,
  reason: string,
): Promise<Change[]> {
  const [added, removed] = [add as readonly Item[], remove as readonly Item[]];
  const stray = [...added, ...removed].find(({ type }) => type === 'level' || type === 'path');
  if (stray) {
    throw new Refusal('bad_value', `A ${stray.type} changes with its doctype, not by a proposal.`);
  }
  const of = (...types: string[]): Item[] => added.filter(({ type }) => types.includes(type));
  const created = new Set(of('group').map(({ name }) => String(name)));
  const members = [...of('member'), ...removed.filter(({ type }) => type === 'member')];
  const groups = new Set(members.map(({ group }) => String(group)));
  const changed = [...groups].filter((group) => !created.has(group));
  return [
    ...of('role').map(creation),
    ...of('group').map((group) => newGroup(group, of('member'))),
    ...removed.filter(({ type }) => type in CREATED).map(removal),
    ...of('rule').map((rule) => creation({ status: 'in force', ...rule })),
    ...of('grant').map((grant) => creation({ reason, ...grant })),
    ...(await Promise.all(
      changed.map((group) => changedGroup(transaction, group, of('member'), removed)),
    )),
    ...of('share').map(creation),
    ...of('expiry').map(({ name, until }) => update('Grant', String(name), { until })),
    ...of('move').map((move) => moved(transaction, move)),
  ];
}

function creation({ type, ...input }: Item): Change {
  const doctype = CREATED[type];
  if (doctype === undefined) throw new Error(`a ${type} is no document`);
  return { operation: 'create', doctype, name: null, input, expectedModified: null };
}

function removal({ type, name }: Item): Change {
  const doctype = CREATED[type] ?? '';
  return {
    ...{ operation: 'delete', doctype, name: String(name) },
    ...{ input: null, expectedModified: null },
  };
}

function update(doctype: string, name: string, input: object, modified: string | null = null) {
  return { operation: 'update' as const, doctype, name, input, expectedModified: modified };
}

function newGroup({ type: _, ...group }: Item, members: readonly Item[]): Change {
  if (group['members'] !== undefined) {
    throw new Refusal('bad_value', 'Members of a new group are entries of their own.');
  }
  const own = members.filter((member) => member['group'] === group['name']).map(rowOf);
  const input = { ...group, members: own };
  return { operation: 'create', doctype: 'Group', name: null, input, expectedModified: null };
}

/** The rows that stay keep their names; a group that may not be read is not there. */
async function changedGroup(
  { policy, run }: WriteTransaction,
  group: string,
  added: readonly Item[],
  removed: readonly Item[],
): Promise<Change> {
  const table = policy.tables.get('Group');
  if (!table) throw new Error('there is no doctype Group');
  const [result] = await run('read', selectDocument(table, group));
  const stored = documentFrom(table, result);
  const isOwn = (item: Item): boolean => item['group'] === group;
  const leaving = new Set(
    removed.filter((item) => item.type === 'member' && isOwn(item)).map(({ user }) => user),
  );
  const staying = (stored?.tables['members'] ?? []).filter(({ user }) => !leaving.has(user));
  const members = [...staying.map(storedRow), ...added.filter(isOwn).map(rowOf)];
  return update('Group', group, { members }, String(stored?.values['modified'] ?? ''));
}

function storedRow({ name, user, from, until }: StoredValues): object {
  return { name, user, from, until };
}

function rowOf({ type: _, group: __, ...row }: Item): object {
  return row;
}

function moved({ policy }: WriteTransaction, { doctype, name, parent }: Item): Change {
  const field = policy.doctypes.get(String(doctype))?.parent_field;
  if (field === undefined) throw new Refusal('bad_value', `${doctype} is no tree.`);
  return update(String(doctype), String(name), { [field]: parent ?? null });
}
