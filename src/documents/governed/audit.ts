/**
 * What belongs to a document says something of it: whoever reads a comment on a payslip leaves the
 * entry that reading the payslip leaves.
 */
import { append } from '../../audit/append.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import { Needs } from '../../authz/index.ts';
import type { Doctype, Governance } from '../../doctype/definition.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import { type StoredValues, selectPlaces } from '../../store/read-documents.ts';
import type { Result, Statement } from '../../store/statement.ts';
import type { Store } from '../../store/store.ts';
import type { Where } from '../../store/where.ts';
import { needsOfReadingAny } from '../steps/read-need.ts';
import type { Target } from '../work.ts';
import { parentTarget, parentTargets } from './parents.ts';

/** The document that another belongs to. */
export type ParentName = { readonly doctype: string; readonly name: string };

/** The columns that say what a document belongs to; none where it belongs to nothing. */
export function parentColumns({ governed_by: governance }: Doctype): readonly string[] {
  return governance ? [governance.doctype_field, governance.name_field] : [];
}

/** What a document belongs to, by its values. */
export function parentNameOf(governance: Governance, values: StoredValues): ParentName {
  const { doctype_field, name_field } = governance;
  return { doctype: String(values[doctype_field]), name: String(values[name_field]) };
}

/** True where reading a document of the target whole is written to the audit log. */
export function isPersonal({ doctype, moment }: Target): boolean {
  const personal = moment.policy.world.doctypes.get(doctype.name)?.personal;
  return doctype.audit_reads === true || (personal !== undefined && personal.size > 0);
}

/** Commits an entry for each document of a personal kind, before the answer leaves. */
export async function auditParents(
  store: Store,
  target: Target,
  parents: readonly ParentName[],
): Promise<void> {
  const events = new Map<string, AuditEvent>();
  for (const { doctype, name } of parents) {
    const parent = parentTarget(target, doctype);
    if (!parent || !isPersonal(parent)) continue;
    const detail = {
      fields: [],
      through: target.doctype.name,
      ...needsOfReadingAny(parent).said(),
    };
    const about = { action: 'read', doctype, name, outcome: 'allowed', code: null } as const;
    events.set(JSON.stringify([doctype, name]), { ...about, detail });
  }
  if (events.size === 0) return;
  const { caller } = target;
  await append(store, caller.credential, auditSubject(caller), [...events.values()]);
}

/** Of a read that shows no document: which kinds of documents those belong to that it counts. */
export type ParentKinds = { readonly target: Target; readonly statement: Statement };

/** Null where nothing of it would be recorded. */
export function parentKinds(target: Target, where: Where): ParentKinds | null {
  const { governed_by: governance } = target.doctype;
  if (!governance) return null;
  const personal = parentTargets(target).filter(isPersonal);
  if (personal.length === 0) return null;
  const values = personal.map(({ doctype }) => doctype.name);
  const ofThose: Where = { kind: 'one-of', field: governance.doctype_field, values };
  const statement = selectPlaces({
    ...{ table: target.table, columns: [governance.doctype_field] },
    ...{ me: target.caller.principal.id, limit: values.length },
    where: { kind: 'all', of: [ofThose, where] },
  });
  return { target, statement };
}

/** Commits one entry for all of them. */
export async function auditParentKinds(
  store: Store,
  kinds: ParentKinds | null,
  action: 'count' | 'aggregate',
  result: Result | undefined,
  shape: object,
): Promise<void> {
  const found = (result?.rows ?? []).map(([doctype]) => String(doctype));
  if (kinds === null || found.length === 0) return;
  const { target } = kinds;
  const needs = new Needs();
  for (const name of found) {
    const parent = parentTarget(target, name);
    const said = parent ? needsOfReadingAny(parent).said() : null;
    if (said) needs.add({ witnesses: new Set(said.witnesses), solely: new Set() });
  }
  const detail = { ...shape, of: found, ...needs.said() };
  const about = { action, doctype: target.doctype.name, name: null, code: null };
  await append(store, target.caller.credential, auditSubject(target.caller), [
    { ...about, outcome: 'allowed', detail },
  ]);
}
