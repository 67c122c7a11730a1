/**
 * What a doctype gives that changes: fields of another level, secrets that are none any more, and
 * other dimension paths. An authority must cover, for every grant by which something opens that
 * did not before, its role within its scope.
 */
import { coverageOf, type ScopeCoverage } from './coverage.ts';
import { CLOSED_LEVEL, type Gain } from './gain.ts';
import { gainsOfRole, grantsAfter } from './gains-of-records.ts';
import { roleCovers } from './rule-power.ts';
import { type Sides, spelledOut } from './spelled-out.ts';
import type { DimensionPath, Grantee, Rule } from './world.ts';

type Relevelled = {
  readonly doctype: string;
  /** `CLOSED_LEVEL` where nobody could read the field. */
  readonly from: number;
  readonly to: number;
};

/** Whoever reads at the new level of a field, and did not at the old one, gains the field. */
export function gainsOfFields(sides: Sides, now: number): Gain[] {
  return relevelled(sides).flatMap((field) => [
    ...rolesReading(sides, field).flatMap((role) => gainsOfRole(sides, role, now)),
    ...(field.to === 0 ? sharesShowing(sides, field, now) : []),
  ]);
}

function relevelled({ before, after, change }: Sides): Relevelled[] {
  const named = [...(change.levels ?? []), ...(change.sensitivities ?? [])];
  return named.flatMap(({ doctype, field }) => {
    const from = before.doctypes.get(doctype)?.levels.get(field) ?? CLOSED_LEVEL;
    const to = after.doctypes.get(doctype)?.levels.get(field) ?? CLOSED_LEVEL;
    return from === to || to === CLOSED_LEVEL ? [] : [{ doctype, from, to }];
  });
}

/** Roles with a rule that opens the field now, where no rule as wide opened it before. */
function rolesReading({ before, after }: Sides, { doctype, from, to }: Relevelled): string[] {
  return [...after.rules].flatMap(([role, byDoctype]) => {
    const opening = (byDoctype.get(doctype) ?? []).filter(({ levels }) => levels.has(to));
    const isNew = ({ source }: { readonly source: Rule }): boolean =>
      !roleCovers(before, role, { ...source, levels: [from] });
    return opening.some(isNew) ? [role] : [];
  });
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
  return (sides.change.paths ?? []).flatMap(({ doctype, paths: next }) => {
    const old = sides.before.doctypes.get(doctype)?.paths ?? [];
    return grantsAfter(sides, now).flatMap(({ grantee, role, scope }) => {
      const rules = sides.after.rules.get(role)?.get(doctype) ?? [];
      const whole = spelledOut(sides, scope);
      const coverage = coverageOf(whole, sides.before.dimensions);
      const isWider = rules.some(({ source }) => reachesMore(source, coverage, old, next));
      return isWider ? [{ grantee, role, scope: whole }] : [];
    });
  });
}

/** True unless every document that the new paths let the rule reach, the old ones did as well. */
function reachesMore(
  { reach, except }: Rule,
  coverage: ScopeCoverage,
  old: readonly DimensionPath[],
  next: readonly DimensionPath[],
): boolean {
  if (reach === 'everything') return false;
  const isOpen = ({ dimension }: DimensionPath): boolean =>
    coverage.has(dimension) || except.includes(dimension);
  if (!next.every(isOpen)) return false;
  return !old.every((path) => {
    const covered = coverage.get(path.dimension);
    if (!covered) return except.includes(path.dimension);
    if (covered.any && covered.blank) return true;
    return next.some(
      ({ dimension, path: field }) => dimension === path.dimension && field === path.path,
    );
  });
}
