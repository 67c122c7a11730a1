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

-- Batches: many changes, each in a transaction of its own and decided when it is made. What the
-- changes say stays with whoever sends them; here is only how far it has come.
create table sys.batch (
  name text primary key,
  principal text not null,
  label text not null,
  total int not null,
  made_at timestamptz not null default now()
);
create index on sys.batch (principal, made_at);

-- One row for each change that was made or refused; `row` counts from 0.
create table sys.batch_row (
  batch text not null references sys.batch on delete cascade,
  row int not null,
  -- The documents that were written; null where it was refused.
  documents jsonb,
  code text,
  fields jsonb,
  primary key (batch, row)
);
create index on sys.batch_row (batch, row) where code is not null;

create function sys.make_batch(the_name text, the_label text, the_total int) returns void
language sql security definer set search_path = ''
as $$
  delete from sys.batch b where b.name in (
    select o.name from sys.batch o where o.principal = (sys.me()).principal
      and o.made_at < pg_catalog.now() - interval '30 days'
    order by o.made_at limit 20);
  insert into sys.batch (name, principal, label, total)
  values (the_name, (sys.me()).principal, the_label, the_total)
$$;

-- Takes a row of a batch for this transaction. `known` is false where it is nobody's of that name
-- and size, `taken` while another transaction makes it; `documents` are those of one that is made.
create function sys.begin_batch_row(the_batch text, the_row int,
  out known boolean, out taken boolean, out documents jsonb)
language plpgsql security definer set search_path = ''
as $$
begin
  known := exists (select from sys.batch b where b.name = the_batch
    and b.principal = (sys.me()).principal and the_row >= 0 and the_row < b.total);
  if not known then return; end if;
  taken := pg_catalog.pg_try_advisory_xact_lock(
    pg_catalog.hashtextextended(the_batch || ' ' || the_row, 4219));
  if not taken then return; end if;
  select r.documents into documents from sys.batch_row r
  where r.batch = the_batch and r.row = the_row;
end
$$;

-- What became of a row. One that was refused can be made later; one that was made stays so.
create function sys.end_batch_row(the_batch text, the_row int, done jsonb, the_code text,
  the_fields jsonb) returns void
language sql security definer set search_path = ''
as $$
  insert into sys.batch_row as r (batch, row, documents, code, fields)
  select b.name, the_row, done, the_code, the_fields from sys.batch b
  where b.name = the_batch and b.principal = (sys.me()).principal
    and the_row >= 0 and the_row < b.total
  on conflict (batch, row) do update
    set documents = excluded.documents, code = excluded.code, fields = excluded.fields
    where r.documents is null
$$;

-- How far a batch of one's own has come, with the first rows that were refused.
create function sys.batch_state(the_batch text, refusals int)
returns table (label text, total int, done bigint, refused bigint, next int, errors jsonb)
language sql stable security definer set search_path = ''
as $$
  select b.label, b.total,
    (select count(*) from sys.batch_row r where r.batch = b.name and r.code is null),
    (select count(*) from sys.batch_row r where r.batch = b.name and r.code is not null),
    -- The first row of which nothing is known; the total where there is none.
    coalesce((select min(r.row) + 1 from sys.batch_row r where r.batch = b.name
        and not exists (select from sys.batch_row f where f.batch = b.name and f.row = r.row + 1)
        and exists (select from sys.batch_row z where z.batch = b.name and z.row = 0)), 0),
    (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'row', e.row, 'code', e.code, 'fields', e.fields) order by e.row), '[]')
      from (select r.row, r.code, r.fields from sys.batch_row r
        where r.batch = b.name and r.code is not null order by r.row limit refusals) e)
  from sys.batch b where b.name = the_batch and b.principal = (sys.me()).principal
$$;

revoke execute on function sys.make_batch, sys.begin_batch_row, sys.end_batch_row, sys.batch_state
  from public;
grant execute on function sys.make_batch, sys.begin_batch_row, sys.end_batch_row, sys.batch_state
  to {{app}};
