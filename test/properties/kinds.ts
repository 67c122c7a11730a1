/**
 * What a decision hung on. A decision is of a kind if the answer turns when the world is changed
 * in just that respect: a stronger claim than that the thing was somewhere in the world.
 */
import { BLANK_VALUE, type ScopeValue, type World } from '../../src/authz/world.ts';
import { type Question, referenceDecide } from '../model/reference.ts';

type Change = (world: World) => World;

const ALWAYS = { from: null, until: null };
const NOWHERE = 'a value that no document has';

const withScopes =
  (change: (scope: readonly ScopeValue[]) => readonly ScopeValue[]): Change =>
  (world) => ({
    ...world,
    grants: world.grants.map((grant) => ({ ...grant, scope: change(grant.scope) })),
  });

const withRules =
  (change: (rule: World['rules'][number]) => World['rules'][number]): Change =>
  (world) => ({ ...world, rules: world.rules.map(change) });

const withoutPaths =
  (keep: (path: { dimension: string; path: string }, index: number, all: string[]) => boolean) =>
  (world: World): World => ({
    ...world,
    doctypes: world.doctypes.map((shape) => {
      const all = shape.paths.map(({ dimension }) => dimension);
      return { ...shape, paths: shape.paths.filter((path, index) => keep(path, index, all)) };
    }),
  });

/** A value is replaced and not removed: without any, the grant would not name the dimension. */
const loseValue = (value: string) =>
  withScopes((scope) =>
    scope.map((one) => (one.value === value ? { ...one, value: NOWHERE } : one)),
  );

const CHANGES: Readonly<Record<string, Change>> = {
  validity: (world) => ({
    ...world,
    grants: world.grants.map((grant) => ({ ...grant, ...ALWAYS })),
    members: world.members.map((member) => ({ ...member, ...ALWAYS })),
    shares: world.shares.map((share) => ({ ...share, ...ALWAYS })),
  }),
  when: withRules((rule) => ({ ...rule, when: null })),
  'rule with when': (world) => ({ ...world, rules: world.rules.filter((rule) => !rule.when) }),
  'uncovered blank': withScopes((scope) => [
    ...scope,
    ...scope.map((one) => ({ ...one, value: BLANK_VALUE })),
  ]),
  '(blank)': loseValue(BLANK_VALUE),
  '*': loseValue('*'),
  'no descendants': withScopes((scope) => scope.map((one) => ({ ...one, descendants: true }))),
  descendants: withScopes((scope) => scope.map((one) => ({ ...one, descendants: false }))),
  share: (world) => ({ ...world, shares: [] }),
  group: (world) => ({ ...world, members: [] }),
  'built-in group': (world) => ({
    ...world,
    grants: world.grants.filter(({ grantee }) => !/^(Everyone|Guests)$/.test(grantee.name)),
  }),
  except: withRules((rule) => ({ ...rule, except: [] })),
  'no except': withRules((rule) => ({ ...rule, except: ['Company', 'Branch', 'Team'] })),
  everything: withRules((rule) => ({ ...rule, reach: rule.reach && 'within' })),
  within: withRules((rule) => ({ ...rule, reach: rule.reach && 'everything' })),
  draft: withRules((rule) => ({ ...rule, status: 'in force', reach: rule.reach ?? 'within' })),
  'second path of a dimension': withoutPaths(
    ({ dimension }, index, all) => all.indexOf(dimension) === index,
  ),
  'name path': withoutPaths(({ path }) => path !== 'name'),
  'path through rows': withoutPaths(({ path }) => !isOfRows(path)),
};

const isOfRows = (path: string): boolean => path.includes('.');

type Row = Readonly<Record<string, unknown>>;

/** The same document with other rows; null where the change leaves it as it is. */
const ROW_CHANGES: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[] | null>> = {
  'another row': (rows) => (rows.length > 1 ? rows.slice(0, 1) : null),
  'an earlier row': (rows) => (rows.length > 1 ? rows.slice(-1) : null),
  'a blank row': (rows) => {
    const filled = rows.filter(({ branch, team }) => (branch ?? null) !== null && team !== null);
    return filled.length > 0 && filled.length < rows.length ? filled : null;
  },
};

/** What a decision on a document with rows hung on: a row, or that there are none. */
function rowKinds(
  world: World,
  withoutRowPaths: World,
  question: Question,
  isAllowed: boolean,
): string[] {
  const shape = world.doctypes.find(({ name }) => name === question.doctype);
  if (!shape?.paths.some(({ path }) => isOfRows(path))) return [];
  const rows = question.document['items'] as readonly Row[];
  const kinds = Object.entries(ROW_CHANGES).flatMap(([kind, change]) => {
    const items = change(rows) as Question['document'][string] | null;
    if (items === null) return [];
    const other = { ...question, document: { ...question.document, items } };
    return referenceDecide(world, other) === isAllowed ? [] : [kind];
  });
  if (rows.length > 1 && new Set(rows.map(({ branch }) => branch)).size > 1)
    kinds.push('different rows');
  const alone = (row: Row): Question => {
    const items = [row] as Question['document'][string];
    return { ...question, document: { ...question.document, items } };
  };
  if (!isAllowed && rows.length > 1 && rows.every((row) => referenceDecide(world, alone(row))))
    kinds.push('rows that alone are open');
  if (rows.length === 0 && referenceDecide(withoutRowPaths, question) !== isAllowed)
    kinds.push('no rows');
  return isAllowed && rows.length === 0 ? [...kinds, 'no rows'] : kinds;
}

/** Gives, for questions about one world, labels such as `denied by validity`. */
export function kindsIn(world: World): (question: Question, isAllowed: boolean) => string[] {
  const withoutRowPaths = withoutPaths(({ path }) => !isOfRows(path))(world);
  const changed = Object.entries(CHANGES).map(([kind, change]) => ({ kind, world: change(world) }));
  return (question, isAllowed) => {
    const answer = isAllowed ? 'allowed' : 'denied';
    const kinds = changed
      .filter((other) => referenceDecide(other.world, question) !== isAllowed)
      .map(({ kind }) => `${answer} by ${kind}`);
    const { principal } = question;
    const free = { ...question, principal: { ...principal, ceilings: [] } };
    if (referenceDecide(world, free) !== isAllowed) kinds.push(`${answer} by ceiling`);
    for (const kind of rowKinds(world, withoutRowPaths, question, isAllowed)) {
      kinds.push(`${answer} with ${kind}`);
    }
    if (isAllowed && principal.ceilings.length > 0) kinds.push('allowed under a ceiling');
    return [answer, `${answer} ${principal.kind}`, ...kinds];
  };
}
