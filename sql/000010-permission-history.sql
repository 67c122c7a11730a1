-- Recorded history of everything that decides access, so that a past instant can be asked about.
-- Rows are only ever added and closed, by triggers, in the transaction that changes permissions.
-- The application can neither read nor write these tables; functions here answer from them.
select sys.lock_epoch();

-- One row for each transaction that changed permissions. INVARIANT (revoked-means-now): whoever
-- changes them holds the epoch alone, so numbers and instants are in the order of the commits.
-- A change has no instant until its transaction commits, and there is at most one such.
create table sys.permission_change (
  number bigint generated always as identity primary key,
  at timestamptz unique,
  epoch bigint
);
create unique index permission_change_open on sys.permission_change ((at is null)) where at is null;

-- What each row was from one change on, until another. A row that one and the same transaction
-- makes and takes away is from and until that change, and so was never there.
create table sys.permission_history (
  relation text not null,
  key text not null,
  content jsonb not null,
  from_change bigint not null,
  until_change bigint
);
create unique index permission_history_present on sys.permission_history (relation, key)
  where until_change is null;

-- The change that this transaction makes.
create function sys.this_change() returns bigint
language plpgsql set search_path = ''
as $$
declare
  found_number bigint;
begin
  perform sys.lock_epoch();
  select c.number into found_number from sys.permission_change c where c.at is null;
  if found_number is null then
    insert into sys.permission_change (at) values (null) returning number into found_number;
  end if;
  return found_number;
end
$$;

-- At the end of the transaction, so that all of its rows carry one instant, as late as can be: who
-- read a moment before was still answered by the world of before. A clock that is set back does
-- not put the next change before this one.
create function sys.finish_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  instant timestamptz;
begin
  select greatest(pg_catalog.clock_timestamp(), pg_catalog.max(c.at) + interval '1 microsecond')
    into instant from sys.permission_change c;
  update sys.permission_change c
  set at = instant, epoch = (select e.value from sys.epoch e) where c.number = new.number;
  -- Nobody who sees this change decides at a moment before it.
  update sys.epoch set changed_at = greatest(changed_at, instant);
  return null;
end
$$;

create constraint trigger finish_change after insert on sys.permission_change
  deferrable initially deferred for each row execute function sys.finish_change();

-- Whatever raises the epoch is a change, even one that no row tells of.
create function sys.note_change() returns trigger
language plpgsql security definer set search_path = ''
as $$ begin perform sys.this_change(); return null; end $$;

create trigger note_change after update of value on sys.epoch
  for each row execute function sys.note_change();

create function sys.history_key(content jsonb) returns text
language sql immutable set search_path = ''
as $$ select coalesce(content ->> 'id', (content ->> 'dimension') || e'\x1f' || (content ->> 'value')) $$;

-- What of a row decides access: who saved it, and when, does not. Of a user, only whether they
-- may act: the rest is about a person, and history is for good.
create function sys.history_content(relation text, content jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select case relation
    when 'doc.user' then
      pg_catalog.jsonb_build_object('name', content -> 'name', 'enabled', content -> 'enabled')
    when 'sys.doctype' then content - array['checksum', 'cells']
    else content - array['owner', 'creation', 'modified', 'modified_by', 'docstatus', 'version', 'cell_id']
  end
$$;

-- Trigger of each table that decides access.
create function sys.keep_history() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  relation_name text := tg_table_schema || '.' || tg_table_name;
  raw jsonb := pg_catalog.to_jsonb(case tg_op when 'DELETE' then old else new end);
  kept jsonb := sys.history_content(relation_name, raw);
  change bigint;
begin
  if tg_op = 'UPDATE' and kept = sys.history_content(relation_name, pg_catalog.to_jsonb(old)) then
    return null;
  end if;
  change := sys.this_change();
  update sys.permission_history h set until_change = change
  where h.relation = relation_name and h.key = sys.history_key(raw) and h.until_change is null;
  if tg_op <> 'DELETE' then
    insert into sys.permission_history (relation, key, content, from_change)
    values (relation_name, sys.history_key(raw), kept, change);
  end if;
  return null;
end
$$;

-- Trigger of the history itself, for every writer there is, the owner included.
create function sys.refuse_rewriting() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if pg_catalog.to_jsonb(old) ->> tg_argv[0] is null
       and pg_catalog.to_jsonb(old) - tg_argv = pg_catalog.to_jsonb(new) - tg_argv then
      return new;
    end if;
  end if;
  raise exception 'history is only ever added to' using errcode = 'BW409';
end
$$;
create trigger append_only before update or delete on sys.permission_history
  for each row execute function sys.refuse_rewriting('until_change');
create trigger append_only before update or delete on sys.permission_change
  for each row execute function sys.refuse_rewriting('at', 'epoch');
create trigger refuse_truncate before truncate on sys.permission_history
  for each statement execute function sys.refuse_rewriting();
create trigger refuse_truncate before truncate on sys.permission_change
  for each statement execute function sys.refuse_rewriting();

create trigger keep_history after insert or update or delete on sys.tree_node
  for each row execute function sys.keep_history();
create trigger keep_history after insert or delete or update of name, table_name, definition
  on sys.doctype for each row execute function sys.keep_history();

-- Records a table as it stands, where that is not what was recorded last: rows that were there
-- before the history, or that got a column without being written.
create function sys.record_present(source regclass) returns void
language plpgsql set search_path = ''
as $$
declare
  relation_name text := pg_catalog.replace(source::text, '"', '');
  change bigint := sys.this_change();
  present text := pg_catalog.format('select sys.history_key(r.raw) as key,
    sys.history_content($1, r.raw) as content
    from (select pg_catalog.to_jsonb(t.*) as raw from %s t) r', source);
begin
  execute pg_catalog.format('update sys.permission_history h set until_change = $2
    where h.relation = $1 and h.until_change is null
      and not exists (select from (%s) p where p.key = h.key and p.content = h.content)', present)
    using relation_name, change;
  execute pg_catalog.format('insert into sys.permission_history (relation, key, content, from_change)
    select $1, p.key, p.content, $2 from (%s) p
    where not exists (select from sys.permission_history h
      where h.relation = $1 and h.key = p.key and h.until_change is null)', present)
    using relation_name, change;
end
$$;

-- Tables of doctypes get the trigger with their definition. In an installation that an earlier
-- version made they are there already, with rows that are known from this moment on.
do $$
declare
  source text;
begin
  for source in
    select pg_catalog.format('doc.%I', d.table_name) from sys.doctype d
    where d.name = 'User' or (d.definition ->> 'is_permission_record')::boolean
  loop
    execute pg_catalog.format('create trigger keep_history after insert or update or delete on %s
      for each row execute function sys.keep_history()', source);
  end loop;
  perform sys.record_present(t.tgrelid::regclass)
  from pg_catalog.pg_trigger t where t.tgname = 'keep_history';
end
$$;
-- The history begins here, whatever there is to be known.
select sys.this_change();

-- The last change up to an instant, null where there is none, and since when history is known.
create function sys.history_at(at timestamptz, out changed_at timestamptz, out since timestamptz)
language sql stable security definer set search_path = ''
as $$
  select pg_catalog.max(c.at) filter (where c.at <= history_at.at), pg_catalog.min(c.at)
  from sys.permission_change c
$$;

-- The world as `sys.world()` gave it at that instant, in the very same shape; null before the
-- history begins. Whatever that function is given to tell, this one must be given too.
create function sys.world_at(at timestamptz) returns jsonb
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

revoke execute on function sys.this_change, sys.finish_change, sys.note_change, sys.history_key,
  sys.history_content, sys.keep_history, sys.record_present, sys.refuse_rewriting,
  sys.history_at, sys.world_at from public;
grant execute on function sys.history_at, sys.world_at to {{app}};
