-- When each grant was last needed, and by whom: what the audit log says of it, kept at hand. One row
-- for a grant and a person, written by the trigger of the log itself, in the transaction of the
-- entry, and only the first time on a day: all else is a look at the row.
create table sys.grant_need (
  grant_name text not null,
  principal text not null,
  -- Days are of UTC. `solely`: the last day on which nothing else would have done.
  needed date not null,
  solely date,
  primary key (grant_name, principal)
);

-- Since when entries name the grants that reads rest on. What was before is not known.
create table sys.grant_need_since (at timestamptz not null);
insert into sys.grant_need_since values (now());

-- Of an allowed entry, `detail` lists as `witnesses` what its decisions rested on, and as `solely`
-- those of them without which something would not have been done, or not have been shown.
create function sys.note_needs() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into sys.grant_need as known (grant_name, principal, needed, solely)
  select need.name, need.principal, need.day, need.solely
  from (
    select pg_catalog.substr(w.name, 7) as name, e.principal,
      pg_catalog.max(e.creation)::date as day,
      (pg_catalog.max(e.creation) filter (where e.detail -> 'solely' ? w.name))::date as solely
    from added e,
      pg_catalog.jsonb_array_elements_text(case
        when pg_catalog.jsonb_typeof(e.detail -> 'witnesses') = 'array' then e.detail -> 'witnesses'
        else '[]' end) w(name)
    where e.outcome = 'allowed' and w.name like 'grant %'
    group by 1, 2
  ) need
  -- A row that is merely confirmed is not locked: many entries of one person go on at once.
  where not exists (select from sys.grant_need k
    where k.grant_name = need.name and k.principal = need.principal and k.needed >= need.day
      and (need.solely is null or k.solely >= need.solely))
  -- In one order, so that two transactions never wait for each other.
  order by need.name, need.principal
  on conflict (grant_name, principal) do update
    set needed = greatest(known.needed, excluded.needed),
      solely = greatest(known.solely, excluded.solely);
  return null;
end
$$;

-- In an installation that an earlier version made, the log is there already.
do $$
begin
  if pg_catalog.to_regclass('doc.audit_entry') is not null then
    create trigger note_needs after insert on doc.audit_entry
      referencing new table as added for each statement execute function sys.note_needs();
  end if;
end
$$;

-- When each of these grants was last needed by anybody, or by one person, and since when the log
-- can speak of it. Days and names of grants: never who it was, nor for what.
create function sys.needs_of(grants text[], person text)
returns table (grant_name text, needed date, solely date, since date)
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform sys.claimed();
  return query
    select g.name::text, pg_catalog.max(n.needed), pg_catalog.max(n.solely),
      pg_catalog.max(greatest(s.at at time zone 'UTC', g.creation))::date
    from doc."grant" g cross join sys.grant_need_since s
    left join sys.grant_need n on n.grant_name = g.name
      and (person is null or n.principal = person)
    where g.name = any (grants)
    group by g.name;
end
$$;
revoke execute on function sys.note_needs, sys.needs_of from public;
grant execute on function sys.needs_of to {{app}};
