-- Many values of one dimension: a tree ten thousand deep, of which somebody holds the top.

-- As before. Children are found by the tree's index, which is of the default collation: with the one
-- of documents, the whole tree would be read once for each of its levels. And values are looked up
-- in a hash of what is covered, not in a list: each cell would be compared with each of them.
create or replace function sys.cells_of(the_grant bigint, the_reach text, except_dimensions jsonb, dt int)
returns setof int
language sql stable security definer set search_path = ''
as $$
  with recursive named as materialized (
    select s.dimension collate "default" as dimension, s.value collate "default" as value,
      s.descendants = 1 as descendants
    from doc.grant_scope s where s.parent_id = the_grant and s.parenttype = 'Grant'
  ), covered as (
    select dimension, value, descendants from named
    union
    select c.dimension, n.value, true from covered c
    join sys.tree_node n on n.dimension = c.dimension and n.parent = c.value
    where c.descendants
  ), paths as materialized (
    select p.position, p.dimension, p.path like '%.%' as is_of_rows,
      coalesce(bool_or(c.value = '*'), false) as covers_any,
      coalesce(bool_or(c.value = '(blank)'), false) as covers_blank,
      jsonb_agg(nullif(c.value, '(blank)')) as covered_members,
      exists (select from named n where n.dimension = p.dimension) as is_named
    from sys.dimension_path p left join covered c on c.dimension = p.dimension
    where p.doctype_id = dt group by p.position, p.dimension, p.path
  )
  select c.id from sys.cell c
  where c.doctype_id = dt and (the_reach = 'everything' or not exists (
    select from paths p
    cross join lateral (
      select case when not p.is_of_rows then null
        when c.dimension_values[p.position] like 'sha256:%' then (
          select l.members from sys.long_set l where l.digest = c.dimension_values[p.position])
        else c.dimension_values[p.position]::jsonb end as members) m
    where not case
      when not p.is_named then except_dimensions ? p.dimension
      when p.is_of_rows then case
        when p.covers_any then p.covers_blank or not m.members @> '[null]'
        else m.members <@ p.covered_members end
      when c.dimension_values[p.position] is null then p.covers_blank
      else p.covers_any or (p.dimension, c.dimension_values[p.position]) in (
        select v.dimension, v.value from covered v where v.value not in ('*', '(blank)'))
    end))
$$;
