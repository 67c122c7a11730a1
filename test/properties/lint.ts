/** Lint against plain loops over the plain world, counted by the reference. */
import { isDeepStrictEqual } from 'node:util';
import type * as authz from '../../src/authz/index.ts';
import type { RandomWorldChange } from '../model/random-change.ts';
import type { RandomDocument } from '../model/random-schema.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { holds, referenceDecide } from '../model/reference.ts';
import type { Kernel } from './agreement.ts';
import { groupsOf } from './document-groups.ts';

/** Each document stands for so many that are like it, and these people are there besides. */
const WEIGHT = 60;
const CROWD = Array.from({ length: 12 }, (_, index) => `crowd-${index + 1}`);

/** The same world with more people, some of them in a group, so that there are many at all. */
export function crowded(sample: RandomWorld): RandomWorld {
  const { users, members, rules } = sample.world;
  const inGroup = CROWD.slice(0, rules.length % CROWD.length);
  const added = inGroup.map((user) => ({ group: 'north', user, from: null, until: null }));
  const world = {
    ...sample.world,
    users: [...users, ...CROWD],
    members: [...members, ...added],
  };
  return { ...sample, world };
}

/** The first difference in what lint finds, in words; null if there is none. */
export function findLintDisagreement(
  kernel: Kernel,
  sample: RandomWorld,
  seen: (finding: authz.Finding) => void = () => {},
): string | null {
  const world = kernel.compileWorld(sample.world);
  const suspects = kernel.suspectsOf(world, sample.now);
  const groupings = kernel.groupingsForLint(world, suspects);
  const groups = (doctype: string) => weighed(sample.documents, doctype, groupings.get(doctype));
  const findings = kernel.findingsOf(world, suspects, groups, sample.now);
  const found = findings.map(lineOf).sort();
  const expected = new PlainLint(kernel, sample).findings();
  if (!isDeepStrictEqual(found, expected)) {
    const strange = found.filter((line) => !expected.includes(line));
    const missing = expected.filter((line) => !found.includes(line));
    return `told: ${strange.join('\n')}\nnot told: ${missing.join('\n')}`;
  }
  const order = findings.map(({ isPersonal, opening }) => [isPersonal ? 0 : 1, -opening.pairs]);
  const isOrdered = order.every(([kind = 0, pairs = 0], index) => {
    const [nextKind = 1, nextPairs = 0] = order[index + 1] ?? [1, 0];
    return kind < nextKind || (kind === nextKind && pairs <= nextPairs);
  });
  if (!isOrdered) return `out of order: ${JSON.stringify(order)}`;
  findings.forEach(seen);
  return null;
}

/** What a change adds, against all findings before and after it. */
export function findAddedDisagreement(
  kernel: Kernel,
  { sample, change }: RandomWorldChange,
  seen: (added: readonly authz.Finding[]) => void = () => {},
): string | null {
  const { documents, now } = sample;
  const before = kernel.compileWorld(sample.world);
  const after = kernel.recompile(before, change);
  const wanted = kernel.groupingsFor({ before, after, change });
  const known = new Map(
    [...wanted].map(([name, grouping]) => [name, weighed(documents, name, grouping)]),
  );
  const [had, has] = [before, after].map((world) =>
    kernel.findingsOf(
      world,
      kernel.suspectsIn(world, known, now),
      (name) => known.get(name) ?? [],
      now,
    ),
  );
  const added = kernel.findingsAdded(had ?? [], has ?? []);
  const all = (world: authz.World): string[] =>
    new PlainLint(kernel, { ...sample, world })
      .findings()
      .filter((line) => !line.includes('draft_opens_much'));
  const then = new Set(all(sample.world).map(withoutCounts));
  const expected = all(kernel.applyChange(sample.world, change)).filter(
    (line) => !then.has(withoutCounts(line)),
  );
  const found = added.map(lineOf).sort();
  if (isDeepStrictEqual(found, expected)) {
    seen(added);
    return null;
  }
  return `added: ${found.join('\n')}\nnot\n${expected.join('\n')}\n${JSON.stringify(change)}`;
}

function weighed(
  documents: readonly RandomDocument[],
  doctype: string,
  grouping: authz.Grouping | undefined,
): authz.DocumentGroup[] {
  return groupsOf(documents, doctype, grouping).map(({ facts, count }) => ({
    facts,
    count: count * WEIGHT,
  }));
}

type Told = Pick<authz.Finding, 'code' | 'doctype' | 'fields'> & {
  readonly kind: string;
  readonly name: string;
  /** Of a member, the group: somebody may be in several. */
  readonly group?: string;
  readonly sizes: readonly [people: number, documents: number, pairs: number];
};

function lineOf({ code, doctype, fields, subject, opening }: authz.Finding): string {
  const { people, documents, pairs } = opening;
  const { kind, name, to } = subject;
  const group = kind === 'member' && to !== null ? to : '';
  return told({ code, doctype, fields, kind, name, group, sizes: [people, documents, pairs] });
}

function told({ code, doctype, kind, name, group = '', fields, sizes }: Told): string {
  return JSON.stringify([code, doctype, kind, name, group, fields, sizes]);
}

function withoutCounts(line: string): string {
  return JSON.stringify(JSON.parse(line).slice(0, 5));
}

type Counts = { sizes: Told['sizes']; readers: number; most: number };

class PlainLint {
  private readonly kernel: Kernel;
  private readonly sample: RandomWorld;

  constructor(kernel: Kernel, sample: RandomWorld) {
    this.kernel = kernel;
    this.sample = sample;
  }

  findings(): string[] {
    const { world } = this.sample;
    const told = world.doctypes.flatMap((shape) => [
      ...world.rules.filter(({ doctype }) => doctype === shape.name).flatMap(this.ruleIn(shape)),
      ...world.grants.flatMap(this.grantIn(shape)),
      ...this.shares(shape),
    ]);
    return [...told, ...this.records()].sort();
  }

  private readonly ruleIn = (shape: authz.DoctypeShape) => (rule: authz.Rule) => {
    const { name, actions } = rule;
    const fields = this.personal([rule], shape);
    const counts = this.count(shape, [{ ...rule, ...inForce(rule) }], null);
    const { sizes, readers, most } = counts;
    const [, , pairs] = sizes;
    const found: string[] = [];
    const add = (code: authz.LintCode) =>
      found.push(told({ code, doctype: shape.name, kind: 'rule', name, fields, sizes }));
    if (rule.status !== 'in force' || rule.reach === null) {
      if (pairs >= (fields.length > 0 ? 100 : 1000)) add('draft_opens_much');
      return found;
    }
    const dimensions = shape.paths.map(({ dimension }) => dimension);
    if (rule.reach === 'everything' && dimensions.length > 0) add('everything_over_dimension');
    const isFree = dimensions.length > 0 && dimensions.every((one) => rule.except.includes(one));
    if (rule.reach === 'within' && isFree && actions.some((one) => one !== 'select')) {
      add('except_every_dimension');
    }
    if (fields.length > 0 && readers > 10) add('personal_to_many');
    const isTaken = actions.some((one) => ['print', 'email', 'export', 'share'].includes(one));
    if (fields.length > 0 && isTaken && most > 100) add('personal_leaves');
    return found;
  };

  private readonly grantIn = (shape: authz.DoctypeShape) => (grant: authz.Grant) => {
    const rules = this.sample.world.rules.filter(
      (rule) =>
        rule.role === grant.role &&
        rule.doctype === shape.name &&
        rule.status === 'in force' &&
        rule.reach !== null &&
        readsBy(rule) &&
        !(rule.when && insistsOnMe(rule.when)),
    );
    const found: string[] = [];
    const add = (code: authz.LintCode, own: readonly authz.Rule[]) => {
      if (own.length === 0) return;
      const fields = this.personal(own, shape);
      const { sizes } = this.count(shape, own, grant);
      const { name } = grant;
      found.push(told({ code, doctype: shape.name, kind: 'grant', name, fields, sizes }));
    };
    const code = this.audience(grant.grantee);
    if (code) add(code, rules);
    const named = (dimension: string): boolean =>
      grant.scope.some((entry) => entry.dimension === dimension);
    const isWhole = (rule: authz.Rule): boolean =>
      rule.reach === 'within' &&
      this.personal([rule], shape).length > 0 &&
      shape.paths.some(({ dimension }) => named(dimension)) &&
      shape.paths.every(({ dimension }) =>
        named(dimension)
          ? grant.scope.some((one) => one.dimension === dimension && one.value === '*')
          : rule.except.includes(dimension),
      );
    add('personal_all_values', rules.filter(isWhole));
    return found;
  };

  private shares({ name: doctype, levels, personal }: authz.DoctypeShape): string[] {
    const { world, documents } = this.sample;
    const fields = [...personal].filter((field) => levels.get(field) === 0);
    const own = world.shares.filter((share) => share.doctype === doctype && share.until === null);
    return (fields.length === 0 ? [] : own).map(({ name, document, user }) => {
      const isThere = documents.some(
        (one) => one.doctype === doctype && one.values['name'] === document,
      );
      const one = isThere && [...world.users, 'Guest'].includes(user) ? 1 : 0;
      const sizes = [one, one * WEIGHT, one * WEIGHT] as const;
      return told({ code: 'share_without_end', doctype, kind: 'share', name, fields, sizes });
    });
  }

  private records(): string[] {
    const { world, now } = this.sample;
    const bare = (code: authz.LintCode, kind: string, name: string, group = ''): string =>
      told({ code, doctype: null, kind, name, group, fields: [], sizes: [0, 0, 0] });
    const isGone = (user: string): boolean => ![...world.users, 'Guest'].includes(user);
    const isToCome = (until: number | null): boolean => until === null || now < until;
    const isHeld = (role: string): boolean =>
      world.grants.some(
        ({ role: given, grantee: { type, name }, until }) =>
          given === role &&
          isToCome(until) &&
          (type === 'User'
            ? !isGone(name)
            : ['Everyone', 'Guests'].includes(name) ||
              world.members.some(
                (one) => one.group === name && !isGone(one.user) && isToCome(one.until),
              )),
      );
    return [
      ...world.grants
        .filter(({ grantee, until }) => {
          return grantee.type === 'User' && until === null && isGone(grantee.name);
        })
        .map(({ name }) => bare('grant_to_disabled', 'grant', name)),
      ...world.members
        .filter(({ user, until }) => until === null && isGone(user))
        .map(({ user, group }) => bare('member_disabled', 'member', user, `group ${group}`)),
      ...world.authorities
        .filter(({ roles }) => roles.includes('*'))
        .map(({ name }) => bare('authority_over_all_roles', 'authority', name)),
      ...world.roles
        .filter(({ name }) => !isHeld(name))
        .map(({ name }) => bare('role_nobody_holds', 'role', name)),
    ];
  }

  private audience(grantee: authz.Grantee): authz.LintCode | null {
    const { world, now } = this.sample;
    if (grantee.name === 'Guests' && grantee.type === 'Group') return 'open_to_guests';
    if (grantee.name === 'Guest' && grantee.type === 'User') return 'open_to_guests';
    if (grantee.type === 'User') return null;
    if (grantee.name === 'Everyone') return 'open_to_everyone';
    const users = world.users.filter((name) => this.kernel.kindOf(name) === 'user');
    const within = users.filter((name) => holds(world, this.person(name), grantee, now));
    return within.length / users.length > 0.5 ? 'open_to_large_group' : null;
  }

  private personal(rules: readonly authz.Rule[], { levels, personal }: authz.DoctypeShape) {
    const reading = rules.filter(readsBy);
    return [...personal].filter((field) =>
      reading.some((rule) => rule.levels.includes(levels.get(field) ?? -1)),
    );
  }

  /** By these rules alone, and by that grant or by all of them. */
  private count(
    { name: doctype }: authz.DoctypeShape,
    rules: readonly authz.Rule[],
    grant: authz.Grant | null,
  ): Counts {
    const { now, documents } = this.sample;
    const grants = this.sample.world.grants.filter((one) => grant === null || one === grant);
    const world = { ...this.sample.world, rules, grants, shares: [] };
    const own = documents.filter((one) => one.doctype === doctype);
    const reached = [...world.users, 'Guest'].map((id) =>
      own.filter(({ values: document }) =>
        rules.some(({ actions: [action = 'read'] }) =>
          referenceDecide(world, { principal: this.person(id), action, doctype, document, now }),
        ),
      ),
    );
    const readers = own.map((one) => reached.filter((mine) => mine.includes(one)).length);
    const people = reached.filter((mine) => mine.length > 0).length;
    const pairs = reached.reduce((sum, mine) => sum + mine.length, 0) * WEIGHT;
    const opened = readers.filter((count) => count > 0).length * WEIGHT;
    return {
      sizes: [people, opened, pairs],
      readers: Math.max(0, ...readers),
      most: Math.max(0, ...reached.map((mine) => mine.length)) * WEIGHT,
    };
  }

  private person(id: string): authz.Principal {
    return { id, kind: this.kernel.kindOf(id), actor: null, ceilings: [] };
  }
}

function inForce({ reach }: authz.Rule): Pick<authz.Rule, 'status' | 'reach'> {
  return { status: 'in force', reach: reach ?? 'within' };
}

function readsBy({ actions }: authz.Rule): boolean {
  return actions.some((one) => !['select', 'inspect', 'create', 'import'].includes(one));
}

/** Only whoever the document names can meet it. */
function insistsOnMe(when: authz.Filter): boolean {
  if (when.kind === 'is-me') return true;
  return when.kind === 'every' && when.of.some(insistsOnMe);
}
