-- What signing in must know of a user, for the application only.
create function sys.password_of(who text) returns text
language sql stable security definer set search_path = ''
as $$
  select c.password_hash from sys.credential c join doc."user" u on u.name = c.user_name
  where c.user_name = who and u.enabled = 1
$$;

-- The claim's own name, for the greeting.
create function sys.full_name_of(who text) returns text
language sql stable security definer set search_path = ''
as $$ select u.full_name from doc."user" u where u.name = who and who = (sys.me()).principal $$;

revoke execute on function sys.password_of, sys.full_name_of from public;
grant execute on function sys.password_of, sys.full_name_of to {{app}};
