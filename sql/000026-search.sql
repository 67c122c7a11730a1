-- Search. Beside each doctype's table stands one of the words that may be searched for, in trigrams;
-- triggers keep it in the document's own transaction. None of it is of an operator that PostgreSQL
-- calls leakproof, so under a policy the index would not be used: what the application sees is a
-- view, which has the policy's own conditions in its body and is no barrier. It shows words and the
-- document's number, nothing else; documents themselves are read under their policy as ever.
create schema search;
grant usage on schema search to {{app}};

-- Which words of each doctype are kept, and how far documents that were there before have come in.
create table search.state (
  doctype_id int primary key references sys.doctype on delete cascade,
  -- What is kept, and how: another shape begins anew.
  shape text not null,
  done_id bigint not null default 0,
  last_id bigint not null default 0,
  is_ready boolean not null default false
);
grant select on search.state to {{app}};

-- Letters as search compares them: of one case, without accents, and nothing else between them than
-- one space. Scripts that are written without spaces have each sign as a word. Compatible forms
-- are one (NFKD, Unicode Standard Annex 15). The ranges are code points, so that the result does
-- not hang on the server's locale; lower case of what is not Latin does, where the locale is C.
create function search.fold(words text) returns text
language plpgsql immutable strict parallel safe
as $$
declare
  folded text := pg_catalog.lower(words collate "default");
begin
  if pg_catalog.octet_length(folded) > pg_catalog.char_length(folded) then
    folded := pg_catalog.lower(pg_catalog.normalize(folded, 'NFKD'));
    folded := pg_catalog.regexp_replace(
      folded, '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]', '', 'g');
    folded := pg_catalog.translate(folded, 'ẞÆŒÞØŁĐÐĦŦŊ', 'ßæœþøłđðħŧŋ');
    folded := pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
      folded, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
    folded := pg_catalog.translate(folded, 'øłđðıħŧŋ', 'olddihtn');
    folded := pg_catalog.regexp_replace(
      folded, '([\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])',
      ' \1 ', 'g');
  end if;
  folded := pg_catalog.regexp_replace(
    folded, '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u30fb\ufe30-\ufe4f]+',
    ' ', 'g');
  return pg_catalog.btrim(folded, ' ');
end
$$;

-- The words of an entry: each has a space on either side.
create function search.words_of(words text) returns text
language sql immutable parallel safe
as $$ select ' ' || search.fold(coalesce(words, '')) || ' ' $$;

-- An administrator may have installed the extension elsewhere. Its operators are reached by
-- functions that PostgreSQL puts in place of their calls, so that indexes serve them.
do $do$
declare
  home text;
begin
  create extension if not exists pg_trgm with schema search;
  select n.nspname into home from pg_catalog.pg_extension e
    join pg_catalog.pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
  execute pg_catalog.format(
    'create function search.resembles(words text, wanted text) returns boolean
     language sql stable parallel safe as $f$ select words operator(%I.%%>) wanted $f$', home);
  execute pg_catalog.format(
    'create function search.resemblance(words text, wanted text) returns real
     language sql immutable parallel safe as $f$ select %I.word_similarity(wanted, words) $f$', home);
end
$do$;
