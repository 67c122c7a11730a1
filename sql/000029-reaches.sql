-- Whether the claim reaches the document that something belongs to, and the field of it, if one is
-- named. Each doctype to whose documents others may belong has a function of its own, made with its
-- policies; all run with the rights of whoever asks, so that those policies decide.
create function sys.reaches(of_doctype text, wanted text, of_field text) returns boolean
language plpgsql stable cost 1000 set search_path = ''
as $$
declare
  parent int := (select d.id from sys.doctype d where d.name = of_doctype);
  is_reached boolean;
begin
  if pg_catalog.to_regproc('sys.reaches_' || parent) is null then return false; end if;
  execute 'select sys.reaches_' || parent || '($1, $2)' into is_reached using wanted, of_field;
  return is_reached;
end
$$;
revoke execute on function sys.reaches from public;
grant execute on function sys.reaches to {{app}};
