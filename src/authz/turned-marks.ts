/** What one principal may do with each group of documents, before a change and after it. */
import type { CompiledWorld } from './compiled.ts';
import { type DocumentGroup, DocumentGroups } from './document-groups.ts';
import { markRules, markShares, marksOf, type RoleRules, rulesFor } from './group-marks.ts';
import type { Principal } from './principal.ts';
import { renamedFacts } from './rename.ts';
import type { Rule } from './world.ts';
import type { WorldChange } from './world-change.ts';

type Worlds = {
  readonly before: CompiledWorld;
  readonly after: CompiledWorld;
  readonly change: WorldChange;
};

/** Is told the group, by its number in the list that was given, and its marks. */
type Visit = (group: number, had: number, has: number) => void;

/** Calls for each group whose marks differ, or with `isEach` for all of them. */
export type TurnedMarks = {
  readonly each: (principal: Principal, visit: Visit, isEach: boolean) => void;
};

/** The marks of groups of one doctype's documents at `now`, milliseconds since 1970 UTC. */
export function turnedMarks(
  worlds: Worlds,
  doctype: string,
  groups: readonly DocumentGroup[],
  now: number,
): TurnedMarks {
  const { before, after, change } = worlds;
  const shape = before.doctypes.get(doctype);
  const { rules, ...others } = change;
  const isOfRules = rules && Object.values(others).every((other) => other === undefined);
  if (shape && isOfRules && after.doctypes.get(doctype) === shape) {
    return new RuleTurn(worlds, new DocumentGroups(shape, groups), now);
  }
  return new AnyTurn(worlds, doctype, groups, now);
}

/** Of rules that come and go: what stays is marked once, and only for whom these concern. */
class RuleTurn implements TurnedMarks {
  private readonly world: CompiledWorld;
  private readonly groups: DocumentGroups;
  private readonly now: number;
  private readonly kept: RoleRules;
  private readonly gone: RoleRules;
  private readonly added: RoleRules;
  /** Room for the marks of one principal after the other. */
  private readonly had: Int32Array;
  private readonly has: Int32Array;
  private readonly stays: Int32Array;
  /** Places of groups that the principal may do something else with. */
  private readonly turned: Int32Array;

  constructor({ before, after }: Worlds, groups: DocumentGroups, now: number) {
    const { name } = groups.doctype;
    // By the worlds and not by the change: of a world that was fetched anew, no rule is the same
    // object, and all of them count as gone and added.
    const [earlier, later] = [sourcesOf(before, name), sourcesOf(after, name)];
    this.world = before;
    this.groups = groups;
    this.now = now;
    this.kept = rulesFor(before.rules, name, ({ source }) => later.has(source));
    this.gone = rulesFor(before.rules, name, ({ source }) => !later.has(source));
    this.added = rulesFor(after.rules, name, ({ source }) => !earlier.has(source));
    this.had = new Int32Array(groups.origins.length);
    this.has = new Int32Array(groups.origins.length);
    this.turned = new Int32Array(groups.origins.length);
    this.stays = new Int32Array(groups.origins.length);
  }

  each(principal: Principal, visit: Visit): void {
    const { world, groups, now } = this;
    const { origins } = groups;
    const had = this.had.fill(0);
    const has = this.has.fill(0);
    // Nobody looks at what stays of a group that is not turned: all its bits stand from the start.
    const kept = this.stays.fill(-1);
    markRules(world, this.gone, groups, principal, now, had);
    markRules(world, this.added, groups, principal, now, has);
    let turned = 0;
    for (let place = 0; place < origins.length; place++) {
      if (had[place] === has[place]) continue;
      this.turned[turned++] = place;
      kept[place] = 0;
    }
    if (turned === 0) return;
    markRules(world, this.kept, groups, principal, now, kept);
    markShares(world, groups, principal, now, kept);
    for (let at = 0; at < turned; at++) {
      const place = this.turned[at] as number;
      const stays = kept[place] as number;
      const [earlier, later] = [(had[place] as number) | stays, (has[place] as number) | stays];
      if (earlier !== later) visit(origins[place] as number, earlier, later);
    }
  }
}

/** The rules for a doctype that are in force. */
function sourcesOf({ rules }: CompiledWorld, doctype: string): ReadonlySet<Rule> {
  const all = rulesFor(rules, doctype, () => true);
  return new Set([...all.values()].flat().map(({ source }) => source));
}

/** Of whatever changes: in each world, everything is marked. */
class AnyTurn implements TurnedMarks {
  private readonly worlds: Worlds;
  private readonly now: number;
  private readonly count: number;
  private readonly old: DocumentGroups | null;
  private readonly next: DocumentGroups | null;

  constructor(worlds: Worlds, doctype: string, groups: readonly DocumentGroup[], now: number) {
    const { before, after, change } = worlds;
    const { renames = [] } = change;
    const [old, next] = [before.doctypes.get(doctype), after.doctypes.get(doctype)];
    const shape = next ?? old;
    const renamed = (group: DocumentGroup): DocumentGroup =>
      shape ? { ...group, facts: renamedFacts(shape, group.facts, renames) } : group;
    this.worlds = worlds;
    this.now = now;
    this.count = groups.length;
    this.old = old ? new DocumentGroups(old, groups) : null;
    const isSame = renames.length === 0 && next === old;
    // In each world of its own: a tree that moved numbers its values anew.
    const made = next && !isSame ? new DocumentGroups(next, groups.map(renamed)) : null;
    this.next = isSame ? this.old : made;
  }

  each(principal: Principal, visit: Visit, isEach: boolean): void {
    const { before, after } = this.worlds;
    const { users } = this.worlds.change;
    const [isNew, isGone] = [users?.added, users?.gone].map((names) =>
      names?.includes(principal.id),
    );
    const had = this.marksIn(before, isNew ? null : this.old, principal);
    const has = this.marksIn(after, isGone ? null : this.next, principal);
    for (let group = 0; group < this.count; group++) {
      const [earlier, later] = [had[group] as number, has[group] as number];
      if (earlier !== later || isEach) visit(group, earlier, later);
    }
  }

  private marksIn(
    world: CompiledWorld,
    groups: DocumentGroups | null,
    principal: Principal,
  ): Int32Array {
    const marks = new Int32Array(this.count);
    if (!groups) return marks;
    const placed = marksOf(world, groups, principal, this.now);
    for (const [place, group] of groups.origins.entries()) marks[group] = placed[place] as number;
    return marks;
  }
}
