-- Long changes of tables are made beside running servers, step by step, and go on where they were
-- left: a column of another type is filled in batches before it takes the place of the old one.

-- How far each column that is being filled has come.
create table sys.backfill (
  doctype_id int not null references sys.doctype on delete cascade,
  fieldname text not null,
  column_name text not null,
  -- What the values become, in SQL: another target begins anew.
  expression text not null,
  -- Rows up to this id are filled; later ones are filled as they are written.
  done_id bigint not null default 0,
  last_id bigint not null,
  begun_at timestamptz not null default now(),
  primary key (doctype_id, fieldname)
);

-- The transaction that fills rows now. Only the owner writes here, and no transaction's number
-- is ever used again.
create unlogged table sys.filling (transaction xid8 primary key);

-- Whether this transaction only fills columns that nobody reads yet, which changes no document.
create function sys.is_filling() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (select from sys.filling f
    where f.transaction = pg_catalog.pg_current_xact_id_if_assigned())
$$;
revoke execute on function sys.is_filling from public;
grant execute on function sys.is_filling to {{app}};

-- INVARIANT (submitted-is-immutable): as before, and to fill a column is no change of a document.
create or replace function sys.keep_submitted() returns trigger
language plpgsql set search_path = ''
as $$
declare
  before jsonb;
  after jsonb;
begin
  if tg_op = 'DELETE' then
    if old.docstatus = 1 then
      raise exception 'a submitted document cannot be deleted' using errcode = 'BW409';
    end if;
    return old;
  end if;
  -- Whoever changes a document raises its version, and so never gets to the question.
  if new.version = old.version and sys.is_filling() then return new; end if;
  if (old.docstatus, new.docstatus) not in ((0, 0), (0, 1), (1, 1), (1, 2)) then
    raise exception 'docstatus % cannot become %', old.docstatus, new.docstatus
      using errcode = 'BW409';
  end if;
  -- To SQL, submitting is an update like any other: the claim has to be for just this.
  if new.docstatus <> old.docstatus
     and coalesce(pg_catalog.current_setting('bailiwick.claim', true), '') <> ''
     and (sys.me()).action not in ('transition', case new.docstatus when 1 then 'submit' else 'cancel' end)
  then
    raise exception 'this claim is not for a change of docstatus' using errcode = '42501';
  end if;
  if new.version <= old.version then
    raise exception 'the version of a document only grows' using errcode = 'BW409';
  end if;
  if old.docstatus = 1 then
    -- A trigger without arguments has null for them, and null equals null.
    before := pg_catalog.to_jsonb(old)
      - array['docstatus', 'modified', 'modified_by', 'version', 'cell_id'] - coalesce(tg_argv, '{}');
    after := pg_catalog.to_jsonb(new)
      - array['docstatus', 'modified', 'modified_by', 'version', 'cell_id'] - coalesce(tg_argv, '{}');
    if before is distinct from after then
      raise exception 'a submitted document cannot be changed' using errcode = 'BW409';
    end if;
  end if;
  return new;
end
$$;

create or replace function sys.keep_submitted_rows() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  parent record;
  frozen boolean;
begin
  for parent in
    select d.table_name from sys.doctype d
    where d.name in (select c.parenttype from changed c)
      and (d.definition ->> 'is_submittable')::boolean
  loop
    -- Rows that come with their document, in the transaction that inserts it, are no change.
    execute pg_catalog.format('select exists (
      select from (select distinct c.parent_id from changed c) r
      join doc.%I p on p.id = r.parent_id
      where p.docstatus > 0 and not (p.version = 1
        and p.xmin = pg_catalog.pg_current_xact_id()::xid))', parent.table_name) into frozen;
    if frozen and not sys.is_filling() then
      raise exception 'rows of a submitted document cannot be changed' using errcode = 'BW409';
    end if;
  end loop;
  return null;
end
$$;

create or replace function sys.append_only() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and sys.is_filling() then return new; end if;
  raise exception 'entries of % are only ever added', tg_table_name using errcode = 'BW409';
end
$$;
