-- How many documents of a doctype there are, as far as a number matters: it stops counting at
-- `most`. All of them, or those with one of the values in a field of the doctype's own. Numbers,
-- and never a document, as `sys.census` gives them; for whoever claims.
create function sys.count_up_to(dt int, field text, wanted text[], most bigint) returns bigint
language plpgsql stable security definer set search_path = ''
as $$
declare
  target text;
  found_documents bigint;
begin
  perform sys.claimed();
  select d.table_name into strict target from sys.doctype d where d.id = dt;
  execute pg_catalog.format(
    'select pg_catalog.count(*) from (select from doc.%I t %s limit $1) counted', target,
    case when field is null then '' else pg_catalog.format('where t.%I = any ($2)', field) end)
    into found_documents using most, wanted;
  return found_documents;
end
$$;
revoke execute on function sys.count_up_to from public;
grant execute on function sys.count_up_to to {{app}};
