/** What lint would say of a change, before it is saved. */
import {
  type CompiledWorld,
  type DocumentGroup,
  findingsAdded,
  findingsOf,
  suspectsIn,
} from '../authz/index.ts';
import { type FindingEntry, findingEntry } from './lint-words.ts';

/**
 * The findings that the second world has and the first one has not. `groups` holds the documents
 * of all doctypes that the change concerns; `now` in milliseconds since 1970 UTC.
 */
export function findingsOfChange(
  before: CompiledWorld,
  after: CompiledWorld,
  groups: ReadonlyMap<string, readonly DocumentGroup[]>,
  now: number,
): FindingEntry[] {
  const [had, has] = [before, after].map((world) =>
    findingsOf(world, suspectsIn(world, groups, now), (name) => groups.get(name) ?? [], now),
  );
  return findingsAdded(had ?? [], has ?? []).map(findingEntry);
}
