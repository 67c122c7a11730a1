-- The world names everybody who may act, so that `who` and `preview` are complete,
-- and the duties that are kept apart.
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
