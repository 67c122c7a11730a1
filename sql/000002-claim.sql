-- The claim of identity: who this transaction acts for, and by which action. A setting alone is
-- no boundary, since SQL can set it; so it carries a MAC that only functions here can make, over
-- principal, action, backend and transaction. An old or foreign claim does not verify.

-- Random numbers of the server itself: gen_random_uuid needs no extension.
insert into sys.mac_key
select uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
       uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

create type sys.claim as (principal text, action text);

-- `mac`, `claimed`, `set_claim` and `opened` run only inside others of this schema, with their
-- owner's rights and empty search path: entering both anew would cost more than the hash does.
create function sys.mac(content text) returns text
language plpgsql stable
as $$
begin
  return (select pg_catalog.encode(pg_catalog.sha256(k.outer_key || pg_catalog.sha256(
    k.inner_key || pg_catalog.convert_to(content, 'UTF8')
    || pg_catalog.int4send(pg_catalog.pg_backend_pid())
    || pg_catalog.timestamptz_send(pg_catalog.transaction_timestamp()))), 'hex') from sys.mac_key k);
end
$$;

create function sys.set_claim(principal text, action text) returns void
language plpgsql
as $$
declare
  content text := principal || e'\x1f' || action;
begin
  if principal is null or principal = '' or action is null or content ~ e'[\\x01-\\x1e]' then
    raise exception 'a claim needs a principal and an action' using errcode = 'BW001';
  end if;
  perform pg_catalog.set_config('bailiwick.claim', content || e'\x1f' || sys.mac(content), true);
end
$$;

-- Claims a principal and an action for the rest of this transaction.
create function sys.bind(principal text, action text) returns void
language plpgsql security definer set search_path = ''
as $$ begin perform sys.set_claim(principal, action); end $$;

-- The claim of this transaction: principal, action, proof. Without one, or with a forged one,
-- nothing is answered: an empty list would be silently short.
create function sys.claimed() returns text[]
language plpgsql stable
as $$
declare
  parts text[] := pg_catalog.string_to_array(
    pg_catalog.current_setting('bailiwick.claim', true), e'\x1f');
begin
  if pg_catalog.cardinality(parts) is distinct from 3
     or parts[3] is distinct from sys.mac(parts[1] || e'\x1f' || parts[2]) then
    raise exception 'this transaction has no valid claim of identity' using errcode = 'BW001';
  end if;
  return parts;
end
$$;

-- The same for whoever else asks: policies, and the application.
create function sys.me() returns sys.claim
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  return row(claimed[1], claimed[2])::sys.claim;
end
$$;

create type sys.opening as (principal text, epoch bigint, at timestamptz);

-- INVARIANT (revoked-means-now): the moment at which this transaction decides. A transaction that
-- began before a permission change and then waited for it would by its own `now()` still be in
-- time for what has ended; so it is never earlier than the last change that it sees. A clock that
-- was set back must not make it later than the present.
-- As plain as this, it becomes a part of the statements that call it.
create function sys.moment_of(changed_at timestamptz) returns timestamptz
language sql volatile
as $$ select greatest(pg_catalog.now(), least(changed_at, pg_catalog.clock_timestamp())) $$;

create function sys.moment() returns timestamptz
language sql stable security definer set search_path = ''
as $$ select sys.moment_of(e.changed_at) from sys.epoch e $$;

-- What an opening answers, once it has claimed.
create function sys.opened(principal text) returns sys.opening
language plpgsql stable
as $$
begin
  return (
    select row(principal, e.value, sys.moment_of(e.changed_at))::sys.opening from sys.epoch e);
end
$$;

-- Opens a request of a signed-in session: the claim, the epoch and the time of one transaction.
create function sys.open_session(session_hash bytea, action text) returns sys.opening
language plpgsql security definer set search_path = ''
as $$
declare
  found_user text;
begin
  -- Two small queries: as one, where there are few people, they would be hashed all of them.
  select s.user_name into found_user
  from sys.session s where s.hash = session_hash and s.expires_at > pg_catalog.now();
  perform from doc."user" u where u.name = found_user and u.enabled = 1;
  if not found then
    raise exception 'the session is not valid' using errcode = 'BW401';
  end if;
  perform sys.set_claim(found_user, action);
  return sys.opened(found_user);
end
$$;

-- Opens a request of an API token.
create function sys.open_token(token_key text, token_secret_hash bytea, address text, action text)
returns sys.opening
language plpgsql security definer set search_path = ''
as $$
declare
  found_user text;
begin
  select t.user_name into found_user
  from sys.token t
  where t.key = token_key and t.secret_hash = token_secret_hash
    and t.revoked_at is null and (t.expires_at is null or t.expires_at > pg_catalog.now())
    and (t.cidr is null or address::inet <<= t.cidr);
  perform from doc."user" u where u.name = found_user and u.enabled = 1;
  if not found then
    raise exception 'the token is not valid' using errcode = 'BW401';
  end if;
  perform sys.set_claim(found_user, action);
  return sys.opened(found_user);
end
$$;

-- Opens work of a named system principal or of nobody signed in.
create function sys.open_named(principal text, action text) returns sys.opening
language plpgsql security definer set search_path = ''
as $$
begin
  perform sys.set_claim(principal, action);
  return sys.opened(principal);
end
$$;

revoke execute on all functions in schema sys from public;
grant execute on function sys.bind, sys.me, sys.open_session, sys.open_token, sys.open_named to {{app}};
