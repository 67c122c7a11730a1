/** `permissions export|diff|import`: roles and grants as files. */

import {
  doubledRecords,
  notFoundAt,
  orderedProblems,
  removedMentions,
  unknownMentions,
} from '../access/permission-files/check-files.ts';
import { type Comparison, comparePermissions } from '../access/permission-files/compare.ts';
import { previewRequestOf } from '../access/permission-files/effect.ts';
import type { Problem } from '../access/permission-files/problem.ts';
import { FilesReader, type Mention } from '../access/permission-files/read-files.ts';
import { type CurrentPermissions, readSystem } from '../access/permission-files/read-system.ts';
import { KINDS, type Kind } from '../access/permission-files/records.ts';
import { writeFiles } from '../access/permission-files/write-files.ts';
import { Refusal } from '../base/errors.ts';
import type {
  PermissionsDiff,
  PermissionsExport,
  PermissionsImport,
  PermissionsQuestion,
} from '../cli/actions.ts';
import { SeveralRefused } from '../documents/several-refused.ts';
import type { Caller } from '../identity/caller.ts';
import { noteUse } from './audit-use.ts';
import { readFolder, writeFolder } from './permission-folder.ts';
import type { Root, System } from './system.ts';
import { withCaller } from './with-caller.ts';

/** Writes all permissions into a folder. Whoever may not read all of them gets none. */
export async function exportPermissions(
  root: Root,
  { folder, as, shares, replace }: PermissionsQuestion & { shares: boolean; replace: boolean },
): Promise<PermissionsExport> {
  return await withCaller(root, as, async (system, caller) => {
    const kinds = new Set<Kind>(KINDS.filter((kind) => kind !== 'shares' || shares));
    const { permissions } = await readSystem(system.documents, caller, kinds);
    const files = writeFiles(permissions);
    const { roles, rules, groups, grants, authorities } = permissions;
    const counts = {
      ...{ roles: roles.length, rules: rules.length, groups: groups.length },
      ...{ grants: grants.length, authorities: authorities.length },
      ...(shares ? { shares: permissions.shares.length } : {}),
    };
    // Recorded before anything leaves.
    await noteUse(system, caller, 'permissions export', counts);
    return { folder, counts, files: files.size, ...(await writeFolder(folder, files, replace)) };
  });
}

/** What differs between a folder and the system, and what making them the same would do. */
export async function diffPermissions(
  root: Root,
  { folder, as }: PermissionsQuestion,
): Promise<PermissionsDiff> {
  return await withCaller(root, as, async (system, caller) => {
    const { problems, differences } = await compareFolder(system, caller, folder, false);
    const summary = { problems: problems.length, differences: differences.length };
    await noteUse(system, caller, 'permissions diff', summary);
    const told = { problems, differences: differences.map(shown) };
    const isCertain = problems.length === 0 && differences.length > 0;
    if (!isCertain) return { ...told, effect: null };
    const effect = await system.access.preview(caller, previewRequestOf(differences));
    return { ...told, effect };
  });
}

/**
 * Makes the system as a folder says, all of it or nothing. What the folder does not speak of goes
 * only with `prune`, and without it nothing is done where there is such a thing.
 */
export async function importPermissions(
  root: Root,
  options: PermissionsQuestion & { prune: boolean; dryRun: boolean },
): Promise<PermissionsImport> {
  const { folder, as, prune, dryRun } = options;
  return await withCaller(root, as, async (system, caller) => {
    const { problems, differences, changes, epoch } = await compareFolder(
      system,
      caller,
      folder,
      prune,
    );
    const told = { problems, differences: differences.map(shown), refusals: [] };
    const only = differences.filter(({ outcome }) => outcome === 'only in the system');
    const finish = async (report: PermissionsImport): Promise<PermissionsImport> => {
      const { outcome, refusals } = report;
      const counts = { outcome, changes: changes.length, refusals: refusals.length };
      await noteUse(system, caller, 'permissions import', { ...counts, prune, dry_run: dryRun });
      return report;
    };
    if (problems.length > 0) return await finish({ ...told, outcome: 'not read' });
    if (only.length > 0 && !prune) return await finish({ ...told, outcome: 'needs prune' });
    if (changes.length === 0) return await finish({ ...told, outcome: 'nothing to do' });
    try {
      const asked = changes.map(({ change }) => change);
      await system.documents.together(caller, asked, { epoch, isTrial: dryRun });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const refusals = refusalsIn(error, changes);
      if (refusals === null) throw error;
      return await finish({ ...told, outcome: 'refused', refusals });
    }
    return await finish({ ...told, outcome: dryRun ? 'could be imported' : 'imported' });
  });
}

/** By place of the files; null for what says nothing of them. */
function refusalsIn(error: Refusal, changes: Comparison['changes']): Refusals | null {
  const told = ({ code, message: detail }: Refusal) => ({ code, detail });
  // Together they are too much for one person, and none of them is by itself.
  if (error.code === 'approval_required') {
    return [{ ...NOWHERE, subject: 'all changes together', ...told(error) }];
  }
  if (!(error instanceof SeveralRefused)) return null;
  return error.refusals.map(({ index, refusal }) => {
    const { where = null, subject = '' } = changes[index] ?? {};
    return { ...(where ?? NOWHERE), subject, ...told(refusal) };
  });
}

type Refusals = PermissionsImport['refusals'];

const NOWHERE = { file: null, line: null, column: null };

type FolderComparison = Comparison & Pick<CurrentPermissions, 'epoch'>;

/** Where anything is wrong with the files, nothing is compared. */
async function compareFolder(
  system: System,
  caller: Caller,
  folder: string,
  prune: boolean,
): Promise<FolderComparison> {
  const { doctypes } = await system.store.policy();
  const reader = new FilesReader(doctypes);
  const found = await readFolder(folder, (path, text) => reader.add(path, text));
  const files = reader.finish();
  const { permissions, epoch, at } = await readSystem(system.documents, caller, files.kinds);
  const unknown = unknownMentions(reader.mentions, files, permissions);
  const problems = [
    ...found,
    ...reader.problems,
    ...doubledRecords(files),
    ...(await notSelectable(system, caller, unknown)),
    ...(prune ? removedMentions(reader.mentions, files) : []),
  ];
  if (problems.length > 0) return nothingBut(problems, epoch);
  const comparison = comparePermissions(files, permissions, at);
  return comparison.problems.length > 0
    ? nothingBut(comparison.problems, epoch)
    : { ...comparison, epoch };
}

function nothingBut(problems: readonly Problem[], epoch: number): FolderComparison {
  return { problems: orderedProblems(problems), differences: [], changes: [], epoch };
}

/** Names that the caller may not link to, whether or not there is such a document. */
async function notSelectable(
  system: System,
  caller: Caller,
  unknown: ReadonlyMap<string, readonly Mention[]>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [doctype, mentions] of unknown) {
    const names = [...new Set(mentions.map(({ name }) => name))];
    const selectable = await system.documents
      .selectable(caller, doctype, names)
      .catch((error: unknown): ReadonlySet<string> => {
        if (error instanceof Refusal && error.code === 'unknown_doctype') return new Set();
        throw error;
      });
    for (const one of mentions) if (!selectable.has(one.name)) problems.push(notFoundAt(one));
  }
  return problems;
}

/** A difference as it is told: without what it would be to a preview. */
function shown({ add, remove, where, ...difference }: Comparison['differences'][number]) {
  return { ...difference, ...(where ?? NOWHERE) };
}
