/** A forecast as it is answered: names, and moments as `YYYY-MM-DD HH:MM:SS.ffffff` UTC. */
import type { Action, Forecast, ScopeValue, Turn, Unheld } from '../authz/index.ts';

type ValueEntry = { readonly value: string; readonly descendants: 0 | 1 };

export type TurnEntry = { readonly at: string } & (
  | {
      readonly kind: 'grant';
      readonly name: string;
      readonly grantee_type: 'User' | 'Group';
      readonly grantee: string;
      readonly role: string;
      readonly scope: readonly (ValueEntry & { readonly dimension: string })[];
    }
  | { readonly kind: 'member'; readonly group: string; readonly user: string }
  | {
      readonly kind: 'share';
      readonly name: string;
      readonly document_type: string;
      readonly document_name: string;
      readonly user: string;
      readonly actions: readonly Action[];
    }
);

export type UnheldEntry = {
  readonly from: string;
  /** When somebody holds it again; null where that is not within the time asked about. */
  readonly until: string | null;
  readonly ended: readonly TurnEntry[];
} & (
  | { readonly kind: 'role'; readonly role: string }
  | {
      readonly kind: 'action';
      readonly doctype: string;
      readonly actions: readonly Action[];
      /** They cannot be done at all; else only fields of these levels are open to nobody. */
      readonly wholly: boolean;
      readonly levels: readonly number[];
      /** Where `values` names `*`, it is every value but those of `except`. */
      readonly within: readonly {
        readonly dimension: string;
        readonly path: string;
        readonly values: readonly ValueEntry[];
        readonly except: readonly ValueEntry[];
      }[];
      /** Of those documents, only the ones that meet a rule's condition. */
      readonly conditional: boolean;
    }
);

export type ForecastAnswer = {
  readonly from: string;
  readonly until: string;
  /** Without `inspect` on permission records it is about one's own access, and no duties. */
  readonly of: 'everybody' | 'oneself';
  readonly ending: readonly TurnEntry[];
  readonly beginning: readonly TurnEntry[];
  readonly unheld: readonly UnheldEntry[];
};

/** `now` and `until` in milliseconds since 1970 UTC. */
export function forecastAnswer(
  of: ForecastAnswer['of'],
  now: number,
  until: number,
  { ending, beginning, unheld }: Forecast,
): ForecastAnswer {
  return {
    from: moment(now),
    until: moment(until),
    of,
    ending: ending.map(turnEntry),
    beginning: beginning.map(turnEntry),
    unheld: unheld.map(unheldEntry),
  };
}

function turnEntry(turn: Turn): TurnEntry {
  const at = moment(turn.at);
  switch (turn.kind) {
    case 'grant': {
      const { name, grantee, role, scope } = turn.grant;
      const to = { grantee_type: grantee.type, grantee: grantee.name };
      return { kind: 'grant', at, name, ...to, role, scope: scope.map(scopeEntry) };
    }
    case 'member':
      return { kind: 'member', at, group: turn.member.group, user: turn.member.user };
    case 'share': {
      const { name, doctype, document, user, actions } = turn.share;
      const what = { document_type: doctype, document_name: document };
      return { kind: 'share', at, name, ...what, user, actions };
    }
  }
}

function unheldEntry(unheld: Unheld): UnheldEntry {
  const time = {
    from: moment(unheld.from),
    until: unheld.until === null ? null : moment(unheld.until),
    ended: unheld.ended.map(turnEntry),
  };
  if (unheld.kind === 'role') return { kind: 'role', role: unheld.role, ...time };
  const { doctype, actions, wholly, levels, when } = unheld;
  const within = unheld.within.map(({ values, except, ...place }) => ({
    ...place,
    values: values.map(valueEntry),
    except: except.map(valueEntry),
  }));
  const what = { kind: 'action' as const, doctype, actions, wholly, levels, within };
  return { ...what, conditional: when !== null, ...time };
}

function scopeEntry(entry: ScopeValue) {
  return { dimension: entry.dimension, ...valueEntry(entry) };
}

function valueEntry({ value, descendants }: Omit<ScopeValue, 'dimension'>): ValueEntry {
  return { value, descendants: descendants ? 1 : 0 };
}

function moment(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '000');
}
