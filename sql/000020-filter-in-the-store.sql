-- The filter in the store: what the application may know of cells to name them in its conditions,
-- conditions that are kept beside the bits, and a check of what is kept against what it is of.

-- The cells of a doctype with their part of its rows, as PostgreSQL last counted a sample of them;
-- for choosing how a list is read and never for what it shows. More than `most` are not told.
create function sys.known_cells(dt int, most int)
returns table (id int, dimension_values text[], part real, rows real)
language sql stable security definer set search_path = ''
as $$
  with counted as (
    select f.cell, f.part from pg_catalog.pg_stats s
    join sys.doctype d on d.id = dt and s.schemaname = 'doc' and s.tablename = d.table_name
    cross join lateral rows from (
      pg_catalog.unnest(s.most_common_vals::text::int[]), pg_catalog.unnest(s.most_common_freqs)
    ) f(cell, part)
    where s.attname = 'cell_id' and not s.inherited
  )
  -- What is left over is for the cells that are not among the most common.
  select c.id, c.dimension_values, coalesce(f.part,
      greatest(0, 1 - (select coalesce(pg_catalog.sum(o.part), 0) from counted o))
      / greatest(1, d.cells - (select pg_catalog.count(*) from counted)))::real,
    (select greatest(t.reltuples, 0) from pg_catalog.pg_class t
      where t.oid = pg_catalog.to_regclass('doc.' || pg_catalog.quote_ident(d.table_name)))
  from sys.doctype d
  join sys.cell c on c.doctype_id = d.id
  left join counted f on f.cell = c.id
  where d.id = dt and d.cells <= most
  order by c.id
$$;

-- Cells that a condition names, where they were chosen from all that there are. With more of them
-- the choice would leave documents out, and a list is complete or an error.
-- INVARIANT (complete-or-error). With the rights of whoever asks.
create function sys.if_known(chosen anyelement, dt int, known int) returns anyelement
language plpgsql stable set search_path = ''
as $$
begin
  if (select d.cells from sys.doctype d where d.id = dt) is distinct from known then
    raise exception 'there are more cells now' using errcode = 'BW410';
  end if;
  return chosen;
end
$$;

-- Conditions are worked out from the grants as bits are, and so are kept with them.
alter table sys.access add column conditions jsonb;

-- The definition: ways of a principal with a condition, each with the cells that it reaches.
create function sys.conditional_ways(who text, act text, dt int) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'bits', sys.bits_of(array(
      select sys.cells_of(w.grant_id, w.reach, w.except_dimensions, dt)), dt)::text,
    'me', who,
    'when', (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'field', c ->> 0, 'op', c ->> 1, 'value', c -> 2,
        'type', coalesce(f.column_type, case c ->> 0
          when 'docstatus' then 'smallint'
          when 'creation' then 'timestamp' when 'modified' then 'timestamp' else 'text' end)))
      from pg_catalog.jsonb_array_elements(w.condition) c
      left join sys.field f on f.doctype_id = dt and f.fieldname = c ->> 0))
    order by w.grant_id, w.rule_id)
  from sys.ways(who, act, dt) w where w.condition is not null
$$;

-- As before; what is kept is used while nothing that it was made from has changed.
create or replace function sys.conditions(dt int, command text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
  kept jsonb;
begin
  if not sys.suits(claimed[2], command) then return null; end if;
  select a.conditions into kept from sys.access a, sys.doctype d, sys.epoch e
  where a.principal = claimed[1] and a.action = claimed[2] and a.doctype_id = dt and d.id = dt
    and a.epoch = e.value and a.cells = d.cells and sys.moment_of(e.changed_at) < a.valid_until;
  if found and kept is not null then return nullif(kept, '[]'); end if;
  return sys.conditional_ways(claimed[1], claimed[2], dt);
end
$$;

-- As before, with the conditions.
create or replace function sys.keep_access(dt int) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  insert into sys.access as a
    (principal, action, doctype_id, epoch, cells, valid_until, bits, conditions)
  select claimed[1], claimed[2], dt, e.value, d.cells,
    coalesce((
      select pg_catalog.min(t) at time zone 'UTC' from (
        select "from" t from doc."grant" union all select until from doc."grant"
        union all select "from" from doc.group_member union all select until from doc.group_member
      ) moments where t > (sys.moment() at time zone 'UTC')), 'infinity'),
    sys.bits_of(array(select sys.reached_cells(claimed[1], claimed[2], dt)), dt),
    coalesce(sys.conditional_ways(claimed[1], claimed[2], dt), '[]')
  from sys.epoch e, sys.doctype d where d.id = dt
  on conflict (principal, action, doctype_id) do update
  set epoch = excluded.epoch, cells = excluded.cells, valid_until = excluded.valid_until,
      bits = excluded.bits, conditions = excluded.conditions
  where a.epoch <= excluded.epoch;
end
$$;

-- What is kept and would be used now, where it is not what the definition says: nothing, unless
-- something is badly wrong. For the operator and for nightly work; it names no document.
create function sys.check_access()
returns table (principal text, action text, doctype text, opens bigint, closes bigint)
language sql stable security definer set search_path = ''
as $$
  select a.principal, a.action, d.name, c.opens, c.closes
  from sys.epoch e, sys.access a
  join sys.doctype d on d.id = a.doctype_id
  cross join lateral (
    select sys.bits_of(array(select sys.reached_cells(a.principal, a.action, d.id)), d.id) as bits,
      coalesce(sys.conditional_ways(a.principal, a.action, d.id), '[]') as conditions
  ) live
  cross join lateral (
    select pg_catalog.bit_count(a.bits & ~live.bits) as opens,
      pg_catalog.bit_count(live.bits & ~a.bits) as closes
  ) c
  where a.epoch = e.value and a.cells = d.cells and sys.moment_of(e.changed_at) < a.valid_until
    and (c.opens > 0 or c.closes > 0 or a.conditions is distinct from live.conditions)
$$;

-- Documents that are not in the cell of their values, by doctype, of those that are in one.
create function sys.check_cells() returns table (doctype text, documents bigint)
language plpgsql stable security definer set search_path = ''
as $$
declare
  one record;
begin
  for one in
    select d.id, d.name, d.table_name, pg_catalog.string_agg(
      case when p.path like '%.%' then pg_catalog.format(
          'case when pg_catalog.octet_length(sys.distinct_values(t.child_dimensions -> %1$L)::text) <= 300
             then sys.distinct_values(t.child_dimensions -> %1$L)::text
             else ''sha256:'' || pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(
               sys.distinct_values(t.child_dimensions -> %1$L)::text, ''UTF8'')), ''hex'') end', p.path)
        else pg_catalog.format('nullif(t.%I::text, '''')', p.path) end, ', ' order by p.position) as place
    from sys.doctype d join sys.dimension_path p on p.doctype_id = d.id
    group by d.id, d.name, d.table_name
  loop
    doctype := one.name;
    execute pg_catalog.format(
      'select pg_catalog.count(*) from doc.%I t
       left join sys.cell c on c.doctype_id = %s and c.id = t.cell_id
       where c.dimension_values is distinct from array[%s]::text[]',
      one.table_name, one.id, one.place) into documents;
    if documents > 0 then return next; end if;
  end loop;
end
$$;

revoke execute on function sys.known_cells, sys.if_known, sys.conditional_ways, sys.check_access,
  sys.check_cells from public;
grant execute on function sys.known_cells, sys.if_known, sys.check_access, sys.check_cells to {{app}};
