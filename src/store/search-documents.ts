/**
 * The statement of a search: the best documents of one doctype that the claim reaches and the
 * caller's condition lets through, in ranks. A rank is looked for only where the ranks before it
 * have not filled the answer, and what resembles only where they have found nothing. What ranks a
 * document is said by its own words alone: no count of others goes into it, so what somebody may
 * not see cannot move what they see.
 */
import { whole } from './read-documents.ts';
import { beginningOf, ENTRY_DOCUMENT, seenEntries } from './search-tables.ts';
import { sqlColumn } from './sql-column.ts';
import { Parameters, type Row, type Statement } from './statement.ts';
import type { Table } from './table.ts';
import { type Where, whereToSql } from './where.ts';

/** How a document answers to the words, the best first. */
export const RANKS = ['exact', 'begins', 'words', 'within', 'similar'] as const;

export type Rank = (typeof RANKS)[number];

/** A column of words, and where it may be looked at; null is everywhere. */
export type OpenWords = {
  readonly column: string;
  /** A whole that is compared with all that was asked: a name or a title. */
  readonly isWhole: boolean;
  readonly where: Where | null;
};

export type SearchQuery = {
  readonly table: Table;
  /** Which documents may be found at all. */
  readonly where: Where;
  readonly words: readonly OpenWords[];
  /** Folded, none blank; without any, the documents that were changed last. */
  readonly terms: readonly string[];
  readonly me: string;
  readonly limit: number;
  /** Columns to bring along after those that `FoundRow` names. */
  readonly columns: readonly string[];
  /** The title's column, and where it is shown; null where there is none to show. */
  readonly title: { readonly column: string; readonly where: Where | null } | null;
};

export type FoundRow = {
  readonly rank: number;
  /** Of rank `similar`: 0 to 1. */
  readonly score: number;
  readonly name: string;
  readonly modified: string;
  /** Null where it is blank, undefined where it is not shown. */
  readonly title: string | null | undefined;
  readonly rest: Row;
};

/** Terms of fewer letters have no trigram of their own, and are only the beginnings of words. */
const WITHIN_LETTERS_MIN = 3;

/** How alike words have to be, 0 to 1: two letters that changed places in a word of eight are. */
const RESEMBLANCE_MIN = '0.4';

/** A customer comes before the invoices that name one, though all of them resemble as much. */
const FIELD_WEIGHT = '0.8';

/** Longer words with one slip share enough trigrams with what was meant. */
const SLIP_LETTERS_MAX = 7;
const SLIP_SCORE = '0.6';

/** To be run before searches, in their transaction: from which resemblance on words are found. */
export const SET_RESEMBLANCE: Statement = {
  text: `select pg_catalog.set_config('pg_trgm.word_similarity_threshold', $1, true)`,
  values: [RESEMBLANCE_MIN],
};

/** Doctypes, by their numbers, of which not every document can be found yet. */
export const SELECT_UNREADY: Statement = {
  text: 'select doctype_id from search.state where not is_ready',
  values: [],
};

/** Folds what somebody typed, as the words of documents are folded. */
export function foldStatement(terms: readonly string[]): Statement {
  return {
    text: 'select search.fold(t) from unnest($1::text[]) with ordinality u(t, place) order by place',
    values: [terms],
  };
}

/** Reads the best documents, in their order; see `foundRow`. */
export function selectFound(query: SearchQuery): Statement {
  const parameters = new Parameters();
  const { table } = query;
  const compiled = (where: Where): string => whereToSql(where, table, query.me, parameters);
  const base = compiled(query.where);
  const words = query.words.map(({ where, ...one }) => ({
    ...one,
    open: where === null ? null : compiled(where),
  }));
  const limit = whole(query.limit);
  const from = `from ${table.sql} join ${seenEntries(table.id)} w on w.${ENTRY_DOCUMENT} = id`;
  const ranked = rankings(words, query.terms, parameters).map(({ rank, met, score }, place) => {
    const before = Array.from({ length: place }, (_, index) => `found_${index}`);
    const counted = before.map((name) => `(select count(*) from ${name})`).join(' + ');
    const conditions = [
      base,
      met,
      ...before.map((name) => `id not in (select bw__id from ${name})`),
      ...(before.length > 0 ? [`(${counted}) < ${score === null ? limit : 1}`] : []),
    ];
    // As an expression: the planner takes a rare word for one that is common, and would walk the
    // index of changes through the whole table to find twenty of it.
    const changed = `modified + interval '0' desc`;
    const order = [...(score ? ['bw__score desc'] : []), changed, 'id desc'].join(', ');
    return (
      `found_${place} as materialized (select id as bw__id, ${rank} as bw__rank, ` +
      `${score ?? '1'}::real as bw__score ${from} where ${conditions.join(' and ')} ` +
      `order by ${order} limit ${limit})`
    );
  });
  const all = ranked.map((_, place) => `select * from found_${place}`).join(' union all ');
  const shown = query.columns.map((name) => sqlColumn(table, name));
  const text =
    `with ${ranked.join(', ')} select bw__rank, bw__score, name, modified, ` +
    `${titleSql(query, compiled)}${shown.map((column) => `, ${column}`).join('')} ` +
    `from (${all}) bw__found join ${table.sql} on id = bw__id ` +
    `order by bw__rank, bw__score desc, modified desc, id desc limit ${limit}`;
  return { text, values: parameters.values };
}

/** A row of what `selectFound` brings; columns of the query follow in `rest`. */
export function foundRow([rank, score, name, modified, isShown, title, ...rest]: Row): FoundRow {
  return {
    rank: Number(rank),
    score: Number(score),
    name: String(name),
    modified: String(modified),
    title: isShown === 't' ? (title ?? null) : undefined,
    rest,
  };
}

function titleSql({ table, title }: SearchQuery, compiled: (where: Where) => string): string {
  if (title === null) return 'false, null';
  const open = title.where === null ? 'true' : `coalesce(${compiled(title.where)}, false)`;
  return `${open}, ${sqlColumn(table, title.column)}`;
}

type Ranking = { readonly rank: number; readonly met: string; readonly score: string | null };

type CompiledWords = {
  readonly column: string;
  readonly isWhole: boolean;
  readonly open: string | null;
};

function rankings(
  words: readonly CompiledWords[],
  terms: readonly string[],
  parameters: Parameters,
): Ranking[] {
  if (terms.length === 0) return [{ rank: 0, met: 'true', score: null }];
  const any = (some: readonly CompiledWords[], condition: (column: string) => string): string =>
    some.length === 0
      ? 'false'
      : `(${some.map(({ column, open }) => opened(condition(`w.${column}`), open)).join(' or ')})`;
  const like = (some: readonly CompiledWords[], pattern: string): string => {
    const placed = parameters.add(pattern);
    return any(some, (column) => `${column} like ${placed}`);
  };
  const wholes = words.filter(({ isWhole }) => isWhole);
  const phrase = terms.join(' ');
  const exact = parameters.add(` ${phrase} `);
  const start = parameters.add(` ${phrase}%`);
  const beginning = (term: string): string => like(words, `% ${term}%`);
  const isLong = (term: string): boolean => lettersOf(term) >= WITHIN_LETTERS_MIN;
  const found: (readonly [Rank, string])[] = [
    // Told by their beginnings first, which are indexed in their order: names of one series share
    // most of their trigrams.
    [
      'exact',
      any(
        wholes,
        (column) => `(${beginningOf(column)} = ${beginningOf(exact)} and ${column} = ${exact})`,
      ),
    ],
    [
      'begins',
      any(
        wholes,
        (column) =>
          `(${beginningOf(column)} like ${beginningOf(start)} and ${column} like ${start})`,
      ),
    ],
    ['words', terms.map(beginning).join(' and ')],
  ];
  const ranks: Ranking[] = found.map(([rank, met]) => ({
    rank: RANKS.indexOf(rank),
    met,
    score: null,
  }));
  if (!terms.some(isLong)) return ranks;
  const within = terms.map((term) => (isLong(term) ? like(words, `%${term}%`) : beginning(term)));
  ranks.push({ rank: RANKS.indexOf('within'), met: within.join(' and '), score: null });
  if (!terms.some(isGuessed)) return ranks;
  const asWritten = (term: string): string =>
    isLong(term) ? like(words, `%${term}%`) : beginning(term);
  ranks.push({
    rank: RANKS.indexOf('similar'),
    ...similar(words, terms, { any, asWritten }, parameters),
  });
  return ranks;
}

/** Every term resembles a word, or words, of some column; how much they do on average. */
function similar(
  words: readonly CompiledWords[],
  terms: readonly string[],
  how: {
    readonly any: (some: readonly CompiledWords[], condition: (column: string) => string) => string;
    readonly asWritten: (term: string) => string;
  },
  parameters: Parameters,
) {
  const met: string[] = [];
  const scores: string[] = [];
  for (const term of terms) {
    if (!isGuessed(term)) {
      met.push(how.asWritten(term));
      continue;
    }
    const placed = parameters.add(term);
    const slips = slipsOf(term);
    const slip = slips === null ? null : parameters.add(slips);
    met.push(
      how.any(words, (column) => {
        const alike = `search.resembles(${column}, ${placed})`;
        return slip === null ? alike : `(${alike} or ${column} ~ ${slip})`;
      }),
    );
    const each = words.map(({ column, isWhole, open }) => {
      const resembles = `search.resemblance(w.${column}, ${placed})`;
      const alike =
        slip === null
          ? resembles
          : `greatest(${resembles}, case when w.${column} ~ ${slip} then ${SLIP_SCORE} else 0 end)`;
      const weighed = isWhole ? alike : `${FIELD_WEIGHT} * ${alike}`;
      return open === null ? weighed : `case when ${open} then ${weighed} else 0 end`;
    });
    scores.push(`greatest(${each.join(', ')})`);
  }
  return { met: met.join(' and '), score: `((${scores.join(' + ')}) / ${scores.length})` };
}

/** Numbers are not: one that is nearly the same is another one, and many names begin alike. */
function isGuessed(term: string): boolean {
  return lettersOf(term) >= WITHIN_LETTERS_MIN && !/\p{N}/u.test(term);
}

/** Spaces are none of them. */
function lettersOf(term: string): number {
  return [...term.replaceAll(' ', '')].length;
}

/**
 * A regular expression for words that begin like the term but for one letter: another one, one
 * too many, one that is missing, or two that changed places. Trigrams of short words share too
 * little with those of a slip. Null where the term is long, or no single word of plain letters.
 */
function slipsOf(term: string): string | null {
  if (!/^[a-z]+$/.test(term) || term.length > SLIP_LETTERS_MAX) return null;
  const letters = [...term];
  const head = (place: number): string => letters.slice(0, place).join('');
  const tail = (place: number): string => letters.slice(place).join('');
  // What stands first is hardly ever what slips, and trigrams of the beginning are what narrows.
  const changed = letters.flatMap((letter, place) => {
    if (place === 0) return [];
    const other = `${head(place)}[^ ]?${tail(place + 1)}`;
    const more = `${head(place)}[^ ]${tail(place)}`;
    const next = letters[place + 1];
    return next === undefined
      ? [other, more]
      : [other, more, `${head(place)}${next}${letter}${tail(place + 2)}`];
  });
  return ` (${changed.join('|')})`;
}

function opened(condition: string, open: string | null): string {
  return open === null ? condition : `(${condition} and ${open})`;
}
