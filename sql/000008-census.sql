-- How many documents of a doctype there are in each of the groups that permissions tell apart:
-- numbers, and never a document. A preview counts what nobody who asks for it may see.
-- `fields` are the doctype's own; documents of `names` are counted one by one, by their name.
create function sys.census(dt int, fields text[], names text[])
returns table (facts text, documents bigint)
language plpgsql stable security definer set search_path = ''
as $$
declare
  target text;
  columns text;
begin
  -- Whoever claims nothing is told nothing.
  perform sys.claimed();
  select d.table_name into strict target from sys.doctype d where d.id = dt;
  select coalesce(pg_catalog.string_agg(pg_catalog.format(
      case when field like '%.%' then '(t.child_dimensions -> %L)::text' else 't.%I::text' end,
      field), ', ' order by place), '')
    into columns from pg_catalog.unnest(fields) with ordinality as wanted(field, place);
  return query execute pg_catalog.format(
    'select pg_catalog.to_json(array[%1$s]::text[])::text, pg_catalog.count(*) from doc.%2$I t
       where t.name <> all ($1) group by 1
     union all
     select pg_catalog.to_json(array[%3$s]::text[])::text, 1 from doc.%2$I t
       where t.name = any ($1)',
    columns, target, pg_catalog.concat_ws(', ', nullif(columns, ''), 't.name')) using names;
end
$$;
revoke execute on function sys.census from public;
grant execute on function sys.census to {{app}};
