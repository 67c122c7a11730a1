-- Dimension paths through rows, such as `items.cost_center`: a document has all the values of its
-- rows, and a grant reaches it only if it covers every one. A document is written before its rows
-- are, and its policy needs its cell then; so the values come along in `child_dimensions`, and
-- when the transaction commits they have to be what the rows say.

-- Cells are found by an index, which takes no entry of any length: long sets go by their hash.
create table sys.long_set (digest text primary key, members jsonb not null);

-- The documents that have to be compared with their rows when this transaction commits. Nothing
-- of it outlives the transaction.
create unlogged table sys.rows_to_compare (
  transaction xid8 not null,
  doctype_id int not null,
  document_id bigint not null,
  primary key (transaction, doctype_id, document_id)
);

-- Values of rows in their one form: a list of texts in the order of their code points, each once,
-- null for blank. No rows are as one that is blank.
create function sys.distinct_values(said jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
  if pg_catalog.jsonb_typeof(said) is distinct from 'array' then
    raise exception 'a document has to say where its rows put it' using errcode = '23514';
  end if;
  return (
    select coalesce(pg_catalog.jsonb_agg(v order by v collate "C" nulls first), '[null]')
    from (select distinct nullif(e, '') as v
      from pg_catalog.jsonb_array_elements_text(said) e) once);
end
$$;

-- The same as a part of a cell.
create function sys.set_of_rows(said jsonb) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  members jsonb := sys.distinct_values(said);
  digest text;
begin
  if pg_catalog.octet_length(members::text) <= 300 then return members::text; end if;
  digest := 'sha256:' || pg_catalog.encode(
    pg_catalog.sha256(pg_catalog.convert_to(members::text, 'UTF8')), 'hex');
  insert into sys.long_set values (digest, members) on conflict do nothing;
  return digest;
end
$$;

-- As before, and of a path through rows every value has to be covered.
create or replace function sys.cells_of(the_grant bigint, the_reach text, except_dimensions jsonb, dt int)
returns setof int
language sql stable security definer set search_path = ''
as $$
  with recursive named as materialized (
    select s.dimension, s.value, s.descendants = 1 as descendants
    from doc.grant_scope s where s.parent_id = the_grant and s.parenttype = 'Grant'
  ), covered as (
    select dimension, value, descendants from named
    union
    select c.dimension, n.value, true from covered c
    join sys.tree_node n on n.dimension = c.dimension and n.parent = c.value
    where c.descendants
  ), paths as materialized (
    select p.position, p.dimension, p.path like '%.%' as is_of_rows,
      coalesce(array_agg(c.value) filter (where c.value not in ('*', '(blank)')), '{}') as vals,
      coalesce(bool_or(c.value = '*'), false) as covers_any,
      coalesce(bool_or(c.value = '(blank)'), false) as covers_blank,
      jsonb_agg(nullif(c.value, '(blank)')) as covered_members,
      exists (select from named n where n.dimension = p.dimension) as is_named
    from sys.dimension_path p left join covered c on c.dimension = p.dimension
    where p.doctype_id = dt group by p.position, p.dimension, p.path
  )
  select c.id from sys.cell c
  where c.doctype_id = dt and (the_reach = 'everything' or not exists (
    select from paths p
    cross join lateral (
      select case when not p.is_of_rows then null
        when c.dimension_values[p.position] like 'sha256:%' then (
          select l.members from sys.long_set l where l.digest = c.dimension_values[p.position])
        else c.dimension_values[p.position]::jsonb end as members) m
    where not case
      when not p.is_named then except_dimensions ? p.dimension
      when p.is_of_rows then case
        when p.covers_any then p.covers_blank or not m.members @> '[null]'
        else m.members <@ p.covered_members end
      when c.dimension_values[p.position] is null then p.covers_blank
      else p.covers_any or c.dimension_values[p.position] = any (p.vals)
    end))
$$;

-- What `check_rows_N` begins with: it is made with the doctype's table, and compares a document
-- with its rows.
create function sys.refuse_older_picture() returns void
language plpgsql stable set search_path = ''
as $$
begin
  -- Rows that somebody else committed meanwhile count. An older picture would leave them out.
  if pg_catalog.current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'rows that carry a dimension are changed at read committed only'
      using errcode = '23514';
  end if;
end
$$;

-- Triggers of doctypes with a path through rows: (doctype). Once for each statement, over the
-- documents that are `changed`, and for updates as they were `before`.
create function sys.note_new_documents() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into sys.rows_to_compare
  select pg_catalog.pg_current_xact_id(), tg_argv[0]::int, c.id from changed c
  on conflict do nothing;
  return null;
end
$$;

create function sys.note_changed_documents() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into sys.rows_to_compare
  select pg_catalog.pg_current_xact_id(), tg_argv[0]::int, c.id
  from changed c left join before b on b.id = c.id
  where b.child_dimensions is distinct from c.child_dimensions
  on conflict do nothing;
  return null;
end
$$;

-- Trigger of the tables of such rows, once for each statement, over the rows it `changed`.
create function sys.note_changed_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into sys.rows_to_compare
  select distinct pg_catalog.pg_current_xact_id(), d.id, c.parent_id
  from changed c
  join sys.doctype d on d.name = c.parenttype
  where exists (select from sys.dimension_path p
    where p.doctype_id = d.id and p.path like '%.%'
      and pg_catalog.split_part(p.path, '.', 1) = c.parentfield)
  on conflict do nothing;
  return null;
end
$$;

-- Each document once, when all its rows are as they will be.
create function sys.compare_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from sys.rows_to_compare c where c.transaction = new.transaction
    and c.doctype_id = new.doctype_id and c.document_id = new.document_id;
  execute pg_catalog.format('select sys.check_rows_%s($1)', new.doctype_id) using new.document_id;
  return null;
end
$$;

create constraint trigger compare_rows after insert on sys.rows_to_compare
deferrable initially deferred for each row execute function sys.compare_rows();

revoke execute on function sys.distinct_values, sys.set_of_rows, sys.refuse_older_picture,
  sys.note_new_documents, sys.note_changed_documents, sys.note_changed_rows, sys.compare_rows
  from public;
grant execute on function sys.set_of_rows to {{app}};
