/** Which other grants and shares give, on all documents that there are, what a grant gives. */
import type { DoctypeReach, Giver, Holder } from './doctype-reach.ts';
import type { Grant } from './world.ts';

/**
 * Names of grants and shares by which everybody keeps what the grant gives them today. Few rather
 * than many: those that were needed already are asked first.
 */
export function coverOfToday(
  reaches: readonly DoctypeReach[],
  holders: readonly Holder[],
  grant: Grant,
  now: number,
): string[] {
  const chosen = new Set<string>();
  for (const reach of reaches) {
    const marks = new Int32Array(reach.groups.length);
    const left = new Int32Array(reach.groups.length);
    for (const { principal, grants } of holders) {
      const givers = reach.giversOf(principal, grants, now);
      const own = givers.find((giver) => isOf(giver, grant));
      if (!own) continue;
      for (const part of reach.parts.keys()) {
        reach.mark(own, part, principal.id, left.fill(0));
        for (const other of chosenFirst(givers, chosen)) {
          if (other === own || left.every((bits) => bits === 0)) continue;
          reach.mark(other, part, principal.id, marks.fill(0));
          if (take(left, marks)) chosen.add(nameOf(other));
        }
      }
    }
  }
  return [...chosen].sort();
}

/** Takes what is marked away, and says whether there was any of it. */
function take(left: Int32Array, marks: Int32Array): boolean {
  let found = 0;
  for (let group = 0; group < left.length; group++) {
    const before = left[group] as number;
    const taken = before & (marks[group] as number);
    found |= taken;
    left[group] = before & ~taken;
  }
  return found !== 0;
}

function chosenFirst(givers: readonly Giver[], chosen: ReadonlySet<string>): readonly Giver[] {
  const isChosen = (giver: Giver): number => (chosen.has(nameOf(giver)) ? 0 : 1);
  return givers.toSorted((a, b) => isChosen(a) - isChosen(b));
}

function isOf(giver: Giver, grant: Grant): boolean {
  return giver.kind === 'grant' && giver.grant.source === grant;
}

function nameOf(giver: Giver): string {
  return giver.kind === 'share' ? giver.share.name : giver.grant.source.name;
}
