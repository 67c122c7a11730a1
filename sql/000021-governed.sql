-- Documents that belong to others: comments, assignments, tags, follows, attachments. Each names
-- one document, and is reached with it, by that document's own policy: see `governed_by` of a
-- doctype. What is made here is for the parts that hang on no doctype.

-- Ways of the claim's action that open a level.
create function sys.open_ways(who text, act text, dt int, level int)
returns table (grant_id bigint, reach text, except_dimensions jsonb, condition jsonb)
language sql stable security definer set search_path = ''
as $$
  select w.grant_id, w.reach, w.except_dimensions, w.condition
  from sys.ways(who, act, dt) w join doc.role_rule r on r.id = w.rule_id
  where r.levels @> pg_catalog.to_jsonb(level)
$$;

-- Cells on whose documents a level is open for the claim, as one bit for each.
create function sys.open_cells(dt int, level int) returns bit varying
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  return sys.bits_of(array(
    select c.id from sys.open_ways(claimed[1], claimed[2], dt, level) w
    cross join lateral sys.cells_of(w.grant_id, w.reach, w.except_dimensions, dt) as c(id)
    where w.condition is null), dt);
end
$$;

-- The same by ways that have a condition, for `meets`; null where there are none.
create function sys.open_conditions(dt int, level int) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  return (
    select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'bits', sys.bits_of(array(
        select sys.cells_of(w.grant_id, w.reach, w.except_dimensions, dt)), dt)::text,
      'me', claimed[1],
      'when', (select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
          'field', c ->> 0, 'op', c ->> 1, 'value', c -> 2,
          'type', coalesce(f.column_type, case c ->> 0
            when 'docstatus' then 'smallint'
            when 'creation' then 'timestamp' when 'modified' then 'timestamp' else 'text' end)))
        from pg_catalog.jsonb_array_elements(w.condition) c
        left join sys.field f on f.doctype_id = dt and f.fieldname = c ->> 0)))
    from sys.open_ways(claimed[1], claimed[2], dt, level) w where w.condition is not null);
end
$$;

-- Doctypes whose documents belong to others, and the fields that say to which.
create function sys.governed_doctypes()
returns table (
  id int, table_name text, doctype_field text, name_field text, field_field text)
language sql stable set search_path = ''
as $$
  select d.id, d.table_name, d.definition #>> '{governed_by,doctype_field}',
    d.definition #>> '{governed_by,name_field}', d.definition #>> '{governed_by,field_field}'
  from sys.doctype d where d.definition ? 'governed_by'
$$;

-- What a document held that is about to go, as its last version says it: values of the wire.
create function sys.last_values(dt int, held jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select pg_catalog.jsonb_build_object('fields', coalesce(pg_catalog.jsonb_object_agg(v.key,
    pg_catalog.jsonb_build_array(case
      when v.key = 'creation' or f.column_type = 'timestamp' then pg_catalog.to_jsonb(
        pg_catalog.to_char((v.value #>> '{}')::timestamp, 'YYYY-MM-DD HH24:MI:SS.US'))
      when f.column_type = 'money' then pg_catalog.to_jsonb((v.value #>> '{}')::numeric / 10000)
      else v.value end, null)), '{}'))
  from pg_catalog.jsonb_each(held) v
  left join sys.field f on f.doctype_id = dt and f.fieldname = v.key
  where v.value <> 'null'
    and (f.fieldname is not null or v.key in ('name', 'owner', 'creation', 'docstatus'))
$$;

-- Trigger of documents that others may belong to, by the doctype's name: they go with those that
-- are `taken`. Each leaves its last version; SQL of the owner, who has no claim, leaves none here
-- as anywhere.
create function sys.take_governed() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  one record;
  has_claim boolean := coalesce(pg_catalog.current_setting('bailiwick.claim', true), '') <> '';
begin
  for one in select * from sys.governed_doctypes() loop
    execute pg_catalog.format(
      'with gone as (
         delete from doc.%I t using taken p where t.%I = $1 and t.%I = p.name
         returning t.id, t.version, pg_catalog.to_jsonb(t) as held)
       insert into sys.document_version
         (doctype_id, document_id, version, action, principal, actor, at, changes)
       select $2, g.id, g.version + 1, ''delete'', (select (sys.me()).principal), null,
         (select sys.moment() at time zone ''UTC''), sys.last_values($2, g.held)
       from gone g where $3', one.table_name, one.doctype_field, one.name_field)
    using tg_argv[0], one.id, has_claim;
  end loop;
  return null;
end
$$;

-- The same where a document is called otherwise: what belongs to it follows.
create function sys.move_governed() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  one record;
begin
  if new.name = old.name then return null; end if;
  for one in select * from sys.governed_doctypes() loop
    execute pg_catalog.format('update doc.%I set %I = $3 where %I = $1 and %I = $2',
      one.table_name, one.name_field, one.doctype_field, one.name_field)
    using tg_argv[0], old.name, new.name;
  end loop;
  return null;
end
$$;

-- Whether the claim reaches what is gone and belonged to another document: by that one, as it is
-- or as it was last. With the rights of whoever asks: the policies are theirs. Of a field, its
-- level has to be open; where both are gone that is known no more, and nobody reaches it.
create function sys.reaches_gone_governed(dt int, last_content jsonb) returns boolean
language plpgsql stable set search_path = ''
as $$
declare
  one record;
  parent record;
  held jsonb;
  named_field text;
  wanted int;
begin
  select * into one from sys.governed_doctypes() g where g.id = dt;
  if one.id is null then return false; end if;
  select d.id, d.table_name, d.definition into parent from sys.doctype d
  where d.name = last_content ->> one.doctype_field
    and not coalesce((d.definition ->> 'istable')::boolean, false)
    and not d.definition ? 'governed_by';
  if parent.id is null then return false; end if;
  named_field := last_content ->> one.field_field;
  execute pg_catalog.format(
    'select pg_catalog.to_jsonb(t) from doc.%I t where t.name = $1', parent.table_name)
    into held using last_content ->> one.name_field;
  if held is null then
    return named_field is null and exists (
      select from sys.deleted_document g
      where g.doctype_id = parent.id and g.name = last_content ->> one.name_field);
  end if;
  if named_field is null then return true; end if;
  select coalesce((f ->> 'level')::int, 0) into wanted
  from pg_catalog.jsonb_array_elements(parent.definition -> 'fields') f
  where f ->> 'fieldname' = named_field and f ->> 'fieldtype' <> 'Password'
    and coalesce(f ->> 'sensitivity', 'none') <> 'secret';
  if wanted is null then return false; end if;
  return pg_catalog.get_bit(sys.open_cells(parent.id, wanted), (held ->> 'cell_id')::int) <> 0
    or (wanted = 0 and (held ->> 'name') = any (sys.shared_names(parent.id, 'select')))
    or coalesce(sys.meets(sys.open_conditions(parent.id, wanted), (held ->> 'cell_id')::int, held),
      false);
end
$$;

revoke execute on function sys.open_ways, sys.open_cells, sys.open_conditions,
  sys.governed_doctypes, sys.last_values, sys.take_governed, sys.move_governed,
  sys.reaches_gone_governed from public;
grant execute on function sys.open_cells, sys.open_conditions, sys.governed_doctypes,
  sys.reaches_gone_governed to {{app}};
