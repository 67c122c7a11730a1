-- What was changed, by whom and when: one row for each change of a document, written in the
-- transaction of the change. Differences only, and none where a document is new: what it was at
-- any time follows from what it is now. Secrets are never in here.
create table sys.document_version (
  doctype_id int not null,
  -- The document's own number: a history stays with it, whatever it is called.
  document_id bigint not null,
  version bigint not null,
  action text not null,
  principal text not null,
  actor text,
  at timestamp not null,
  changes jsonb not null,
  primary key (doctype_id, document_id, version)
);

-- What a document was when it was removed, but for secrets: by this it is decided who may still
-- read of it.
create table sys.deleted_document (
  doctype_id int not null,
  document_id bigint not null,
  name text not null,
  content jsonb not null,
  primary key (doctype_id, document_id),
  unique (doctype_id, name)
);

create trigger append_only before update or delete on sys.document_version
  for each row execute function sys.append_only();
create trigger refuse_truncate before truncate on sys.document_version
  for each statement execute function sys.refuse_truncate();
create trigger append_only before update or delete on sys.deleted_document
  for each row execute function sys.append_only();
create trigger refuse_truncate before truncate on sys.deleted_document
  for each statement execute function sys.refuse_truncate();

-- Identity is never recycled: (doctype). And what is removed leaves its last values.
create or replace function sys.retire_name() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into sys.retired_name (doctype, name) values (tg_argv[0], old.name) on conflict do nothing;
  insert into sys.deleted_document (doctype_id, document_id, name, content)
  select d.id, old.id, old.name, pg_catalog.to_jsonb(old) - 'cell_id' - array(
    select f ->> 'fieldname' from pg_catalog.jsonb_array_elements(d.definition -> 'fields') f
    where f ->> 'sensitivity' = 'secret' or f ->> 'fieldtype' = 'Password')
  from sys.doctype d where d.name = tg_argv[0];
  return null;
end
$$;

-- Whether the claim reaches a document that is gone, by its last values and the grants of now:
-- what the policy of its table would say if it were there. In a cell that nobody knows any more
-- it is reached by a share only.
create function sys.reaches_deleted(dt int, document_name text, content jsonb) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  place text[] := '{}';
  part record;
  members text;
  cell int;
  conditions jsonb;
begin
  if document_name = any (sys.shared_names(dt, 'select')) then return true; end if;
  for part in
    select p.path from sys.dimension_path p where p.doctype_id = dt order by p.position
  loop
    if part.path not like '%.%' then
      place := pg_catalog.array_append(place, nullif(content ->> part.path, ''));
      continue;
    end if;
    if content -> 'child_dimensions' -> part.path is null then return false; end if;
    members := sys.distinct_values(content -> 'child_dimensions' -> part.path)::text;
    place := pg_catalog.array_append(place,
      case when pg_catalog.octet_length(members) <= 300 then members
      else 'sha256:' || pg_catalog.encode(
        pg_catalog.sha256(pg_catalog.convert_to(members, 'UTF8')), 'hex') end);
  end loop;
  select c.id into cell from sys.cell c where c.doctype_id = dt and c.dimension_values = place;
  if cell is null then return false; end if;
  if pg_catalog.get_bit(sys.cell_bits(dt, 'select'), cell) <> 0 then return true; end if;
  conditions := sys.conditions(dt, 'select');
  return conditions is not null and sys.meets(conditions, cell, content);
end
$$;

-- Which document's history is asked for, in this transaction. It is a question and gives nothing:
-- whoever asks, the policy answers.
create function sys.ask_history(dt int, document_name text) returns void
language sql set search_path = ''
as $$
  select pg_catalog.set_config('bailiwick.history', dt || ':' || document_name, true)
$$;

create function sys.asked_doctype() returns int
language sql stable set search_path = ''
as $$
  select nullif(pg_catalog.split_part(
    pg_catalog.current_setting('bailiwick.history', true), ':', 1), '')::int
$$;

-- The number of the document that is asked for, where the claim reaches it by the policy of its own
-- table, or reached it last; else null. With the rights of whoever asks: the policies are theirs.
create function sys.asked_document() returns bigint
language plpgsql stable set search_path = ''
as $$
declare
  asked text := pg_catalog.current_setting('bailiwick.history', true);
  dt int := sys.asked_doctype();
  document_name text := pg_catalog.substr(asked, pg_catalog.strpos(asked, ':') + 1);
  target text;
  document bigint;
begin
  -- The claim has to be for reading: one that may be linked to does not show what it was.
  if (sys.me()).action <> 'read' then return null; end if;
  select d.table_name into target from sys.doctype d
  where d.id = dt and not coalesce((d.definition ->> 'istable')::boolean, false);
  if target is null then return null; end if;
  execute pg_catalog.format('select t.id from doc.%I t where t.name = $1', target)
    into document using document_name;
  return coalesce(document, (
    select g.document_id from sys.deleted_document g
    where g.doctype_id = dt and g.name = document_name));
end
$$;

-- The history of a document is read by whoever may read the document now: of the one that is asked
-- for, decided once for a statement. For each version anew it would take seconds.
alter table sys.document_version enable row level security;
alter table sys.document_version force row level security;
create policy maintain on sys.document_version for all to {{owner}} using (true) with check (true);
create policy see on sys.document_version for select to {{app}}
  using (doctype_id = (select sys.asked_doctype()) and document_id = (select sys.asked_document()));
create policy add on sys.document_version for insert to {{app}}
  with check (principal = (select (sys.me()).principal));

alter table sys.deleted_document enable row level security;
alter table sys.deleted_document force row level security;
create policy maintain on sys.deleted_document for all to {{owner}} using (true) with check (true);
create policy see on sys.deleted_document for select to {{app}}
  using ((select (sys.me()).action) = 'read' and sys.reaches_deleted(doctype_id, name, content));

grant select, insert on sys.document_version to {{app}};
grant select on sys.deleted_document to {{app}};
revoke execute on function sys.reaches_deleted, sys.ask_history, sys.asked_doctype,
  sys.asked_document from public;
grant execute on function sys.reaches_deleted, sys.ask_history, sys.asked_doctype,
  sys.asked_document to {{app}};
