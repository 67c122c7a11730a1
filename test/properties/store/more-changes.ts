/** Changes of permissions that come up by nobody's plan: in place, under other names, or gone. */
import fc from 'fast-check';
import type { Statement } from '../../../src/store/statement.ts';
import { sql } from '../../security/small-company.ts';

export type OddChange = { readonly kind: keyof typeof STATEMENTS; readonly pick: number };

/** Some row of a table, or null: the number counts through those that are there. */
const some = (table: string, where = 'true'): string =>
  `(select id from doc."${table}" where ${where} order by id
    offset $1 % greatest((select count(*) from doc."${table}" where ${where}), 1) limit 1)`;

const MADE = `name like 'made%'`;

let count = 0;

const STATEMENTS = {
  'scope in place': `update doc.grant_scope set value = case value when 'Alpha' then 'Beta'
    else 'Nowhere ' || $1 end where id = ${some('grant_scope')}`,
  'scope row gone': `delete from doc.grant_scope where id = ${some('grant_scope')}`,
  'scope moved to another grant': `update doc.grant_scope
    set parent_id = ${some('grant')} where id = ${some('grant_scope', `parenttype = 'Grant'`)}`,
  'dimension never named': `update doc.grant_scope set dimension = 'Odd ' || $1
    where id = ${some('grant_scope')}`,
  'grant renamed': `update doc."grant" set name = 'made again ' || $2 where id = ${some('grant', MADE)}`,
  'grant removed': `delete from doc."grant" where id = ${some('grant', MADE)}`,
  'grant comes back': `update doc."grant" set until = null where id = ${some('grant', 'until is not null')}`,
  'grant to another': `update doc."grant" set grantee_type = 'User', grantee = 'system:odd'
    where id = ${some('grant', MADE)}`,
  'group renamed': `update doc."group" set name = 'made group ' || $2 where id = ${some('group', MADE)}`,
  'group described': `update doc."group" set description = 'd' || $2 where id = ${some('group')}`,
  'member in place': `update doc.group_member set "user" = case "user" when 'ann' then 'ben' else 'ann' end
    where id = ${some('group_member')}`,
  'member for a time': `update doc.group_member set until = '2999-01-01' where id = ${some('group_member')}`,
  'member twice': `insert into doc.group_member
      (name, parent_id, parenttype, parentfield, idx, "user", "from", until)
    select 'again ' || $2, parent_id, parenttype, parentfield, idx, "user", "from", until
    from doc.group_member where id = ${some('group_member')}`,
  'rule renamed': `update doc.role_rule set name = 'made rule ' || $2 where id = ${some('role_rule', MADE)}`,
  'rule of levels': `update doc.role_rule set levels = '[0, 1]', actions = '["read", "write"]'
    where id = ${some('role_rule')}`,
  'unused role removed': `delete from doc.role where id = ${some(
    'role',
    `${MADE} and name not in (select role from doc."grant")
     and name not in (select role from doc.role_rule)`,
  )}`,
  'authority in place': `update doc.granting_authority set except_roles = '["Clerk"]'
    where id = ${some('granting_authority')}`,
  'node removed': `delete from doc.cost_center where id = ${some(
    'cost_center',
    `${MADE} and name not in (select coalesce(parent_cost_center, '') from doc.cost_center)`,
  )}`,
  separation: `insert into doc.separation_rule (name, owner, modified_by, docstatus, creation,
      modified, first_doctype, first_action, second_doctype, second_action, effect)
    values ('made ' || $2, 'ann', 'ann', 0, now(), now(), 'Sales Invoice', 'create',
      'Sales Invoice', 'submit', 'flag')`,
  'separation in place': `update doc.separation_rule set effect = 'refuse'
    where id = ${some('separation_rule')}`,
  'separation removed': `delete from doc.separation_rule where id = ${some('separation_rule')}`,
  'user removed': `delete from doc."user" where id = ${some('user', MADE)}`,
  'share for another time': `update doc.share set until = '2999-01-01' where id = ${some('share')}`,
} as const;

const KINDS = Object.keys(STATEMENTS) as (keyof typeof STATEMENTS)[];

export const oddChanges: fc.Arbitrary<OddChange> = fc.record({
  kind: fc.constantFrom(...KINDS),
  pick: fc.nat({ max: 1000 }),
});

/** The statement of one change, which may find nothing to do. */
export function oddStatement({ kind, pick }: OddChange): Statement {
  const text = STATEMENTS[kind];
  // Parameters are told their type; a statement need not use all of them.
  const numbered = text.replaceAll('$1', '$1::int').replaceAll('$2', '$2::text');
  const values = [pick, String(++count)].slice(0, text.includes('$2') ? 2 : 1);
  if (!text.includes('$1')) return sql(numbered.replaceAll('$2', '$1'), String(count));
  return sql(numbered, ...values);
}
