/** Which record of the files is which of the system. */
import type { Problem } from './problem.ts';
import type { InFile, InSystem } from './records.ts';

export type Matched<InFiles, InStore> = {
  readonly pairs: readonly { readonly file: InFiles; readonly stored: InStore }[];
  /** Only in the files. */
  readonly added: readonly InFiles[];
  /** Only in the system. */
  readonly left: readonly InStore[];
  /** Names of the files that no record has. */
  readonly problems: readonly Problem[];
};

/**
 * A record with a name is the one of that name, every other one is what says the same. Each record
 * of the system is taken once; a name goes before what says the same.
 */
export function matchRecords<One>(
  files: readonly (One & InFile)[],
  stored: readonly (One & InSystem)[],
  contentOf: (one: One) => string,
): Matched<One & InFile, One & InSystem> {
  const byName = new Map(stored.map((one) => [one.name, one]));
  const pairs: { file: One & InFile; stored: One & InSystem }[] = [];
  const problems: Problem[] = [];
  const unnamed: (One & InFile)[] = [];
  for (const file of files) {
    const found = file.name === null ? undefined : byName.get(file.name);
    if (file.name === null) unnamed.push(file);
    else if (found) {
      pairs.push({ file, stored: found });
      byName.delete(file.name);
    } else {
      const detail = `there is no \`${file.name}\`, or it is over: leave the name out`;
      problems.push({ ...file.where, code: 'unknown_name', detail });
    }
  }
  const byContent = new Map<string, (One & InSystem)[]>();
  for (const one of byName.values()) {
    const content = contentOf(one);
    const same = byContent.get(content);
    if (same) same.push(one);
    else byContent.set(content, [one]);
  }
  const added = unnamed.filter((file) => {
    const found = byContent.get(contentOf(file))?.shift();
    if (found) pairs.push({ file, stored: found });
    return found === undefined;
  });
  return { pairs, added, left: [...byContent.values()].flat(), problems };
}

/**
 * Of what is left on both sides, pairs that are each the only one of their kind there: the files
 * speak of it, and say something else.
 */
export function pairUnique<InFiles, InStore>(
  matched: Matched<InFiles, InStore>,
  kindOf: (one: InFiles | InStore) => string,
): Matched<InFiles, InStore> {
  const added = onlyOnes(matched.added, kindOf);
  const left = onlyOnes(matched.left, kindOf);
  const pairs = [...added].flatMap(([kind, file]) => {
    const stored = left.get(kind);
    return stored === undefined ? [] : [{ file, stored }];
  });
  const paired = new Set<InFiles | InStore>(pairs.flatMap(({ file, stored }) => [file, stored]));
  return {
    pairs: [...matched.pairs, ...pairs],
    added: matched.added.filter((one) => !paired.has(one)),
    left: matched.left.filter((one) => !paired.has(one)),
    problems: matched.problems,
  };
}

function onlyOnes<One>(all: readonly One[], kindOf: (one: One) => string): Map<string, One> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(kindOf(one), (counts.get(kindOf(one)) ?? 0) + 1);
  return new Map(all.flatMap((one) => (counts.get(kindOf(one)) === 1 ? [[kindOf(one), one]] : [])));
}
