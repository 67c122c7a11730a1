/** The apps' roles and rules, and the first grants: visible records, like all others. */
import type { App, RuleSource } from '../../doctype/app.ts';
import type { Doctype } from '../../doctype/definition.ts';
import type { MigrationConnection } from './migration-connection.ts';
import { type Imported, type RecordImport, recordImport } from './record-import.ts';

const SEEDED_BY = 'system:migrator';

/** A grant that exists from the start, to a system principal or a built-in group. */
export type SeedGrant = {
  readonly name: string;
  readonly type: 'User' | 'Group';
  readonly grantee: string;
  readonly role: string;
};

/** An authority over every role and every value, from the start. */
export type SeedAuthority = { readonly name: string; readonly holder: string };

/** A rule that an import brought: without a reach, so not in force. */
export type DraftRule = {
  readonly role: string;
  readonly document_type: string;
  readonly actions: readonly string[];
  readonly levels: readonly number[];
  readonly when?: unknown;
};

/**
 * Adds what is missing and changes nothing that is there: an administrator's edit of a rule
 * survives every upgrade. Names that were deleted stay deleted.
 */
export async function seed(
  owner: MigrationConnection,
  apps: readonly App[],
  doctypes: readonly Doctype[],
  first: { readonly grants: readonly SeedGrant[]; readonly authorities: readonly SeedAuthority[] },
): Promise<void> {
  await owner.script('begin; select sys.lock_epoch()');
  for (const role of apps.flatMap((app) => app.roles)) {
    await add(owner, 'role', 'Role', role.name, { description: role.description });
  }
  await addRules(
    owner,
    apps.flatMap((app) => app.rules),
  );
  const dimensions = doctypes.filter((doctype) => doctype.is_dimension).map(({ name }) => name);
  for (const name of ['Everyone', 'Guests']) await add(owner, 'group', 'Group', name, {});
  for (const grant of first.grants) await addGrant(owner, grant, dimensions);
  for (const { name, holder } of first.authorities) {
    const values = { holder_type: 'User', holder, roles: JSON.stringify(['*']) };
    const id = await add(owner, 'granting_authority', 'Granting Authority', name, values);
    await addScope(owner, 'Granting Authority', id, dimensions);
  }
  await owner.script('commit');
}

type SeedRule = Omit<RuleSource, 'reach' | 'when'> & {
  readonly reach: string | null;
  readonly when?: unknown;
};

/** Gives those that were not there before. */
async function addRules(
  owner: MigrationConnection,
  rules: readonly SeedRule[],
): Promise<Imported[]> {
  const added: Imported[] = [];
  const counts = new Map<string, number>();
  for (const rule of rules) {
    const key = `${rule.role}: ${rule.document_type}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const name = count === 1 ? key : `${key} ${count}`;
    const status = rule.reach === null ? 'draft' : 'in force';
    const id = await add(owner, 'role_rule', 'Role Rule', name, {
      role: rule.role,
      document_type: rule.document_type,
      actions: JSON.stringify(rule.actions),
      levels: JSON.stringify(rule.levels ?? [0]),
      reach: rule.reach,
      except: rule.except ? JSON.stringify(rule.except) : null,
      when: hasConditions(rule.when) ? JSON.stringify(rule.when) : null,
      status,
    });
    if (id !== null) added.push({ doctype: 'Role Rule', name, detail: { status } });
  }
  return added;
}

/** A rule without conditions has none; an empty list would be one that cannot be read. */
function hasConditions(when: unknown): boolean {
  return Array.isArray(when) ? when.length > 0 : Boolean(when);
}

/** Within every value of every dimension, the blank one too. */
async function addGrant(
  owner: MigrationConnection,
  grant: SeedGrant,
  dimensions: readonly string[],
) {
  const id = await add(owner, 'grant', 'Grant', grant.name, {
    grantee_type: grant.type,
    grantee: grant.grantee,
    role: grant.role,
    reason: 'Built in.',
    granted_by: SEEDED_BY,
  });
  await addScope(owner, 'Grant', id, dimensions);
}

async function addScope(
  owner: MigrationConnection,
  parent: 'Grant' | 'Granting Authority',
  id: string | null,
  dimensions: readonly string[],
): Promise<void> {
  if (id === null) return;
  const values = dimensions.flatMap((dimension) =>
    ['*', '(blank)'].map((value) => ({ dimension, value })),
  );
  for (const [index, { dimension, value }] of values.entries()) {
    await owner.query(
      `insert into doc.grant_scope (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
       values (gen_random_uuid()::text, $1, $2, 'scope', $3, $4, $5, 0)`,
      [id, parent, index + 1, dimension, value],
    );
  }
}

/** Adds the rules of an import as drafts, and their roles, which nobody holds; each is recorded. */
export async function seedDrafts(
  owner: MigrationConnection,
  rules: readonly DraftRule[],
  record: RecordImport,
): Promise<void> {
  await owner.script('begin; select sys.lock_epoch()');
  const before = (await owner.query('select name from doc.role')).map(({ name }) => String(name));
  const roles = [...new Set(rules.map((rule) => rule.role))].filter(
    (role) => !before.includes(role),
  );
  const added: Imported[] = [];
  for (const name of roles) {
    const id = await add(owner, 'role', 'Role', name, { description: 'Brought by an import.' });
    if (id !== null) added.push({ doctype: 'Role', name, detail: {} });
  }
  const drafts = rules.map((rule) => ({ ...rule, reach: null }));
  added.push(...(await addRules(owner, drafts)));
  await recordImport(owner, record, added);
  await owner.script('commit');
}

/** Inserts a document unless its name is or was taken; gives its id, or null. */
async function add(
  owner: MigrationConnection,
  table: 'role' | 'role_rule' | 'grant' | 'group' | 'granting_authority',
  doctype: string,
  name: string,
  values: Readonly<Record<string, string | null>>,
): Promise<string | null> {
  const columns = ['docstatus', ...Object.keys(values)];
  const [row] = await owner.query(
    `insert into doc."${table}" (name, owner, creation, modified, modified_by, ${columns.map((c) => `"${c}"`).join(', ')})
     select $1::text, '${SEEDED_BY}', now() at time zone 'UTC', now() at time zone 'UTC', '${SEEDED_BY}',
       ${columns.map((column, i) => `$${i + 3}${JSON_COLUMNS.has(column) ? '::jsonb' : ''}`).join(', ')}
     where not exists (select from sys.retired_name where doctype = $2 and name = $1)
     on conflict (name) do nothing returning id`,
    [name, doctype, '0', ...Object.values(values)],
  );
  return row?.['id'] ?? null;
}

const JSON_COLUMNS = new Set(['actions', 'levels', 'except', 'when', 'roles']);
