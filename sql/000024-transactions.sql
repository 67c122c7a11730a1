-- Requests that are sent again: by their key, what was done the first time and to which documents.
-- It is written in the transaction of the change, so that neither is there without the other. It
-- holds names and no values: what a document says is read again, by the permissions of then.
create table sys.request_key (
  principal text not null,
  -- A keyed hash of the route and of the key that came with the request.
  key bytea not null,
  -- A keyed hash of all that the request said.
  digest bytea not null,
  documents jsonb not null,
  expires_at timestamptz not null,
  primary key (principal, key)
);
create index on sys.request_key (expires_at);

-- Takes a key for this transaction, and says what is known of it. `taken` is false while another
-- transaction does the same; of a key that was used, `digest` and `documents` are those of then.
create function sys.begin_request(the_key bytea,
  out taken boolean, out digest bytea, out documents jsonb)
language plpgsql security definer set search_path = ''
as $$
declare
  who text := (sys.me()).principal;
begin
  taken := pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended(
    who || ' ' || pg_catalog.encode(the_key, 'hex'), 4218));
  if not taken then return; end if;
  -- A statement of its own, which sees what was committed before the lock was had.
  select k.digest, k.documents into digest, documents from sys.request_key k
  where k.principal = who and k.key = the_key and k.expires_at > pg_catalog.now();
end
$$;

-- Keeps what was done, for whoever sends the request again; a few that are over go at the same time.
create function sys.end_request(the_key bytea, the_digest bytea, done jsonb, hours int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  delete from sys.request_key k where (k.principal, k.key) in (
    select o.principal, o.key from sys.request_key o where o.expires_at <= pg_catalog.now()
    order by o.expires_at limit 20 for update skip locked);
  insert into sys.request_key as k (principal, key, digest, documents, expires_at)
  values ((sys.me()).principal, the_key, the_digest, done,
    pg_catalog.now() + pg_catalog.make_interval(hours => hours))
  on conflict (principal, key) do update
    set digest = excluded.digest, documents = excluded.documents, expires_at = excluded.expires_at
    where k.expires_at <= pg_catalog.now();
end
$$;

revoke execute on function sys.begin_request, sys.end_request from public;
grant execute on function sys.begin_request, sys.end_request to {{app}};
