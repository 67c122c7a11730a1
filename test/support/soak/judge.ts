/** What the reference says in one world at one moment, remembered: much is asked many times. */
import type { Principal } from '../../../src/authz/index.ts';
import { principalNamed } from '../../../src/authz/principal.ts';
import type { Validity } from '../../../src/authz/world.ts';
import { referenceDecide, referenceLevels, type World } from '../../model/reference.ts';
import { referenceLevelsAnywhere } from '../../model/reference-answers.ts';
import type { Values } from '../../model/reference-filter.ts';
import { referenceVisible } from '../../model/reference-visible.ts';
import type { Span, Timeline } from './timeline.ts';

/** Two clocks of one machine: the database's has microseconds, this one rounds. */
const SLACK_MS = 2;

export class Judge {
  private readonly world: World;
  private readonly now: number;
  private readonly known = new Map<string, unknown>();

  constructor(world: World, now: number) {
    this.world = world;
    this.now = now;
  }

  may(user: string, action: string, doctype: string, document: Values): boolean {
    return this.remembered(['may', user, action, doctype, document], (principal) =>
      referenceDecide(this.world, { principal, action, doctype, document, now: this.now }),
    );
  }

  /** Levels of the fields that the user may read. */
  levels(user: string, doctype: string, document: Values): ReadonlySet<number> {
    const action = 'read';
    return this.remembered(['levels', user, action, doctype, document], (principal) =>
      referenceLevels(this.world, { principal, action, doctype, document, now: this.now }),
    );
  }

  mayAnywhere(user: string, action: string, doctype: string): boolean {
    return this.remembered(['anywhere', user, action, doctype], (principal) => {
      const question = { principal, action, doctype, now: this.now };
      return referenceLevelsAnywhere(this.world, question).size > 0;
    });
  }

  sees(user: string, doctype: string): boolean {
    return this.remembered(['sees', user, doctype], (principal) =>
      referenceVisible(this.world, principal, doctype, this.now),
    );
  }

  private remembered<Value>(
    [kind, user, ...rest]: readonly [string, string, ...unknown[]],
    ask: (principal: Principal) => Value,
  ): Value {
    const key = JSON.stringify([kind, user, rest]);
    const known = this.known.get(key) as Value | undefined;
    if (known !== undefined) return known;
    const answer = ask(principalNamed(user));
    this.known.set(key, answer);
    return answer;
  }
}

/** What is remembered of worlds that came before these is let go: few ask about them again. */
const WORLDS_KEPT = 12;

/** By world and by the last beginning or end in it: between two of those nothing changes. */
const judges = new Map<World, Map<number, Judge>>();
const turns = new WeakMap<World, readonly number[]>();

/**
 * A judge for every world and moment by which an answer of this span may have been decided. A
 * transaction sees one epoch, and one moment of its own within the span, so an answer has to
 * agree with one judge in everything that it says.
 */
export function judgesDuring(worlds: Timeline<World>, span: Span): Judge[] {
  return worlds.during(span).flatMap((world) => {
    const [first, last] = [span.from - SLACK_MS, span.until + SLACK_MS];
    const all = turnsOf(world);
    const before = all.findLast((turn) => turn <= first) ?? Number.NEGATIVE_INFINITY;
    const within = all.filter((turn) => turn > first && turn <= last);
    return [before, ...within].map((turn) => judgeAt(world, turn));
  });
}

function judgeAt(world: World, now: number): Judge {
  const known = judges.get(world) ?? new Map<number, Judge>();
  judges.set(world, known);
  const [oldest] = judges.keys();
  if (oldest && judges.size > WORLDS_KEPT) judges.delete(oldest);
  const judge = known.get(now) ?? new Judge(world, now);
  known.set(now, judge);
  return judge;
}

/** Moments at which something begins or ends by itself, in order. */
function turnsOf(world: World): readonly number[] {
  const known = turns.get(world);
  if (known) return known;
  const validities: readonly Validity[] = [...world.grants, ...world.members, ...world.shares];
  const found = validities.flatMap(({ from, until }) => [from, until]).filter((at) => at !== null);
  const sorted = [...new Set(found)].sort((a, b) => a - b);
  turns.set(world, sorted);
  return sorted;
}
