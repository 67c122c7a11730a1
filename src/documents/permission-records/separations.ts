/** Separation of duties: nobody comes to do what one person should not do both of. */
import { type Conflict, conflictsMade } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import type { WriteWork } from '../work.ts';
import { mergedChange } from './change.ts';
import { worldAfter } from './gains.ts';

/**
 * Refuses what would give somebody two duties that are kept apart, and notes for the audit log
 * what is let pass. Looks at all documents of a batch together: two grants, each harmless, may be
 * for one person. Only what the changes bring is looked at, never what was there before.
 */
export async function checkSeparations(works: readonly WriteWork[]): Promise<void> {
  const [first] = works;
  const separations = first?.moment.policy.world.source.separations ?? [];
  const changes = works.flatMap(({ change }) => change ?? []);
  if (!first || separations.length === 0 || changes.length === 0) return;
  const { policy, now } = first.moment;
  const change = mergedChange(changes);
  const made = conflictsMade(
    { before: policy.world, after: worldAfter(first, change), change },
    separations,
    now,
  );
  const refused = made.filter(({ effect }) => effect === 'refuse');
  if (refused.length > 0) throw refusal(refused);
  if (made.length === 0) return;
  const flagged = made.map(({ rule, user }) => ({ rule, user }));
  for (const work of works) if (work.change) work.flagged = flagged;
}

/** Says which rule and for whom, and not by what else they would have both. */
function refusal(conflicts: readonly Conflict[]): Refusal {
  const details = conflicts.map(
    ({ rule, user }) =>
      `Separation Rule \`${rule}\` keeps apart what \`${user}\` could then do both of.`,
  );
  return new Refusal('forbidden', details[0] ?? '', {
    errors: [...new Set(details)].map((detail) => ({
      field: 'separation',
      code: 'forbidden',
      detail,
    })),
  });
}
