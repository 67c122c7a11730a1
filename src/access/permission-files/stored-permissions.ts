/** The system's permissions out of its documents, as the caller read them: all of them. */
import type { WireDocument } from '../../documents/steps/mask-answer.ts';
import {
  type Holder,
  type InSystem,
  inOrder,
  type Kind,
  orderedActions,
  orderedScope,
  type Permissions,
  type RuleRecord,
  type ScopeEntry,
} from './records.ts';

/** Which doctypes make up a kind. */
export const DOCTYPES_OF: Readonly<Record<Kind, readonly string[]>> = {
  roles: ['Role', 'Role Rule'],
  groups: ['Group'],
  grants: ['Grant'],
  authorities: ['Granting Authority'],
  shares: ['Share'],
};

type Documents = ReadonlyMap<string, readonly WireDocument[]>;

/** Grants and shares that are over at `at` decide nothing any more and are left out. */
export function permissionsFrom(
  kinds: ReadonlySet<Kind>,
  documents: Documents,
  at: string,
): Permissions<InSystem> {
  const of = (doctype: string): readonly WireDocument[] =>
    [...(documents.get(doctype) ?? [])].sort((a, b) => inOrder(text(a, 'name'), text(b, 'name')));
  return {
    kinds,
    roles: of('Role').map((one) => ({
      role: text(one, 'name'),
      description: blankable(one, 'description'),
      ...placeOf(one),
    })),
    rules: of('Role Rule').map(ruleFrom),
    groups: of('Group').map((one) => ({
      group: text(one, 'name'),
      description: blankable(one, 'description'),
      members: rows(one, 'members').map((row) => ({
        user: text(row, 'user'),
        ...timesOf(row),
        ...placeOf(row),
      })),
      ...placeOf(one),
    })),
    grants: of('Grant')
      .map((one) => ({
        holder: holderOf(one, 'grantee'),
        role: text(one, 'role'),
        scope: scopeOf(one),
        ...timesOf(one),
        reason: blankable(one, 'reason'),
        ...placeOf(one),
      }))
      .filter((one) => !isOver(one, at)),
    authorities: of('Granting Authority').map((one) => ({
      holder: holderOf(one, 'holder'),
      roles: texts(one, 'roles').sort(inOrder),
      exceptRoles: texts(one, 'except_roles').sort(inOrder),
      scope: scopeOf(one),
      ...placeOf(one),
    })),
    shares: of('Share')
      .map((one) => ({
        user: text(one, 'user'),
        doctype: text(one, 'document_type'),
        document: text(one, 'document_name'),
        actions: orderedActions(texts(one, 'actions')),
        until: blankable(one, 'until'),
        ...placeOf(one),
      }))
      .filter((one) => !isOver(one, at)),
  };
}

/** True where what has this end is over at the moment. */
export function isOver({ until }: { readonly until: string | null }, at: string): boolean {
  return until !== null && until <= at;
}

function ruleFrom(one: WireDocument): RuleRecord & InSystem {
  const levels = one['levels'];
  const reach = one['reach'];
  return {
    role: text(one, 'role'),
    doctype: text(one, 'document_type'),
    actions: orderedActions(texts(one, 'actions')),
    levels: (Array.isArray(levels) ? levels.map(Number) : [0]).sort((a, b) => a - b),
    reach: reach === 'within' || reach === 'everything' ? reach : null,
    except: texts(one, 'except').sort(inOrder),
    when: one['when'] ?? null,
    status: one['status'] === 'in force' ? ('in force' as const) : ('draft' as const),
    ...placeOf(one),
  };
}

function placeOf(one: WireDocument): InSystem {
  return { name: text(one, 'name'), modified: String(one['modified'] ?? '') };
}

function holderOf(one: WireDocument, field: 'grantee' | 'holder'): Holder {
  const type = one[`${field}_type`] === 'Group' ? 'Group' : 'User';
  return { type, name: text(one, field) };
}

function scopeOf(one: WireDocument): ScopeEntry[] {
  return orderedScope(
    rows(one, 'scope').map((row) => ({
      dimension: text(row, 'dimension'),
      value: text(row, 'value'),
      descendants: row['descendants'] === 1,
    })),
  );
}

function timesOf(one: WireDocument) {
  return { from: blankable(one, 'from'), until: blankable(one, 'until') };
}

function rows(one: WireDocument, field: string): readonly WireDocument[] {
  return (one[field] ?? []) as unknown as readonly WireDocument[];
}

function texts(one: WireDocument, field: string): string[] {
  const list = one[field] ?? [];
  return Array.isArray(list) ? list.map(String) : [];
}

function text(one: WireDocument, field: string): string {
  const value = one[field];
  // Read in full, so that nothing can be missing; a gap would look like less than there is.
  if (typeof value !== 'string') throw new Error(`a permission record without its ${field}`);
  return value;
}

function blankable(one: WireDocument, field: string): string | null {
  const value = one[field] ?? null;
  return value === null || value === '' ? null : String(value);
}
