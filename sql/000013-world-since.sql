-- What changed of the world since a change that somebody knows, out of the recorded history: after
-- one grant, nobody has to read all the others again.

create index permission_history_from on sys.permission_history (from_change);
create index permission_history_until on sys.permission_history (until_change)
  where until_change is not null;

-- As before; and whatever is recorded is seen by every node, even where whoever wrote it forgot to
-- raise the epoch: no two changes that follow each other have the same one.
create or replace function sys.finish_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  instant timestamptz;
begin
  update sys.epoch set value = value + 1 where value = (
    select c.epoch from sys.permission_change c where c.at is not null order by c.at desc limit 1);
  select greatest(pg_catalog.clock_timestamp(), pg_catalog.max(c.at) + interval '1 microsecond')
    into instant from sys.permission_change c;
  update sys.permission_change c
  set at = instant, epoch = (select e.value from sys.epoch e) where c.number = new.number;
  -- Nobody who sees this change decides at a moment before it.
  update sys.epoch set changed_at = greatest(changed_at, instant);
  return null;
end
$$;

-- The last change that is committed, and this transaction's `now()`: what `sys.world()` leaves out
-- as ended had ended by then.
create function sys.last_change(out number bigint, out at timestamptz)
language sql stable security definer set search_path = ''
as $$
  select pg_catalog.max(c.number), pg_catalog.now()
  from sys.permission_change c where c.at is not null
$$;

-- The records that changed, each as `sys.world()` tells it now, with the names of all that did:
-- those that are not told are gone. Null where the whole world has to be read: the change is not
-- of this history, too much has changed, or something that is not told in parts, such as a
-- definition. What this transaction itself has changed so far counts too.
create function sys.world_since(since bigint, since_epoch bigint) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  rows_max constant int := 5000;
begin
  perform sys.claimed();
  if not exists (
    select from sys.permission_change c where c.number = since and c.epoch = since_epoch) then
    return null;
  end if;
  if (select count(*) from (
      (select from sys.permission_history h where h.from_change > since limit rows_max)
      union all
      (select from sys.permission_history h where h.until_change > since limit rows_max)
    ) counted) >= rows_max then
    return null;
  end if;
  return (with touched as materialized (
    select h.relation, h.key, h.content, h.until_change is null as is_present
    from sys.permission_history h where h.from_change > since and h.until_change is null
    union all
    -- What came and went meanwhile was never in a world that anybody knows.
    select h.relation, h.key, h.content, false
    from sys.permission_history h where h.until_change > since and h.from_change <= since
  ), strange as (
    select from sys.permission_history h
    where (h.from_change > since or h.until_change > since) and h.relation not in (
      'sys.tree_node', 'doc.user', 'doc.role', 'doc.role_rule', 'doc.grant', 'doc.grant_scope',
      'doc.group', 'doc.group_member', 'doc.share', 'doc.granting_authority',
      'doc.separation_rule')
    union all
    -- A group under another name, or gone without its members: they have the old name in them.
    select from touched t where t.relation = 'doc.group' and not t.is_present and (
      exists (select from doc."group" g where g.id = t.key::bigint and g.name <> t.content ->> 'name')
      or (not exists (select from doc."group" g where g.id = t.key::bigint)
        and exists (select from doc.group_member m where m.parent_id = t.key::bigint)))
  ), owner_of_scope as (
    select t.content ->> 'parenttype' as type, (t.content ->> 'parent_id')::bigint as id
    from touched t where t.relation = 'doc.grant_scope'
  ), grant_id as (
    select t.key::bigint as id from touched t where t.relation = 'doc.grant'
    union select o.id from owner_of_scope o where o.type = 'Grant'
  ), authority_id as (
    select t.key::bigint as id from touched t where t.relation = 'doc.granting_authority'
    union select o.id from owner_of_scope o where o.type = 'Granting Authority'
  ), actor as (
    select t.content ->> 'name' as name from touched t where t.relation = 'doc.user'
    union
    select t.content ->> 'grantee' from touched t
    where t.relation = 'doc.grant' and t.content ->> 'grantee_type' = 'User'
      and t.content ->> 'grantee' like 'system:%'
  ), member as (
    select t.is_present, coalesce(g.name, (
        select b.content ->> 'name' from touched b
        where b.relation = 'doc.group' and b.key = t.content ->> 'parent_id' limit 1)) as group_name,
      t.content ->> 'user' as user_name, (t.content ->> 'from')::timestamp as begins,
      (t.content ->> 'until')::timestamp as ends
    from touched t left join doc."group" g on g.id = (t.content ->> 'parent_id')::bigint
    where t.relation = 'doc.group_member'
  ), came as (
    select m.group_name, m.user_name, m.begins, m.ends from member m where m.is_present and m.group_name is not null
  ), went as (
    select m.group_name, m.user_name, m.begins, m.ends from member m where not m.is_present and m.group_name is not null
  ), came_only as (select * from came except all select * from went),
  went_only as (select * from went except all select * from came)
  select jsonb_build_object(
    'epoch', (select value from sys.epoch),
    'users', (select coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'acts',
        exists (select from doc."user" u where u.name = a.name and u.enabled = 1)
        or (a.name like 'system:%' and exists (
          select from doc."grant" g where g.grantee_type = 'User' and g.grantee = a.name)))), '[]')
      from actor a),
    'nodes', (select coalesce(jsonb_agg(jsonb_build_object('dimension', t.content -> 'dimension',
        'value', t.content -> 'value', 'parent', n.parent, 'is_there', n.value is not null)), '[]')
      from (select distinct on (key) key, content from touched
        where relation = 'sys.tree_node') t
      left join sys.tree_node n on n.dimension = t.content ->> 'dimension'
        and n.value = t.content ->> 'value'),
    'roles', (select coalesce(jsonb_agg(distinct jsonb_build_object('name', t.content -> 'name',
        'is_there', exists (select from doc.role r where r.name = t.content ->> 'name'))), '[]')
      from touched t where t.relation = 'doc.role'),
    'rules', jsonb_build_object(
      'names', (select coalesce(jsonb_agg(t.content -> 'name'), '[]')
        from touched t where t.relation = 'doc.role_rule'),
      'present', (select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'role', r.role,
          'document_type', r.document_type, 'actions', r.actions, 'levels', r.levels,
          'reach', r.reach, 'except', r."except", 'when', r."when", 'status', r.status)), '[]')
        from doc.role_rule r where r.id in (
          select t.key::bigint from touched t where t.relation = 'doc.role_rule'))),
    'grants', jsonb_build_object(
      'names', (select coalesce(jsonb_agg(n.name), '[]') from (
        select t.content ->> 'name' as name from touched t where t.relation = 'doc.grant'
        union select g.name from doc."grant" g where g.id in (select id from grant_id)) n),
      'present', (select coalesce(jsonb_agg(jsonb_build_object('name', g.name,
          'grantee_type', g.grantee_type, 'grantee', g.grantee, 'role', g.role,
          'from', g."from", 'until', g.until, 'request', g.request,
          'scope', (select coalesce(jsonb_agg(jsonb_build_object('dimension', s.dimension,
              'value', s.value, 'descendants', s.descendants) order by s.idx), '[]')
            from doc.grant_scope s where s.parent_id = g.id and s.parenttype = 'Grant'))), '[]')
        from doc."grant" g where g.id in (select id from grant_id)
          and (g.until is null or g.until > (now() at time zone 'UTC')))),
    'members', jsonb_build_object(
      'gone', (select coalesce(jsonb_agg(jsonb_build_object('group', m.group_name,
          'user', m.user_name, 'from', m.begins, 'until', m.ends)), '[]') from went_only m),
      'added', (select coalesce(jsonb_agg(jsonb_build_object('group', m.group_name,
          'user', m.user_name, 'from', m.begins, 'until', m.ends)), '[]') from came_only m)),
    'shares', jsonb_build_object(
      'names', (select coalesce(jsonb_agg(t.content -> 'name'), '[]')
        from touched t where t.relation = 'doc.share'),
      'present', (select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
          'document_type', s.document_type, 'document_name', s.document_name, 'user', s."user",
          'actions', s.actions, 'until', s.until)), '[]')
        from doc.share s where s.id in (
          select t.key::bigint from touched t where t.relation = 'doc.share')
          and (s.until is null or s.until > (now() at time zone 'UTC')))),
    'authorities', jsonb_build_object(
      'names', (select coalesce(jsonb_agg(n.name), '[]') from (
        select t.content ->> 'name' as name from touched t
        where t.relation = 'doc.granting_authority'
        union select a.name from doc.granting_authority a
        where a.id in (select id from authority_id)) n),
      'present', (select coalesce(jsonb_agg(jsonb_build_object('name', a.name,
          'holder_type', a.holder_type, 'holder', a.holder, 'roles', a.roles,
          'except_roles', a.except_roles,
          'scope', (select coalesce(jsonb_agg(jsonb_build_object('dimension', s.dimension,
              'value', s.value, 'descendants', s.descendants) order by s.idx), '[]')
            from doc.grant_scope s
            where s.parent_id = a.id and s.parenttype = 'Granting Authority'))), '[]')
        from doc.granting_authority a where a.id in (select id from authority_id))),
    -- Few, and in an order: all of them where any changed.
    'separations', case when exists (
        select from touched t where t.relation = 'doc.separation_rule') then (
      select coalesce(jsonb_agg(jsonb_build_object('name', s.name,
        'first', jsonb_build_object('doctype', s.first_doctype, 'action', s.first_action),
        'second', jsonb_build_object('doctype', s.second_doctype, 'action', s.second_action),
        'dimension', s.dimension, 'effect', s.effect) order by s.id), '[]')
      from doc.separation_rule s) end)
  where not exists (select from strange));
end
$$;

revoke execute on function sys.last_change, sys.world_since from public;
grant execute on function sys.last_change, sys.world_since to {{app}};
