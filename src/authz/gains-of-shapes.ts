/**
 * What a doctype gives that changes: fields of another level, secrets that are none any more, and
 * other dimension paths. It gives to whoever holds a grant by which something opens that did not
 * before, and it is power in a role, whoever gives that role later.
 */
import { coverageOf, type ScopeCoverage } from './coverage.ts';
import { CLOSED_LEVEL, type Gain } from './gain.ts';
import { gainsOfRole, grantsAfter } from './gains-of-records.ts';
import { powerGain, roleCovers } from './rule-power.ts';
import { type Sides, spelledOut } from './spelled-out.ts';
import {
  ANY_VALUE,
  BLANK_VALUE,
  type DimensionPath,
  type Grantee,
  type Rule,
  type ScopeValue,
} from './world.ts';

type Scope = readonly ScopeValue[];

type Relevelled = {
  readonly doctype: string;
  /** `CLOSED_LEVEL` where nobody could read the field. */
  readonly from: number;
  readonly to: number;
};

/** Whoever reads at the new level of a field, and did not at the old one, gains the field. */
export function gainsOfFields(sides: Sides, now: number): Gain[] {
  return relevelled(sides).flatMap((field) => {
    const powers = powersOpening(sides, field);
    const roles = new Set(powers.map(({ role }) => role));
    return [
      ...powers.map((power) => powerGain(sides.before, power)),
      ...[...roles].flatMap((role) => gainsOfRole(sides, role, now)),
      ...(field.to === 0 ? sharesShowing(sides, field, now) : []),
    ];
  });
}

function relevelled({ before, after, change }: Sides): Relevelled[] {
  const named = [...(change.levels ?? []), ...(change.sensitivities ?? [])];
  return named.flatMap(({ doctype, field }) => {
    const from = before.doctypes.get(doctype)?.levels.get(field) ?? CLOSED_LEVEL;
    const to = after.doctypes.get(doctype)?.levels.get(field) ?? CLOSED_LEVEL;
    return from === to || to === CLOSED_LEVEL ? [] : [{ doctype, from, to }];
  });
}

/**
 * Rules that open the field now, where no rule of their role that is as wide opened it before: as
 * what they would have been before, rules that open the old level.
 */
function powersOpening({ before, after }: Sides, { doctype, from, to }: Relevelled): Rule[] {
  return [...after.rules].flatMap(([role, byDoctype]) =>
    (byDoctype.get(doctype) ?? [])
      .filter(({ levels }) => levels.has(to))
      .map(({ source }) => ({ ...source, levels: [from] }))
      .filter((power) => !roleCovers(before, role, power)),
  );
}

function sharesShowing({ before, change }: Sides, field: Relevelled, now: number): Gain[] {
  return before.source.shares
    .filter(({ doctype, until }) => doctype === field.doctype && (until === null || until > now))
    .filter((share) => !change.shares?.gone.includes(share))
    .map((share) => ({
      grantee: { type: 'User', name: share.user } satisfies Grantee,
      share,
      levels: [0, field.from],
    }));
}

/** Whoever holds a grant that reaches documents by the new paths which the old ones kept away. */
export function gainsOfPaths(sides: Sides, now: number): Gain[] {
  const { before, after, change } = sides;
  return (change.paths ?? []).flatMap(({ doctype, paths: next }) => {
    const gone = (before.doctypes.get(doctype)?.paths ?? []).filter((path) => !isAmong(path, next));
    if (gone.length === 0) return [];
    const opened = [...new Set(gone.map(({ dimension }) => dimension))];
    const powers = [...after.rules.values()]
      .flatMap((byDoctype) => byDoctype.get(doctype) ?? [])
      .filter(({ source }) => source.reach !== 'everything')
      .map(({ source }) => powerGain(before, source, opened))
      // Given without limits, the role reached as much before.
      .filter(({ scopes }) => scopes.length > 0);
    const given = grantsAfter(sides, now).flatMap(({ grantee, role, scope }) => {
      const rules = after.rules.get(role)?.get(doctype) ?? [];
      const whole = spelledOut(sides, scope);
      const coverage = coverageOf(whole, before.dimensions);
      const kept = gone.filter((path) =>
        rules.some(({ source }) => keptAway(source, coverage, path, next)),
      );
      return kept.length > 0 ? [{ grantee, role, scope: openedTo(whole, kept) }] : [];
    });
    return [...powers, ...given];
  });
}

/** True where the path kept documents away that the new paths let the rule reach. */
function keptAway(
  { reach, except }: Rule,
  coverage: ScopeCoverage,
  path: DimensionPath,
  next: readonly DimensionPath[],
): boolean {
  if (reach === 'everything') return false;
  const isOpen = ({ dimension }: DimensionPath): boolean =>
    coverage.has(dimension) || except.includes(dimension);
  if (!next.every(isOpen)) return false;
  const covered = coverage.get(path.dimension);
  return covered ? !(covered.any && covered.blank) : !except.includes(path.dimension);
}

/** Of a dimension that kept documents away, all values: the scope itself says of them nothing. */
function openedTo(scope: Scope, gone: readonly DimensionPath[]): Scope {
  const dimensions = new Set(gone.map(({ dimension }) => dimension));
  const kept = scope.filter(({ dimension }) => !dimensions.has(dimension));
  const all = [...dimensions].flatMap((dimension) =>
    [ANY_VALUE, BLANK_VALUE].map((value) => ({ dimension, value, descendants: false })),
  );
  return [...kept, ...all];
}

function isAmong(one: DimensionPath, paths: readonly DimensionPath[]): boolean {
  return paths.some(({ dimension, path }) => dimension === one.dimension && path === one.path);
}
