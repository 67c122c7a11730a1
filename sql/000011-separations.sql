-- The world knows which duties are kept apart.
create or replace function sys.world() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'epoch', (select value from sys.epoch),
    'users', (select coalesce(jsonb_agg(u.name order by u.name collate "C"), '[]') from (
      select name from doc."user" where enabled = 1
      union select grantee from doc."grant"
        where grantee_type = 'User' and grantee like 'system:%') u),
    'doctypes', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', d.id, 'definition', d.definition, 'table', d.table_name) order by d.id), '[]')
      from sys.doctype d),
    'trees', (select coalesce(jsonb_agg(t), '[]') from (
      select dimension, jsonb_object_agg(value, parent) as parents
      from sys.tree_node group by dimension) t),
    'roles', (select coalesce(jsonb_agg(name), '[]') from doc.role),
    'rules', (select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'role', r.role,
        'document_type', r.document_type, 'actions', r.actions, 'levels', r.levels,
        'reach', r.reach, 'except', r."except", 'when', r."when", 'status', r.status)), '[]')
      from doc.role_rule r),
    'grants', (select coalesce(jsonb_agg(jsonb_build_object('name', g.name,
        'grantee_type', g.grantee_type, 'grantee', g.grantee, 'role', g.role,
        'from', g."from", 'until', g.until, 'request', g.request,
        'scope', (select coalesce(jsonb_agg(jsonb_build_object('dimension', s.dimension,
            'value', s.value, 'descendants', s.descendants) order by s.idx), '[]')
          from doc.grant_scope s where s.parent_id = g.id and s.parenttype = 'Grant'))), '[]')
      from doc."grant" g
      -- Ended grants decide nothing any more; they stay in the table as history.
      where g.until is null or g.until > (now() at time zone 'UTC')),
    'members', (select coalesce(jsonb_agg(jsonb_build_object('group', gr.name, 'user', m."user",
        'from', m."from", 'until', m.until)), '[]')
      from doc.group_member m join doc."group" gr on gr.id = m.parent_id),
    'shares', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'document_type', s.document_type, 'document_name', s.document_name, 'user', s."user",
        'actions', s.actions, 'until', s.until)), '[]')
      from doc.share s where s.until is null or s.until > (now() at time zone 'UTC')),
    'authorities', (select coalesce(jsonb_agg(jsonb_build_object('name', a.name,
        'holder_type', a.holder_type, 'holder', a.holder, 'roles', a.roles,
        'except_roles', a.except_roles,
        'scope', (select coalesce(jsonb_agg(jsonb_build_object('dimension', s.dimension,
            'value', s.value, 'descendants', s.descendants) order by s.idx), '[]')
          from doc.grant_scope s
          where s.parent_id = a.id and s.parenttype = 'Granting Authority'))), '[]')
      from doc.granting_authority a),
    'separations', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'first', jsonb_build_object('doctype', s.first_doctype, 'action', s.first_action),
        'second', jsonb_build_object('doctype', s.second_doctype, 'action', s.second_action),
        'dimension', s.dimension, 'effect', s.effect) order by s.id), '[]')
      from doc.separation_rule s))
$$;

-- The world as `sys.world()` gave it at that instant, in the very same shape; null before the
-- history begins. Whatever that function is given to tell, this one must be given too.
create or replace function sys.world_at(at timestamptz) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  last sys.permission_change;
begin
  perform sys.claimed();
  select * into last from sys.permission_change c where c.at <= world_at.at order by c.at desc limit 1;
  if last.number is null then return null; end if;
  return (with recorded as materialized (
    select h.relation, h.content from sys.permission_history h
    where h.from_change <= last.number and (h.until_change is null or h.until_change > last.number)
  ), doctype as (
    select r.* from recorded h, jsonb_populate_record(null::sys.doctype, h.content) r
    where h.relation = 'sys.doctype'
  ), tree_node as (
    select r.* from recorded h, jsonb_populate_record(null::sys.tree_node, h.content) r
    where h.relation = 'sys.tree_node'
  ), "user" as (
    select r.* from recorded h, jsonb_populate_record(null::doc."user", h.content) r
    where h.relation = 'doc.user'
  ), role as (
    select r.* from recorded h, jsonb_populate_record(null::doc.role, h.content) r
    where h.relation = 'doc.role'
  ), role_rule as (
    select r.* from recorded h, jsonb_populate_record(null::doc.role_rule, h.content) r
    where h.relation = 'doc.role_rule'
  ), "grant" as (
    select r.* from recorded h, jsonb_populate_record(null::doc."grant", h.content) r
    where h.relation = 'doc.grant'
  ), scope as (
    -- Put together once for all: a search for each grant would have no index to go by.
    select r.parenttype, r.parent_id, jsonb_agg(jsonb_build_object('dimension', r.dimension,
        'value', r.value, 'descendants', r.descendants) order by r.idx) as entries
    from recorded h, jsonb_populate_record(null::doc.grant_scope, h.content) r
    where h.relation = 'doc.grant_scope' group by r.parenttype, r.parent_id
  ), "group" as (
    select r.* from recorded h, jsonb_populate_record(null::doc."group", h.content) r
    where h.relation = 'doc.group'
  ), group_member as (
    select r.* from recorded h, jsonb_populate_record(null::doc.group_member, h.content) r
    where h.relation = 'doc.group_member'
  ), share as (
    select r.* from recorded h, jsonb_populate_record(null::doc.share, h.content) r
    where h.relation = 'doc.share'
  ), granting_authority as (
    select r.* from recorded h, jsonb_populate_record(null::doc.granting_authority, h.content) r
    where h.relation = 'doc.granting_authority'
  ), separation_rule as (
    select r.* from recorded h, jsonb_populate_record(null::doc.separation_rule, h.content) r
    where h.relation = 'doc.separation_rule'
  ) select jsonb_build_object(
    'epoch', last.epoch,
    'users', (select coalesce(jsonb_agg(u.name order by u.name collate "C"), '[]') from (
      select name from "user" where enabled = 1
      union select grantee from "grant"
        where grantee_type = 'User' and grantee like 'system:%') u),
    'doctypes', (select coalesce(jsonb_agg(jsonb_build_object(
        'id', d.id, 'definition', d.definition, 'table', d.table_name) order by d.id), '[]')
      from doctype d),
    'trees', (select coalesce(jsonb_agg(t), '[]') from (
      select dimension, jsonb_object_agg(value, parent) as parents
      from tree_node group by dimension) t),
    'roles', (select coalesce(jsonb_agg(name), '[]') from role),
    'rules', (select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'role', r.role,
        'document_type', r.document_type, 'actions', r.actions, 'levels', r.levels,
        'reach', r.reach, 'except', r."except", 'when', r."when", 'status', r.status)), '[]')
      from role_rule r),
    'grants', (select coalesce(jsonb_agg(jsonb_build_object('name', g.name,
        'grantee_type', g.grantee_type, 'grantee', g.grantee, 'role', g.role,
        'from', g."from", 'until', g.until, 'request', g.request,
        'scope', coalesce(s.entries, '[]'))), '[]')
      from "grant" g left join scope s on s.parent_id = g.id and s.parenttype = 'Grant'
      where g.until is null or g.until > (world_at.at at time zone 'UTC')),
    'members', (select coalesce(jsonb_agg(jsonb_build_object('group', gr.name, 'user', m."user",
        'from', m."from", 'until', m.until)), '[]')
      from group_member m join "group" gr on gr.id = m.parent_id),
    'shares', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'document_type', s.document_type, 'document_name', s.document_name, 'user', s."user",
        'actions', s.actions, 'until', s.until)), '[]')
      from share s where s.until is null or s.until > (world_at.at at time zone 'UTC')),
    'authorities', (select coalesce(jsonb_agg(jsonb_build_object('name', a.name,
        'holder_type', a.holder_type, 'holder', a.holder, 'roles', a.roles,
        'except_roles', a.except_roles,
        'scope', coalesce(s.entries, '[]'))), '[]')
      from granting_authority a
      left join scope s on s.parent_id = a.id and s.parenttype = 'Granting Authority'),
    'separations', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'first', jsonb_build_object('doctype', s.first_doctype, 'action', s.first_action),
        'second', jsonb_build_object('doctype', s.second_doctype, 'action', s.second_action),
        'dimension', s.dimension, 'effect', s.effect) order by s.id), '[]')
      from separation_rule s))
  );
end
$$;
