-- Renaming documents, and merging one into another: what refers to them follows in the same
-- transaction, submitted documents included. A reference is a name and gives no right, so it follows
-- in documents that whoever renames may not write, and is no change of theirs: their version stays.

-- The transaction that changes names now. Only the functions here write it, and take it away again
-- before they return.
create unlogged table sys.renaming (transaction xid8 primary key);

create function sys.is_renaming() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from sys.renaming r
    where r.transaction = pg_catalog.pg_current_xact_id_if_assigned())
$$;

-- INVARIANT (submitted-is-immutable): as before, and a link whose target has another name is none.
create or replace function sys.keep_submitted() returns trigger
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
  -- Whoever changes a document raises its version, and so never gets to the question.
  if new.version = old.version and (sys.is_filling() or sys.is_renaming()) then return new; end if;
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
    -- A trigger without arguments has null for them, and null equals null.
    before := pg_catalog.to_jsonb(old)
      - array['docstatus', 'modified', 'modified_by', 'version', 'cell_id'] - coalesce(tg_argv, '{}');
    after := pg_catalog.to_jsonb(new)
      - array['docstatus', 'modified', 'modified_by', 'version', 'cell_id'] - coalesce(tg_argv, '{}');
    if before is distinct from after then
      raise exception 'a submitted document cannot be changed' using errcode = 'BW409';
    end if;
  end if;
  return new;
end
$$;

create or replace function sys.keep_submitted_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  parent record;
  frozen boolean;
begin
  if sys.is_renaming() then return null; end if;
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
    if frozen and not sys.is_filling() then
      raise exception 'rows of a submitted document cannot be changed' using errcode = 'BW409';
    end if;
  end loop;
  return null;
end
$$;

create or replace function sys.append_only() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and (sys.is_filling() or sys.is_renaming()) then return new; end if;
  raise exception 'entries of % are only ever added', tg_table_name using errcode = 'BW409';
end
$$;

-- As before; and by the functions below a document gets another name, not by an update.
create or replace function sys.refuse_retired_name() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if new.name is distinct from old.name and not sys.is_renaming()
     and coalesce(pg_catalog.current_setting('bailiwick.claim', true), '') <> '' then
    raise exception 'a document gets another name only by being renamed' using errcode = '42501';
  end if;
  if exists (select from sys.retired_name r where r.doctype = tg_argv[0] and r.name = new.name) then
    raise exception 'this name was used before' using errcode = '23505', constraint = 'name';
  end if;
  return new;
end
$$;

-- Every renaming, for questions about a past instant: the change that it was a part of, and what
-- was called how.
create table sys.name_change (
  change bigint not null,
  doctype text not null,
  old_name text not null,
  new_name text not null,
  -- A document of the new name was there already.
  merges boolean not null,
  primary key (doctype, old_name)
);
create index on sys.name_change (change);
create trigger append_only before update or delete on sys.name_change
  for each row execute function sys.append_only();
create trigger refuse_truncate before truncate on sys.name_change
  for each statement execute function sys.refuse_truncate();

-- The renamings after an instant, in their order: names of then are told in those of now by them.
create function sys.names_since(instant timestamptz) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform sys.claimed();
  return (
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('dimension', n.doctype,
      'value', n.old_name, 'to', n.new_name, 'merges', n.merges) order by n.change), '[]')
    from sys.name_change n join sys.permission_change c on c.number = n.change
    where c.at > instant);
end
$$;

-- The columns of doctypes that may hold a document's name, but for the log: it tells what was done
-- in the names of then.
create function sys.references_to(target text)
returns table (table_name text, field text, type_field text)
language sql stable set search_path = ''
as $$
  select d.table_name, f ->> 'fieldname',
    case f ->> 'fieldtype' when 'Dynamic Link' then f ->> 'options' end
  from sys.doctype d
  cross join lateral pg_catalog.jsonb_array_elements(d.definition -> 'fields') f
  where d.name <> 'Audit Entry'
    and ((f ->> 'fieldtype' = 'Link' and f ->> 'options' = target)
      or f ->> 'fieldtype' = 'Dynamic Link')
  order by d.id
$$;

-- Whatever names the document names it anew: one statement for each column that can.
create function sys.rename_references(target text, old_name text, new_name text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  one record;
begin
  for one in select * from sys.references_to(target) loop
    if one.type_field is null then
      execute pg_catalog.format('update doc.%1$I set %2$I = $2 where %2$I = $1',
        one.table_name, one.field) using old_name, new_name;
    else
      execute pg_catalog.format('update doc.%1$I set %2$I = $2 where %2$I = $1 and %3$I = $3',
        one.table_name, one.field, one.type_field) using old_name, new_name, target;
    end if;
  end loop;
  -- What documents say of their rows; their cells follow by their own triggers.
  for one in
    select d.table_name, p.path from sys.dimension_path p join sys.doctype d on d.id = p.doctype_id
    where p.dimension = target and p.path like '%.%' order by d.id, p.position
  loop
    execute pg_catalog.format('update doc.%I t
      set child_dimensions = pg_catalog.jsonb_set(t.child_dimensions, array[$3], (
        select pg_catalog.jsonb_agg(case when e = $1 then $2 else e end)
        from pg_catalog.jsonb_array_elements_text(t.child_dimensions -> $3) e))
      where t.child_dimensions -> $3 ? $1', one.table_name) using old_name, new_name, one.path;
  end loop;
  update doc.grant_scope set value = new_name where dimension = target and value = old_name;
  -- A scope that named both names one of them twice.
  delete from doc.grant_scope s where s.dimension = target and s.value = new_name and exists (
    select from doc.grant_scope o
    where o.parent_id = s.parent_id and o.parenttype = s.parenttype
      and o.dimension = s.dimension and o.value = s.value
      and (o.descendants, o.id) > (s.descendants, s.id));
end
$$;

-- The definition of a doctype whose documents may be renamed, for a claim that may write.
create function sys.renamable(dt int) returns sys.doctype
language plpgsql stable set search_path = ''
as $$
declare
  found_doctype sys.doctype;
begin
  select * into found_doctype from sys.doctype d where d.id = dt;
  if (sys.me()).action <> 'write' or found_doctype.name = 'User'
     or not coalesce((found_doctype.definition ->> 'allow_rename')::boolean, false) then
    raise exception 'nothing is renamed by this claim' using errcode = '42501';
  end if;
  return found_doctype;
end
$$;

-- Whether some grant of the claim's principal reaches a row, as the policy for updates says it. A
-- share is of one document, and gives it no other name.
create function sys.is_reached(dt int, cell int, content jsonb) returns boolean
language plpgsql stable set search_path = ''
as $$
declare
  conditions jsonb;
begin
  if pg_catalog.get_bit(sys.cell_bits(dt, 'update'), cell) <> 0 then return true; end if;
  conditions := sys.conditions(dt, 'update');
  return conditions is not null and sys.meets(conditions, cell, content);
end
$$;

create function sys.require_reached(dt int, target text, document bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  cell int;
  content jsonb;
begin
  execute pg_catalog.format('select t.cell_id, pg_catalog.to_jsonb(t.*) from doc.%I t where t.id = $1',
    target) into cell, content using document;
  if cell is null or not sys.is_reached(dt, cell, content) then
    raise exception 'this document is not for the claim to rename' using errcode = '42501';
  end if;
end
$$;

create function sys.begin_renaming() returns void
language sql set search_path = ''
as $$
  insert into sys.renaming values (pg_catalog.pg_current_xact_id())
$$;

-- Nobody decides by the names of before any more.
create function sys.end_renaming(target text, old_name text, new_name text, merges boolean)
returns void
language plpgsql set search_path = ''
as $$
begin
  delete from sys.renaming where transaction = pg_catalog.pg_current_xact_id();
  update sys.epoch set value = value + 1,
    changed_at = greatest(changed_at, pg_catalog.clock_timestamp());
  insert into sys.name_change values (sys.this_change(), target, old_name, new_name, merges);
end
$$;

-- Renames a draft under a claim to `write` that reaches it before and after. False where its
-- version is not the one that was decided on. `at` becomes the version token.
create function sys.rename_document(
  dt int, document bigint, seen_version bigint, new_name text, at timestamp) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  doctype sys.doctype := sys.renamable(dt);
  named_by text := pg_catalog.substring(doctype.definition ->> 'autoname', '^field:(.+)$');
  old_name text;
begin
  perform sys.lock_epoch();
  execute pg_catalog.format('select t.name from doc.%I t where t.id = $1 and t.version = $2',
    doctype.table_name) into old_name using document, seen_version;
  if old_name is null or old_name = new_name then return false; end if;
  perform sys.require_reached(dt, doctype.table_name, document);
  perform sys.begin_renaming();
  execute pg_catalog.format('update doc.%I set name = $2, modified = $3, modified_by = $4,
      version = version + 1 %s where id = $1', doctype.table_name,
      case when named_by is null then '' else pg_catalog.format(', %I = $2', named_by) end)
    using document, new_name, at, (sys.me()).principal;
  insert into sys.retired_name (doctype, name) values (doctype.name, old_name);
  perform sys.rename_references(doctype.name, old_name, new_name);
  update doc.share set document_name = new_name
  where document_type = doctype.name and document_name = old_name;
  perform sys.end_renaming(doctype.name, old_name, new_name, false);
  perform sys.require_reached(dt, doctype.table_name, document);
  return true;
end
$$;

-- Merges a document into another, under a claim to `write` that reaches the one that stays. The
-- other was deleted in this transaction, under a claim of its own to do that.
create function sys.merge_document(
  dt int, gone_name text, document bigint, seen_version bigint, at timestamp) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  doctype sys.doctype := sys.renamable(dt);
  parent_field text := doctype.definition ->> 'parent_field';
  gone jsonb;
  stays text;
begin
  perform sys.lock_epoch();
  select g.content into gone from sys.deleted_document g
  where g.doctype_id = dt and g.name = gone_name
    and g.xmin = pg_catalog.pg_current_xact_id()::xid;
  if gone is null then
    raise exception 'only what was deleted just now is merged' using errcode = '42501';
  end if;
  execute pg_catalog.format('select t.name from doc.%I t where t.id = $1 and t.version = $2',
    doctype.table_name) into stays using document, seen_version;
  if stays is null then return false; end if;
  perform sys.require_reached(dt, doctype.table_name, document);
  perform sys.begin_renaming();
  -- Whoever stood right below what they become one with moves up to its place.
  if parent_field is not null then
    execute pg_catalog.format('update doc.%1$I set %2$I = $2 where id = $1 and %2$I = $3',
      doctype.table_name, parent_field) using document, gone ->> parent_field, gone_name;
  end if;
  perform sys.rename_references(doctype.name, gone_name, stays);
  execute pg_catalog.format('update doc.%I set modified = $2, modified_by = $3,
      version = version + 1 where id = $1', doctype.table_name)
    using document, at, (sys.me()).principal;
  -- Shares of a dimension's value are of the value. All others were of the document that is gone.
  if exists (select from sys.dimension_path p where p.doctype_id = dt and p.path = 'name') then
    update doc.share set document_name = stays
    where document_type = doctype.name and document_name = gone_name;
  else
    delete from doc.share where document_type = doctype.name and document_name = gone_name;
  end if;
  perform sys.end_renaming(doctype.name, gone_name, stays, true);
  perform sys.require_reached(dt, doctype.table_name, document);
  return true;
end
$$;

revoke execute on function sys.is_renaming, sys.names_since, sys.references_to, sys.rename_references,
  sys.renamable, sys.is_reached, sys.require_reached, sys.begin_renaming, sys.end_renaming,
  sys.rename_document, sys.merge_document from public;
grant execute on function sys.is_renaming, sys.names_since, sys.rename_document,
  sys.merge_document to {{app}};
