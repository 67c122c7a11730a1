-- Which documents a principal reaches, evaluated from the grant tables themselves: the second
-- line behind the kernel's filter. `reached_cells` is the definition; `cell_bits` keeps its
-- result while it holds.

-- The number every permission change locks exclusively and every other write shares.
create function sys.lock_epoch_shared() returns void
language sql set search_path = ''
as $$ select pg_catalog.pg_advisory_xact_lock_shared(4217, 1) $$;

create function sys.lock_epoch() returns void
language sql set search_path = ''
as $$ select pg_catalog.pg_advisory_xact_lock(4217, 1) $$;

-- Trigger of every table that decides about access.
create function sys.raise_epoch() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform sys.lock_epoch();
  update sys.epoch set value = value + 1,
    changed_at = greatest(changed_at, pg_catalog.clock_timestamp());
  return null;
end
$$;

-- Trigger of every tree dimension: (dimension, parent column).
create function sys.keep_tree() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform sys.lock_epoch();
  if tg_op in ('UPDATE', 'DELETE') then
    delete from sys.tree_node where dimension = tg_argv[0] and value = old.name;
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    insert into sys.tree_node (dimension, value, parent)
    values (tg_argv[0], new.name, pg_catalog.to_jsonb(new) ->> tg_argv[1]);
  end if;
  return null;
end
$$;

-- Interns a cell. Its id never changes and is never used again.
create function sys.intern_cell(dt int, wanted text[]) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  cell int;
begin
  select id into cell from sys.cell where doctype_id = dt and dimension_values = wanted;
  if cell is not null then return cell; end if;
  -- The doctype's row lock makes the count and the new id one step. Whoever waited for it looks
  -- again: the one before may have made this very cell.
  perform from sys.doctype where id = dt for no key update;
  select id into cell from sys.cell where doctype_id = dt and dimension_values = wanted;
  if cell is not null then return cell; end if;
  update sys.doctype set cells = cells + 1 where id = dt returning cells - 1 into cell;
  insert into sys.cell (doctype_id, id, dimension_values) values (dt, cell, wanted);
  return cell;
end
$$;

-- Trigger of doctypes without a dimension path: all their documents are in one cell, which the
-- migration interned first. The others have a function of their own, made with their table.
create function sys.place_in_only_cell() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.cell_id := 0;
  return new;
end
$$;

-- The actions a rule or share gives, with those they imply: the same table as the kernel's.
create function sys.gives(actions jsonb, action text) returns boolean
language sql immutable set search_path = ''
as $$
  select actions ? action
    or (action = 'read' and actions ?| array['write', 'delete', 'submit', 'cancel', 'amend',
        'transition', 'print', 'email', 'report', 'export', 'share'])
    or (action = 'select' and actions ?| array['read', 'write', 'delete', 'submit', 'cancel',
        'amend', 'transition', 'print', 'email', 'report', 'export', 'share'])
$$;

-- Valid is `from <= at < until`.
create function sys.is_valid("from" timestamp, until timestamp, at timestamptz) returns boolean
language sql immutable set search_path = ''
as $$
  select ("from" is null or "from" <= (at at time zone 'UTC'))
     and (until is null or (at at time zone 'UTC') < until)
$$;

-- Grants a principal holds at this moment, directly or as a member of a group.
create function sys.held_grants(who text)
returns table (grant_id bigint, role text, until timestamp)
language sql stable security definer set search_path = ''
as $$
  with present as materialized (select sys.moment() as at)
  select g.id, g.role, g.until from present p, doc."grant" g
  where g.grantee_type = 'User' and g.grantee = who and sys.is_valid(g."from", g.until, p.at)
  union all
  select g.id, g.role, least(g.until, m.until)
  from present p, doc.group_member m
  join doc."group" gr on gr.id = m.parent_id
  join doc."grant" g on g.grantee_type = 'Group' and g.grantee = gr.name
  where m."user" = who and sys.is_valid(m."from", m.until, p.at)
    and sys.is_valid(g."from", g.until, p.at)
  union all
  select g.id, g.role, g.until from present p, doc."grant" g
  where g.grantee_type = 'Group' and sys.is_valid(g."from", g.until, p.at)
    and g.grantee = case when who = 'Guest' then 'Guests' when who not like 'system:%' then 'Everyone' end
$$;

-- One row for each grant with a rule of its role in force: a way to say yes.
create function sys.ways(who text, act text, dt int)
returns table (grant_id bigint, rule_id bigint, reach text, except_dimensions jsonb, condition jsonb)
language sql stable security definer set search_path = ''
as $$
  select h.grant_id, r.id, r.reach, coalesce(r.except, '[]'), r."when"
  from sys.held_grants(who) h
  join doc.role_rule r on r.role = h.role
  join sys.doctype d on d.name = r.document_type and d.id = dt
  where r.status = 'in force' and r.reach is not null and sys.gives(r.actions, act)
$$;

-- The cells that one grant reaches by a rule's reach and exceptions. Conditions are not asked.
create function sys.cells_of(the_grant bigint, the_reach text, except_dimensions jsonb, dt int)
returns setof int
language sql stable security definer set search_path = ''
as $$
  with recursive named as materialized (
    select s.dimension, s.value, s.descendants = 1 as descendants
    from doc.grant_scope s where s.parent_id = the_grant and s.parenttype = 'Grant'
  ), covered as (
    select dimension, value, descendants from named
    union
    select c.dimension, n.value, true from covered c
    join sys.tree_node n on n.dimension = c.dimension and n.parent = c.value
    where c.descendants
  ), paths as materialized (
    select p.position, p.dimension,
      coalesce(array_agg(c.value) filter (where c.value not in ('*', '(blank)')), '{}') as vals,
      coalesce(bool_or(c.value = '*'), false) as covers_any,
      coalesce(bool_or(c.value = '(blank)'), false) as covers_blank,
      exists (select from named n where n.dimension = p.dimension) as is_named
    from sys.dimension_path p left join covered c on c.dimension = p.dimension
    where p.doctype_id = dt group by p.position, p.dimension
  )
  select c.id from sys.cell c
  where c.doctype_id = dt and (the_reach = 'everything' or not exists (
    select from paths p where not case
      when not p.is_named then except_dimensions ? p.dimension
      when c.dimension_values[p.position] is null then p.covers_blank
      else p.covers_any or c.dimension_values[p.position] = any (p.vals)
    end))
$$;

-- The definition: every cell that the principal reaches by a rule without a condition.
create function sys.reached_cells(who text, act text, dt int) returns setof int
language sql stable security definer set search_path = ''
as $$
  select distinct c.id from sys.ways(who, act, dt) w
  cross join lateral sys.cells_of(w.grant_id, w.reach, w.except_dimensions, dt) as c(id)
  where w.condition is null
$$;

-- One bit for each cell. There are zeros to spare: a cell that is made while a statement runs is
-- one that nobody reaches, and not an error.
create function sys.bits_of(cells int[], dt int) returns bit varying
language sql stable security definer set search_path = ''
as $$
  select pg_catalog.string_agg(case when c.id is null then '0' else '1' end, '' order by i)::bit varying
  from pg_catalog.generate_series(0, (select d.cells + 1000 from sys.doctype d where d.id = dt)) i
  left join (select distinct pg_catalog.unnest(cells) as id) c on c.id = i
$$;

-- Which actions may be claimed for which SQL command.
create function sys.suits(action text, command text) returns boolean
language sql immutable set search_path = ''
as $$
  select case command
    when 'select' then true
    when 'insert' then action in ('create', 'import')
    -- A record that keeps its history is ended by an update when it is deleted.
    when 'update' then action in ('write', 'submit', 'cancel', 'transition', 'delete')
    when 'delete' then action = 'delete'
    else false
  end
$$;

-- Rows of child tables change as part of these.
create function sys.may_change_rows() returns boolean
language sql stable security definer set search_path = ''
as $$ select (sys.me()).action in ('create', 'import', 'write', 'delete', 'transition') $$;

-- The kept form: one bit for each cell of the doctype, for the claim's principal and action.
create function sys.cell_bits(dt int, command text) returns bit varying
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
  kept bit varying;
begin
  if command <> 'select' and not sys.suits(claimed[2], command) then
    return sys.bits_of('{}', dt);
  end if;
  select a.bits into kept from sys.access a, sys.doctype d, sys.epoch e
  where a.principal = claimed[1] and a.action = claimed[2] and a.doctype_id = dt and d.id = dt
    and a.epoch = e.value and a.cells = d.cells and sys.moment_of(e.changed_at) < a.valid_until;
  if kept is not null then return kept; end if;
  -- The application listens, and has them kept once its answer is out.
  raise notice 'cells were computed' using errcode = 'BW100', detail = pg_catalog.jsonb_build_object(
    'principal', claimed[1], 'action', claimed[2], 'doctype', dt);
  return sys.bits_of(array(select sys.reached_cells(claimed[1], claimed[2], dt)), dt);
end
$$;

-- Keeps what `cell_bits` computes for the claim, until the next moment at which a grant or a
-- membership begins or ends. One statement, so that the bits, the epoch and that moment are of
-- one snapshot: a grant that is given meanwhile can be in all of them or in none.
create function sys.keep_access(dt int) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  insert into sys.access as a (principal, action, doctype_id, epoch, cells, valid_until, bits)
  select claimed[1], claimed[2], dt, e.value, d.cells,
    coalesce((
      select pg_catalog.min(t) at time zone 'UTC' from (
        select "from" t from doc."grant" union all select until from doc."grant"
        union all select "from" from doc.group_member union all select until from doc.group_member
      ) moments where t > (sys.moment() at time zone 'UTC')), 'infinity'),
    sys.bits_of(array(select sys.reached_cells(claimed[1], claimed[2], dt)), dt)
  from sys.epoch e, sys.doctype d where d.id = dt
  on conflict (principal, action, doctype_id) do update
  set epoch = excluded.epoch, cells = excluded.cells,
      valid_until = excluded.valid_until, bits = excluded.bits
  where a.epoch <= excluded.epoch;
end
$$;

-- Names of documents shared with the claim's principal for the claim's action.
create function sys.shared_names(dt int, command text) returns text[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  if not sys.suits(claimed[2], command) then return '{}'; end if;
  return array(
    select s.document_name from doc.share s join sys.doctype d on d.name = s.document_type
    where d.id = dt and s."user" = claimed[1]
      and sys.is_valid(null, s.until, (select sys.moment()))
      and sys.gives(s.actions, claimed[2]));
end
$$;

-- Ways with a condition: the cells they reach and the condition, for `meets`.
create function sys.conditions(dt int, command text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  claimed text[] := sys.claimed();
begin
  if not sys.suits(claimed[2], command) then return null; end if;
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
    from sys.ways(claimed[1], claimed[2], dt) w where w.condition is not null);
end
$$;

-- A stored value and a constant brought to one text form that compares in the type's own order.
create function sys.order_key(value text, column_type text) returns numeric
language sql immutable set search_path = ''
as $$
  select case
    when column_type in ('bigint', 'smallint', 'double', 'money') then value::numeric
    when column_type = 'date' then (value::date - date '0001-01-01')::numeric
    when column_type = 'timestamp' then extract(epoch from value::timestamp)::numeric
    when column_type = 'time' then extract(epoch from value::time)::numeric
  end
$$;

create function sys.one_holds(doc jsonb, part jsonb, me text) returns boolean
language plpgsql immutable set search_path = ''
as $$
declare
  kind text := part ->> 'type';
  held text := nullif(doc ->> (part ->> 'field'), '');
  op text := part ->> 'op';
  wanted text[];
  matched boolean;
begin
  if op = 'is' then return (held is not null) = ((part ->> 'value') = 'set'); end if;
  wanted := case pg_catalog.jsonb_typeof(part -> 'value')
    when 'array' then array(select pg_catalog.jsonb_array_elements_text(part -> 'value'))
    else array[part ->> 'value'] end;
  wanted := array(select case when w = '$me' then me
    when kind = 'money' then (w::numeric * 10000)::text else w end from pg_catalog.unnest(wanted) w);
  if op in ('=', 'in', '!=', 'not in') then
    matched := held is not null and case when kind in ('text', 'jsonb') then held = any (wanted)
      else sys.order_key(held, kind) = any (
        array(select sys.order_key(w, kind) from pg_catalog.unnest(wanted) w)) end;
    return case when op in ('=', 'in') then matched else not matched end;
  end if;
  if held is null then return false; end if;
  matched := case when kind in ('text', 'jsonb') then case op
      when '<' then held collate "C" < wanted[1] when '<=' then held collate "C" <= wanted[1]
      when '>' then held collate "C" > wanted[1] when '>=' then held collate "C" >= wanted[1] end
    else case op
      when '<' then sys.order_key(held, kind) < sys.order_key(wanted[1], kind)
      when '<=' then sys.order_key(held, kind) <= sys.order_key(wanted[1], kind)
      when '>' then sys.order_key(held, kind) > sys.order_key(wanted[1], kind)
      when '>=' then sys.order_key(held, kind) >= sys.order_key(wanted[1], kind) end
    end;
  return coalesce(matched, false);
end
$$;

-- True where some way with a condition reaches this document.
create function sys.meets(conditions jsonb, cell int, doc jsonb) returns boolean
language sql immutable strict set search_path = ''
as $$
  select exists (
    select from pg_catalog.jsonb_array_elements(conditions) w
    where pg_catalog.substr(w ->> 'bits', cell + 1, 1) = '1' and not exists (
      select from pg_catalog.jsonb_array_elements(w -> 'when') part
      where not sys.one_holds(doc, part, w ->> 'me')))
$$;

revoke execute on all functions in schema sys from public;
grant execute on function sys.bind, sys.me, sys.open_session, sys.open_token, sys.open_named,
  sys.lock_epoch, sys.lock_epoch_shared, sys.intern_cell, sys.cell_bits, sys.keep_access,
  sys.shared_names, sys.conditions, sys.may_change_rows, sys.meets, sys.one_holds, sys.order_key to {{app}};
