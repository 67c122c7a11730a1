/** `backup` and `restore`: run by a short process of its own, with the administrator's login. */
import { hkdfSync } from 'node:crypto';
import { resolve } from 'node:path';
import { type AuditEvent, auditRow } from '../audit/entry.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import { insertAuditRows } from '../store/audit-rows.ts';
import { type BackupReport, backUp } from '../store/backup/back-up.ts';
import { checkBackup, type RestoreReport, restore } from '../store/backup/restore.ts';
import { withoutServers } from '../store/backup/without-servers.ts';
import { administrator } from '../store/installation/installation.ts';
import { appPassword, fieldKey, reportPassword } from '../store/installation/secrets.ts';
import { asOwner, prepareInstallation } from '../store/migrate/migrate.ts';
import type { MigrationConnection } from '../store/migrate/migration-connection.ts';
import { momentOf } from '../store/migrate/record-import.ts';
import { runMigration } from './migrate.ts';
import { onServer } from './on-server.ts';
import { dataDirOf, operator, requireInstallation } from './open-system.ts';
import type { Root } from './system.ts';

type Progress = (line: string) => void;

/** Writes a backup of the whole installation into a folder that is empty or new. */
export async function backup(
  root: Root,
  folder: string,
  progress: Progress,
): Promise<BackupReport> {
  requireInstallation(root);
  return await onServer(root, progress, async () => {
    const { admin, database } = await administrator(dataDirOf(root), root.config.databaseUrl);
    const keyMark = await keyMarkOf(root);
    return await asOwner(admin, database, async (owner) => {
      // Before the first row leaves; a backup that fails later was still begun.
      await owner.script('begin');
      await record(root, owner, 'backup', {});
      await owner.script('commit');
      return await backUp(owner, { folder: resolve(folder), keyMark, progress });
    });
  });
}

export type RestoreWords = { readonly replace: boolean; readonly loseSecrets: boolean };

/** Puts a backup into this installation, which is made where there is none. */
export async function restoreBackup(
  root: Root,
  folder: string,
  words: RestoreWords,
  progress: Progress,
): Promise<RestoreReport> {
  const request = {
    ...words,
    folder: resolve(folder),
    keyMark: await keyMarkOf(root),
    progress,
    record: async (owner: MigrationConnection, { taken_at }: { readonly taken_at: string }) =>
      await record(root, owner, 'restore', { taken_at }),
  };
  const manifest = await checkBackup(request);
  return await onServer(root, progress, async () => {
    const dataDir = dataDirOf(root);
    const place = await administrator(dataDir, root.config.databaseUrl);
    await prepareInstallation({
      ...place,
      appPassword: await appPassword(dataDir),
      reportPassword: await reportPassword(dataDir),
    });
    const report = await withoutServers(place.admin, place.database, async () =>
      asOwner(place.admin, place.database, async (owner, roles) =>
        restore(owner, roles, manifest, request),
      ),
    );
    // A backup of an earlier version is brought to this one, as by any other upgrade.
    await runMigration(root, {});
    return report;
  });
}

/** Not the key, and nothing from which it could be found. */
async function keyMarkOf(root: Root): Promise<string> {
  const key = await fieldKey(dataDirOf(root));
  return Buffer.from(hkdfSync('sha256', key, '', 'bailiwick backup key mark', 16)).toString('hex');
}

/** INVARIANT (no-anonymous-work): whoever takes everything along, or replaces it, is in the log. */
async function record(
  root: Root,
  owner: MigrationConnection,
  action: string,
  detail: AuditEvent['detail'],
): Promise<void> {
  const { at, epoch } = await momentOf(owner);
  const event: AuditEvent = {
    ...{ action: `command ${action}`, doctype: null, name: null },
    ...{ outcome: 'allowed', code: null, detail },
  };
  const row = auditRow(auditSubject(operator(root)), event, at, epoch);
  const { text, values } = insertAuditRows([row]);
  await owner.query(text, values);
}
