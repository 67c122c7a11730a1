/** Random changes of permissions as transactions of SQL, for what is recorded of them. */
import fc from 'fast-check';
import type { Statement } from '../../../src/store/statement.ts';
import { insertion, sql } from '../../security/small-company.ts';

/** What one change does; numbers choose among what there is, whatever that is by then. */
export type Change = {
  readonly kind: (typeof KINDS)[number];
  readonly pick: number;
  readonly flag: boolean;
  readonly date: string | null;
};

const KINDS = [
  'role and rule',
  'rule changed',
  'rule removed',
  'grant with scope',
  'grant ended',
  'grant and its end',
  'group with members',
  'members replaced',
  'group removed',
  'share',
  'share removed',
  'authority',
  'authority removed',
  'user',
  'user enabled',
  'user renamed in full',
  'node',
  'node moved',
  'definition',
  'nothing but the epoch',
  'rolled back',
  'partly rolled back',
] as const;

export const changes: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(...KINDS),
  pick: fc.nat({ max: 1000 }),
  flag: fc.boolean(),
  date: fc.constantFrom(null, '2020-01-01 00:00:00', '2999-12-31 23:59:59.123456'),
});

const STANDARD = {
  ...{ owner: 'ann', modified_by: 'ann', docstatus: 0 },
  ...{ creation: '2026-01-01', modified: '2026-01-01' },
};

const row = (table: string, values: object): Statement =>
  insertion(table, { ...STANDARD, ...values });

/** Some row of a table, or null: `pick` counts through those that are there. */
const some = (table: string, where = 'true'): string =>
  `(select id from doc."${table}" where ${where} order by id
    offset $1 % greatest((select count(*) from doc."${table}" where ${where}), 1) limit 1)`;

let count = 0;

/** The statements of one change. Each of them may find nothing to do. */
export function statementsOf({ kind, pick, flag, date }: Change): Statement[] {
  const name = `made ${++count}`;
  const grant = [
    row('role', { name }),
    row('grant', {
      ...{ name, role: name, grantee_type: flag ? 'User' : 'Group', from: date },
      ...{ grantee: flag ? 'system:made' : 'team', until: flag ? null : '2999-01-01' },
    }),
    ...['Alpha', '*', '(blank)'].map((value, index) => scopeRow('grant', name, value, index)),
  ];
  switch (kind) {
    case 'role and rule':
      return [row('role', { name }), rule(name, flag)];
    case 'rule changed':
      return [
        sql(
          `update doc.role_rule set "when" = $2, reach = $3 where id = ${some('role_rule')}`,
          ...[pick, flag ? '[["owner", "=", "$me"]]' : null, flag ? 'within' : 'everything'],
        ),
      ];
    case 'rule removed':
      return [sql(`delete from doc.role_rule where id = ${some('role_rule')}`, pick)];
    case 'grant with scope':
      return grant;
    case 'grant ended':
      return [
        sql(
          `update doc."grant" set until = now() at time zone 'UTC' where id = ${some('grant', 'until is null')}`,
          pick,
        ),
      ];
    case 'grant and its end':
      return [
        ...grant,
        sql(`update doc."grant" set until = now() at time zone 'UTC' where name = $1`, name),
        sql(
          `delete from doc.grant_scope s using doc."grant" g
           where s.parent_id = g.id and g.name = $1 and s.value = '*'`,
          name,
        ),
      ];
    case 'group with members':
      return [row('group', { name }), ...members(name, flag, date)];
    case 'members replaced':
      return [
        sql(`delete from doc.group_member where parent_id = ${some('group')}`, pick),
        ...members('Everyone', flag, date),
      ];
    default:
      return otherStatements({ kind, pick, flag, date }, name, grant);
  }
}

function otherStatements(
  { kind, pick, flag, date }: Change,
  name: string,
  grant: Statement[],
): Statement[] {
  switch (kind) {
    case 'group removed':
      return [
        sql(`delete from doc."group" where id = ${some('group', `name like 'made%'`)}`, pick),
      ];
    case 'share':
      return [
        row('share', {
          ...{ name, document_type: 'Sales Invoice', document_name: 'INV-Leeds' },
          ...{ user: 'ben', actions: flag ? ['read'] : ['write', 'print'], until: date },
        }),
      ];
    case 'share removed':
      return [sql(`delete from doc.share where id = ${some('share')}`, pick)];
    case 'authority':
      return [
        row('granting_authority', {
          ...{ name, holder_type: 'User', holder: 'ann', roles: ['*'] },
          except_roles: flag ? ['Auditor'] : null,
        }),
        scopeRow('granting_authority', name, flag ? '*' : 'Beta', 0),
      ];
    case 'authority removed':
      return [
        sql(`delete from doc.granting_authority where id = ${some('granting_authority')}`, pick),
      ];
    case 'user':
      return [row('user', { name, email: name, full_name: 'Somebody', enabled: flag ? 1 : 0 })];
    case 'user enabled':
      return [sql(`update doc."user" set enabled = 1 - enabled where id = ${some('user')}`, pick)];
    case 'user renamed in full':
      return [sql(`update doc."user" set full_name = 'Another' where id = ${some('user')}`, pick)];
    case 'node':
      return [
        row('cost_center', { name, company: 'Alpha', parent_cost_center: flag ? 'Leeds' : null }),
      ];
    case 'node moved':
      return [
        sql(
          `update doc.cost_center set parent_cost_center = $2
           where id = ${some('cost_center', `name like 'made%'`)}`,
          ...[pick, flag ? 'South' : null],
        ),
      ];
    case 'definition':
      // As a migration does it: under the epoch, and then raising it.
      return [
        sql('select sys.lock_epoch()'),
        sql(
          `update sys.doctype set definition = definition || jsonb_build_object('version', $1::text)
           where name = 'Sales Invoice'`,
          name,
        ),
        sql('update sys.epoch set value = value + 1'),
      ];
    case 'nothing but the epoch':
      return [sql(`update doc.role set description = 'x' where false`)];
    case 'rolled back':
      return [...grant, sql('rollback')];
    case 'partly rolled back':
      return [sql('savepoint half'), ...grant, sql('rollback to half'), row('role', { name })];
    default:
      throw new Error(`no such change: ${kind}`);
  }
}

function rule(role: string, isDraft: boolean): Statement {
  return row('role_rule', {
    ...{ name: role, role, document_type: 'Sales Invoice', actions: ['read'], levels: [0] },
    ...{ reach: isDraft ? null : 'within', status: isDraft ? 'draft' : 'in force' },
  });
}

function members(group: string, isOne: boolean, date: string | null): Statement[] {
  return (isOne ? ['ann'] : ['ann', 'ben']).map((user) =>
    sql(
      `insert into doc.group_member
         (name, parent_id, parenttype, parentfield, idx, "user", "from", until)
       select gen_random_uuid()::text, id, 'Group', 'members', 1, $2, $3, null
       from doc."group" where name = $1`,
      ...[group, user, date],
    ),
  );
}

function scopeRow(
  table: 'grant' | 'granting_authority',
  name: string,
  value: string,
  index: number,
): Statement {
  return sql(
    `insert into doc.grant_scope
       (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
     select gen_random_uuid()::text, id, $2, 'scope', $4, 'Company', $3, 0
     from doc."${table}" where name = $1`,
    ...[name, table === 'grant' ? 'Grant' : 'Granting Authority', value, index + 1],
  );
}
