/**
 * All ways of one principal to reach documents of one doctype, joined where several of them make
 * one test: five hundred grants of a customer each become one list of customers.
 */
import type { CompiledDoctype } from './compiled-doctype.ts';
import { ContentIds } from './content-ids.ts';
import { joinCoverages } from './coverage.ts';
import { grouped } from './grouped.ts';
import type { Way } from './holdings.ts';
import type { Part } from './part.ts';

/** Joins ways that reach anything at all. What the parts reach together, the ways do. */
export function joinWays(ways: readonly Way[], doctype: CompiledDoctype): readonly Part[] {
  const ids = new ContentIds();
  let parts: Part[] = ways.map(({ rule, tests }) => ({
    actions: rule.actionBits,
    levels: rule.levelBits,
    when: rule.source.when,
    coverages: doctype.compiledPaths.map(
      (path) => tests.find((test) => test.path === path)?.coverage ?? null,
    ),
  }));
  if (parts.length < 2) return parts;
  parts = joinActions(parts, ids);
  for (let path = doctype.compiledPaths.length - 1; path >= 0; path--) {
    // Rows of two centres are covered by one grant of both, and not by two grants of one each.
    if (doctype.compiledPaths[path]?.table === null) parts = joinAlong(parts, path, ids);
  }
  return parts;
}

/** Parts that differ in their actions only become one. */
function joinActions(parts: readonly Part[], ids: ContentIds): Part[] {
  const key = (part: Part): string =>
    `${ids.of(part.when)} ${part.levels} ${ids.all(part.coverages, -1)}`;
  return [...grouped(parts, key).values()].map((same) => ({
    ...(same[0] as Part),
    actions: same.reduce((bits, part) => bits | part.actions, 0),
  }));
}

/** Parts that differ in one path's coverage only become one that covers what any of them does. */
function joinAlong(parts: readonly Part[], path: number, ids: ContentIds): Part[] {
  const key = (part: Part): string => {
    const restricts = part.coverages[path] === null ? 0 : 1;
    const others = `${ids.of(part.when)} ${ids.all(part.coverages, path)}`;
    return `${restricts} ${part.actions} ${part.levels} ${others}`;
  };
  return [...grouped(parts, key).values()].map((same) => {
    const [first] = same as [Part, ...Part[]];
    const coverages = same.flatMap((part) => part.coverages[path] ?? []);
    if (coverages.length < 2) return first;
    return { ...first, coverages: first.coverages.with(path, joinCoverages(coverages)) };
  });
}
