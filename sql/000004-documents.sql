-- Rules of a document's own life, for every writer there is, the owner of the tables included.

-- INVARIANT (submitted-is-immutable): trigger of every submittable doctype. Arguments: the
-- columns that may still change after submit.
create function sys.keep_submitted() returns trigger
language plpgsql set search_path = ''
as $$
declare
  before jsonb;
  after jsonb;
begin
  if tg_op = 'DELETE' then
    if old.docstatus = 1 then
      raise exception 'a submitted document cannot be deleted' using errcode = 'BW409';
    end if;
    return old;
  end if;
  if (old.docstatus, new.docstatus) not in ((0, 0), (0, 1), (1, 1), (1, 2)) then
    raise exception 'docstatus % cannot become %', old.docstatus, new.docstatus
      using errcode = 'BW409';
  end if;
  -- To SQL, submitting is an update like any other: the claim has to be for just this.
  if new.docstatus <> old.docstatus
     and coalesce(pg_catalog.current_setting('bailiwick.claim', true), '') <> ''
     and (sys.me()).action not in ('transition', case new.docstatus when 1 then 'submit' else 'cancel' end)
  then
    raise exception 'this claim is not for a change of docstatus' using errcode = '42501';
  end if;
  if new.version <= old.version then
    raise exception 'the version of a document only grows' using errcode = 'BW409';
  end if;
  if old.docstatus = 1 then
    before := pg_catalog.to_jsonb(old) - array['docstatus', 'modified', 'modified_by', 'version', 'cell_id'] - tg_argv;
    after := pg_catalog.to_jsonb(new) - array['docstatus', 'modified', 'modified_by', 'version', 'cell_id'] - tg_argv;
    if before is distinct from after then
      raise exception 'a submitted document cannot be changed' using errcode = 'BW409';
    end if;
  end if;
  return new;
end
$$;

-- The same for rows of child tables: they are frozen with their parent. Once for each statement,
-- over the rows it changed, which the trigger calls `changed`.
create function sys.keep_submitted_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  parent record;
  frozen boolean;
begin
  for parent in
    select d.table_name from sys.doctype d
    where d.name in (select c.parenttype from changed c)
      and (d.definition ->> 'is_submittable')::boolean
  loop
    -- Rows that come with their document, in the transaction that inserts it, are no change.
    execute pg_catalog.format('select exists (
      select from (select distinct c.parent_id from changed c) r
      join doc.%I p on p.id = r.parent_id
      where p.docstatus > 0 and not (p.version = 1
        and p.xmin = pg_catalog.pg_current_xact_id()::xid))', parent.table_name) into frozen;
    if frozen then
      raise exception 'rows of a submitted document cannot be changed' using errcode = 'BW409';
    end if;
  end loop;
  return null;
end
$$;

-- Trigger of every doctype table: TRUNCATE fires none of the triggers that keep documents, trees,
-- names and the epoch, for the owner neither.
create function sys.refuse_truncate() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'documents are only ever removed one by one' using errcode = 'BW409';
end
$$;

-- Rows go with their document. Arguments: the child tables. A cancelled document's rows are
-- frozen as long as it is there, so nobody could remove them before it.
create function sys.remove_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  for i in 1 .. tg_nargs - 1 loop
    execute pg_catalog.format('delete from doc.%I where parent_id = $1 and parenttype = $2',
      tg_argv[i]) using old.id, tg_argv[0];
  end loop;
  return null;
end
$$;

-- Trigger of append-only doctypes, for every role.
create function sys.append_only() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'entries of % are only ever added', tg_table_name using errcode = 'BW409';
end
$$;

-- Trigger of every tree, (table, parent column): nothing stands above itself.
create function sys.refuse_cycle() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  is_above boolean;
begin
  execute pg_catalog.format('with recursive above as (
      select t.%2$I as name from doc.%1$I t where t.name = $1
      union select t.%2$I from above a join doc.%1$I t on t.name = a.name)
    select exists (select from above where name = $1)', tg_argv[0], tg_argv[1])
    into is_above using new.name;
  if is_above then
    raise exception 'a document of a tree cannot stand above itself' using errcode = 'BW422';
  end if;
  return null;
end
$$;

-- Identity is never recycled: (doctype).
create function sys.retire_name() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into sys.retired_name (doctype, name) values (tg_argv[0], old.name) on conflict do nothing;
  return null;
end
$$;

create function sys.refuse_retired_name() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from sys.retired_name r where r.doctype = tg_argv[0] and r.name = new.name) then
    raise exception 'this name was used before' using errcode = '23505', constraint = 'name';
  end if;
  return new;
end
$$;

-- The same for all rows of one insert, which the trigger calls `added`.
create function sys.refuse_retired_names() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (
    select from sys.retired_name r
    where r.doctype = tg_argv[0] and r.name in (select a.name from added a)
  ) then
    raise exception 'this name was used before' using errcode = '23505', constraint = 'name';
  end if;
  return null;
end
$$;

revoke execute on all functions in schema sys from public;
grant execute on function sys.bind, sys.me, sys.open_session, sys.open_token, sys.open_named,
  sys.lock_epoch, sys.lock_epoch_shared, sys.intern_cell, sys.cell_bits, sys.keep_access,
  sys.shared_names, sys.conditions, sys.may_change_rows, sys.meets, sys.one_holds, sys.order_key to {{app}};

-- Whether any document or row links to this one. It sees more than the person who asks, and
-- answers with one bit only.
create function sys.is_linked(target text, target_name text) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  link record;
  found_one boolean;
begin
  for link in
    select d.table_name, f ->> 'fieldname' as field, f ->> 'options' as options, f ->> 'fieldtype' as kind
    from sys.doctype d cross join lateral pg_catalog.jsonb_array_elements(d.definition -> 'fields') f
    where (f ->> 'fieldtype' = 'Link' and f ->> 'options' = target) or f ->> 'fieldtype' = 'Dynamic Link'
  loop
    if link.kind = 'Link' then
      execute pg_catalog.format('select exists (select from doc.%I where %I = $1)', link.table_name, link.field)
        into found_one using target_name;
    else
      execute pg_catalog.format('select exists (select from doc.%I where %I = $1 and %I = $2)',
        link.table_name, link.field, link.options) into found_one using target_name, target;
    end if;
    if found_one then return true; end if;
  end loop;
  return exists (select from sys.tree_node where dimension = target and parent = target_name)
    or exists (select from doc.grant_scope where dimension = target and value = target_name);
end
$$;
revoke execute on function sys.is_linked from public;
grant execute on function sys.is_linked to {{app}};

-- Whether any of these users is enabled, whoever asks.
create function sys.any_enabled(names text[]) returns boolean
language sql stable security definer set search_path = ''
as $$ select exists (select from doc."user" u where u.name = any (names) and u.enabled = 1) $$;
revoke execute on function sys.any_enabled from public;
grant execute on function sys.any_enabled to {{app}};
