-- Raw SQL for reports. It runs under a login of its own that owns nothing and sees only views, in
-- schema `reports`, one for each doctype. They belong to a role that cannot log in and is subject
-- to row-level security; they leave secrets out, and show a field above level 0 only on rows where
-- that level is open to whoever asks.
--
-- Who asks is said by a ticket: signed here, under the application's claim, for one transaction of
-- one reporting connection and for the text of one statement. SQL of the reporting login can
-- neither make one nor read one, and a ticket fits nothing but what it was made for.
create schema reports;
create schema ticket;
grant usage on schema reports to {{report}}, {{views}};
grant create on schema reports to {{views}};
grant usage on schema ticket to {{report}};

-- Which text each view was made by, so that it is made anew only where that changes.
create table sys.report_view (
  doctype_id int primary key references sys.doctype on delete cascade,
  checksum text not null
);

-- A MAC for another backend's transaction. What is signed here begins with a character that no
-- claim may hold, so neither is ever taken for the other.
create function sys.mac_for(content text, backend int, begun timestamptz) returns text
language sql stable set search_path = ''
as $$
  select pg_catalog.encode(pg_catalog.sha256(k.outer_key || pg_catalog.sha256(
    k.inner_key || pg_catalog.convert_to(e'\x1e' || content, 'UTF8')
    || pg_catalog.int4send(backend) || pg_catalog.timestamptz_send(begun))), 'hex')
  from sys.mac_key k
$$;

-- True while the proof by which a principal signed in is good. A person's name alone is none.
create function sys.is_signed_in(principal text, kind text, proof text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select case kind
    when 'session' then exists (
      select from sys.session s join doc."user" u on u.name = s.user_name and u.enabled = 1
      where s.hash = pg_catalog.decode(proof, 'hex') and s.user_name = principal
        and s.expires_at > pg_catalog.clock_timestamp())
    when 'token' then exists (
      select from sys.token t join doc."user" u on u.name = t.user_name and u.enabled = 1
      where t.key = proof and t.user_name = principal and t.revoked_at is null
        and (t.expires_at is null or t.expires_at > pg_catalog.clock_timestamp()))
    when 'named' then principal like 'system:%'
    else false end
$$;

-- A ticket for the claim's principal, for a statement by its SHA-256 and one transaction of a
-- reporting backend. It ends after seconds, or with the next change of permissions.
create function sys.issue_ticket(
  kind text, proof text, statement_digest text, backend int, begun timestamptz) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
  content text;
begin
  if claimed[2] <> 'report' then
    raise exception 'a ticket needs a claim to report' using errcode = 'BW001';
  end if;
  if not sys.is_signed_in(claimed[1], kind, proof) then
    raise exception 'a ticket needs a session or a token' using errcode = 'BW401';
  end if;
  content := pg_catalog.concat_ws(e'\x1f', claimed[1], kind, proof, statement_digest,
    (select e.value from sys.epoch e),
    (pg_catalog.clock_timestamp() + interval '10 seconds')::text);
  return content || e'\x1f' || sys.mac_for('ticket' || content, backend, begun);
end
$$;

-- Redeems a ticket for the rest of this transaction. Every refusal of one that does not fit reads
-- the same.
create function ticket.redeem(signed text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  parts text[] := pg_catalog.string_to_array(signed, e'\x1f');
  content text := pg_catalog.array_to_string(parts[1:6], e'\x1f');
  claim text;
begin
  if pg_catalog.cardinality(parts) is distinct from 7
     or parts[7] is distinct from sys.mac_for(
       'ticket' || content, pg_catalog.pg_backend_pid(), pg_catalog.transaction_timestamp())
     or coalesce(pg_catalog.current_setting('bailiwick.report', true), '') <> '' then
    raise exception 'this ticket is not valid here' using errcode = 'BW001';
  end if;
  if parts[6]::timestamptz <= pg_catalog.clock_timestamp() then
    raise exception 'this ticket has ended' using errcode = 'BW001';
  end if;
  if not sys.is_signed_in(parts[1], parts[2], parts[3]) then
    raise exception 'the session is not valid' using errcode = 'BW401';
  end if;
  if parts[5]::bigint is distinct from (select e.value from sys.epoch e) then
    raise exception 'permissions have changed since' using errcode = 'BW503';
  end if;
  claim := parts[1] || e'\x1f' || parts[4];
  perform pg_catalog.set_config('bailiwick.report', claim || e'\x1f' || sys.mac_for(
    'report' || claim, pg_catalog.pg_backend_pid(), pg_catalog.transaction_timestamp()), true);
end
$$;

-- Whom this statement reports to. Nothing is answered without a ticket that was redeemed for this
-- transaction and for this very text: neither a setting nor another statement opens a row.
create function sys.reporting() returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  parts text[] := pg_catalog.string_to_array(
    pg_catalog.current_setting('bailiwick.report', true), e'\x1f');
begin
  if pg_catalog.cardinality(parts) is distinct from 3
     or parts[3] is distinct from sys.mac_for('report' || parts[1] || e'\x1f' || parts[2],
       pg_catalog.pg_backend_pid(), pg_catalog.transaction_timestamp())
     or parts[2] is distinct from pg_catalog.encode(pg_catalog.sha256(
       pg_catalog.convert_to(pg_catalog.current_query(), 'UTF8')), 'hex') then
    raise exception 'this statement has no ticket' using errcode = 'BW001';
  end if;
  return parts[1];
end
$$;

-- Ways to report that open a level.
create function sys.report_ways(who text, dt int, level int)
returns table (grant_id bigint, reach text, except_dimensions jsonb, condition jsonb)
language sql stable security definer set search_path = ''
as $$
  select w.grant_id, w.reach, w.except_dimensions, w.condition
  from sys.ways(who, 'report', dt) w join doc.role_rule r on r.id = w.rule_id
  where r.levels @> pg_catalog.to_jsonb(level)
$$;

-- Cells on whose documents a level is open for reports, as one bit for each.
create function sys.report_cells(dt int, level int) returns bit varying
language plpgsql stable security definer set search_path = ''
as $$
declare
  who text := sys.reporting();
begin
  return sys.bits_of(array(
    select c.id from sys.report_ways(who, dt, level) w
    cross join lateral sys.cells_of(w.grant_id, w.reach, w.except_dimensions, dt) as c(id)
    where w.condition is null), dt);
end
$$;

-- The same by ways that have a condition, for `meets`; null where there are none.
create function sys.report_conditions(dt int, level int) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  who text := sys.reporting();
begin
  return (
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
        left join sys.field f on f.doctype_id = dt and f.fieldname = c ->> 0)))
    from sys.report_ways(who, dt, level) w where w.condition is not null);
end
$$;

-- Documents that are shared for reports. A share opens level 0 only.
create function sys.report_shared(dt int) returns text[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  who text := sys.reporting();
begin
  return array(
    select s.document_name from doc.share s join sys.doctype d on d.name = s.document_type
    where d.id = dt and s."user" = who and sys.is_valid(null, s.until, (select sys.moment()))
      and sys.gives(s.actions, 'report'));
end
$$;

-- `meets` for a login that cannot name what it calls.
create function sys.report_meets(conditions jsonb, cell int, doc jsonb) returns boolean
language sql immutable strict security definer set search_path = ''
as $$ select sys.meets(conditions, cell, doc) $$;

-- A row as wide as no report needs is an error, before it is sent. It is written so that nothing
-- of the row stands in the error.
create function ticket.fits(line text, bytes_max int) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  if pg_catalog.octet_length(line) > bytes_max then
    raise exception 'a row of the answer is too large' using errcode = 'BW413';
  end if;
  return true;
end
$$;

revoke execute on all functions in schema sys, ticket from public;
grant execute on function sys.issue_ticket to {{app}};
-- The login has no use of schema `sys`, so it cannot name these; its views and their policies do.
grant execute on function sys.report_cells, sys.report_conditions, sys.report_shared,
  sys.report_meets to {{report}};
grant execute on function ticket.redeem, ticket.fits to {{report}};
