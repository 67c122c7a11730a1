/** What of a doctype the caller may search, as a question to the store. */
import {
  type Action,
  type Filter,
  levelsAnywhere,
  levelsEverywhere,
  listFilter,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { type SearchPart, searchColumn, searchPartsOf } from '../../doctype/search-parts.ts';
import { foldStatement, type SearchQuery } from '../../store/search-documents.ts';
import type { Store } from '../../store/store.ts';
import type { Where } from '../../store/where.ts';
import { decidingColumns } from '../steps/deciding-columns.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import type { Target } from '../work.ts';

/** One doctype's share of a search. */
export type Matching = {
  readonly target: Target;
  readonly action: Action;
  /** Parts that are open to the caller on some document at least. */
  readonly parts: readonly SearchPart[];
  readonly isAudited: boolean;
  readonly query: SearchQuery;
};

/**
 * The question for documents that the caller may do the action on. Their parts are looked at where
 * the part's level is open; a part that is open nowhere is not looked at, like a field that is not
 * there.
 */
export function matchingOf(
  target: Target,
  action: 'read' | 'select',
  asked: { readonly terms: readonly string[]; readonly limit: number; readonly narrowed?: Where },
): Matching {
  const { caller, doctype, moment, table } = target;
  const { world } = moment.policy;
  const request = { principal: caller.principal, action, doctype: doctype.name, now: moment.now };
  const anywhere = levelsAnywhere(world, request);
  const everywhere = levelsEverywhere(world, request);
  const openWhere = (level: number): Filter | null =>
    everywhere.has(level) ? null : listFilter(world, request, level);
  const parts = searchPartsOf(doctype).filter(
    ({ kind, level }) =>
      (level === null || anywhere.has(level)) && (action === 'read' || kind !== 'fields'),
  );
  const title = parts.find(({ kind }) => kind === 'title');
  const [column] = title?.fields ?? [];
  const fields = parts.flatMap((part) => part.fields);
  const isAudited = isReadAudited(target, fields);
  const reached = listFilter(world, request);
  return {
    ...{ target, action, parts, isAudited },
    query: {
      ...{ table, me: caller.principal.id, terms: asked.terms, limit: asked.limit },
      where: asked.narrowed ? { kind: 'all', of: [reached, asked.narrowed] } : reached,
      words: parts.map((part) => ({
        column: searchColumn(part),
        isWhole: part.kind !== 'fields',
        where: part.level === null ? null : openWhere(part.level),
      })),
      columns: isAudited ? ['name', ...decidingColumns(moment, caller, action, table)] : [],
      title: column === undefined ? null : { column, where: openWhere(title?.level ?? 0) },
    },
  };
}

/**
 * What was typed, in folded terms. None where there is no letter or digit in it.
 * @throws Refusal `bad_value` where it is too long or no text
 */
export async function termsOf(store: Store, text: string): Promise<string[]> {
  if ([...text].length > LIMITS.searchCharacters || !isStorableText(text.trim() || 'blank')) {
    throw badQuestion(`\`q\` is text of at most ${LIMITS.searchCharacters} characters.`);
  }
  const typed = text.split(/\s+/u).filter((term) => term !== '');
  if (typed.length > LIMITS.searchTermsMax) {
    throw badQuestion(`\`q\` has at most ${LIMITS.searchTermsMax} words.`);
  }
  if (typed.length === 0) return [];
  const [folded] = await store.database.run(foldStatement(typed));
  return (folded?.rows ?? []).flatMap(([term]) => term || []);
}

export function badQuestion(detail: string): Refusal {
  return new Refusal('bad_value', detail, { errors: [{ field: 'q', code: 'bad_value', detail }] });
}
