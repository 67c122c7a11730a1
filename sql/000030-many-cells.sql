-- Cells of many documents, made known at once. One by one, each would write the doctype's row
-- anew, and each after it would walk past all the rows that its own transaction has left there:
-- ten thousand took half a minute.

-- `wanted` is an array of cells, each an array of one value for each path: text, or null for blank;
-- on the paths whose places are given in `of_rows`, from 1, the text of a JSON array.
create function sys.intern_cells(dt int, wanted jsonb, of_rows int[]) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  cells jsonb;
begin
  select pg_catalog.jsonb_agg(distinct made.cell) into cells
  from pg_catalog.jsonb_array_elements(wanted) one(paths)
  cross join lateral (
    select pg_catalog.jsonb_agg(
      case when p.place = any (of_rows) then sys.set_of_rows((p.value #>> '{}')::jsonb)
        else p.value #>> '{}' end order by p.place) as cell
    from pg_catalog.jsonb_array_elements(one.paths) with ordinality p(value, place)
  ) made;
  if not exists (select from sys.missing_cells(dt, cells)) then return; end if;
  -- As of a single cell: whoever waited for the lock looks again.
  perform from sys.doctype where id = dt for no key update;
  with missing as materialized (
    select m.cell, pg_catalog.row_number() over (order by m.cell) - 1 as place
    from sys.missing_cells(dt, cells) m(cell)
  ), counted as (
    update sys.doctype set cells = sys.doctype.cells + (select pg_catalog.count(*) from missing)
    where id = dt returning sys.doctype.cells - (select pg_catalog.count(*) from missing) as first
  )
  insert into sys.cell (doctype_id, id, dimension_values)
  select dt, counted.first + missing.place, missing.cell from missing, counted;
end
$$;

-- Those of the cells, in the same form, that are not there yet.
create function sys.missing_cells(dt int, cells jsonb) returns setof text[]
language sql volatile security definer set search_path = ''
as $$
  select one.cell
  from pg_catalog.jsonb_array_elements(cells) c(paths)
  cross join lateral (
    select array(select p.value #>> '{}'
      from pg_catalog.jsonb_array_elements(c.paths) with ordinality p(value, place)
      order by p.place) as cell
  ) one
  where not exists (select from sys.cell known
    where known.doctype_id = dt and known.dimension_values = one.cell)
$$;

revoke execute on function sys.intern_cells, sys.missing_cells from public;
grant execute on function sys.intern_cells to {{app}};
