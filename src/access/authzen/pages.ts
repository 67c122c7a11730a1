/** Pages of a search, and the tokens that lead from one to the next. */
import type { BoundTokens } from '../../base/bound-tokens.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Caller } from '../../identity/caller.ts';
import { type Fields, fieldsOf } from './entities.ts';

/** Where a page begins and how long it is. */
export type Place = {
  /** The last name of the page before; null for the first one. */
  readonly after: string | null;
  readonly limit: number;
};

export type Page = { readonly next_token: string; readonly count: number };

/** A page's part of a search, bound to who asks and to what they ask. */
export class Paging {
  readonly place: Place;
  private readonly tokens: BoundTokens;
  private readonly bound: string;

  /**
   * Reads `page`. Throws `bad_value` for a token that is not one of ours, or that was given to
   * another caller or for another search: a page must not be of something else than the last one.
   */
  constructor(tokens: BoundTokens, caller: Caller, kind: string, request: Fields) {
    const { subject, action, resource, context, page = {} } = request;
    const { id, actor } = caller.principal;
    this.tokens = tokens;
    this.bound = canonical([kind, id, actor, subject, action, resource, context]);
    this.place = this.placeOf(fieldsOf(page, 'page'));
  }

  /** The names of this page, and what leads to the next, out of `limit + 1` of them in order. */
  cut(names: readonly string[]): { readonly names: readonly string[]; readonly page: Page } {
    const { limit } = this.place;
    const shown = names.slice(0, limit);
    const hasMore = names.length > limit;
    const position = JSON.stringify([limit, shown.at(-1)]);
    const next_token = hasMore ? this.tokens.make(position, this.bound) : '';
    return { names: shown, page: { next_token, count: shown.length } };
  }

  /** The same of a whole list: names by UTF-16 code units, as `sort` has them. */
  cutAll(names: readonly string[]) {
    const { after, limit } = this.place;
    const sorted = [...names].sort();
    const rest = after === null ? sorted : sorted.filter((name) => name > after);
    return this.cut(rest.slice(0, limit + 1));
  }

  private placeOf({ token = '', limit }: Fields): Place {
    const wanted = limitOf(limit);
    if (token === '') return { after: null, limit: wanted ?? LIMITS.pageRowsMax };
    const position = typeof token === 'string' ? this.tokens.read(token, this.bound) : null;
    if (position === null) throw badToken();
    const [begun, after] = JSON.parse(position) as [number, string];
    // Clients may leave the limit out when they send a token; another one is another search.
    if (wanted !== null && wanted !== begun) throw badToken();
    return { after, limit: begun };
  }
}

/** A larger page than there is comes in several: nothing is left out. Null where none is asked. */
function limitOf(limit: unknown): number | null {
  if (limit === undefined) return null;
  if (Number.isSafeInteger(limit) && Number(limit) >= 1) {
    return Math.min(Number(limit), LIMITS.pageRowsMax);
  }
  throw new Refusal('bad_value', '`page.limit` takes a whole number from 1.');
}

function badToken(): Refusal {
  const detail = '`page.token` takes the token of the page before, with the same search.';
  return new Refusal('bad_value', detail);
}

/** JSON without regard to the order of members, which means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
