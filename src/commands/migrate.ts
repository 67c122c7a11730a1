/** The migration: the only command that holds the administrator's login, and a short one. */
import { readFile } from 'node:fs/promises';
import { APPS, DEMO_LOADING } from '../../apps/all.ts';
import { type AuditEvent, auditRow } from '../audit/entry.ts';
import { checkDefinition } from '../doctype/check-definition.ts';
import { completeDefinition } from '../doctype/complete-definition.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import type { Caller } from '../identity/caller.ts';
import { insertAuditRows } from '../store/audit-rows.ts';
import { administrator } from '../store/installation/installation.ts';
import { appPassword, reportPassword } from '../store/installation/secrets.ts';
import { migrate, migrateDoctypes, planMigration } from '../store/migrate/migrate.ts';
import type { RecordImport } from '../store/migrate/record-import.ts';
import { DEMO_AUTHORITY, DEMO_GRANT, LOADER } from './demo-loader.ts';
import { dataDirOf, operator } from './open-system.ts';
import type { Root } from './system.ts';

/** Grants that exist from the start. Each is a document like any other and can be ended. */
const FIRST_GRANTS = [
  { name: 'system:operator: Operator', type: 'User', grantee: 'system:operator', role: 'Operator' },
  { name: 'Everyone: Member', type: 'Group', grantee: 'Everyone', role: 'Member' },
] as const;

/** Of the demo's loader, which it gives back when it is done. */
const DEMO_GRANTS = [
  { name: DEMO_GRANT, type: 'User', grantee: LOADER, role: 'Demo Loader' },
] as const;
const DEMO_AUTHORITIES = [{ name: DEMO_AUTHORITY, holder: LOADER }] as const;

export type MigrationRequest = {
  /** A file of doctypes to apply, instead of everything else. */
  readonly definitions?: string;
  /** Prepares for the demo company. */
  readonly demo?: boolean;
  /** Tells what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** Fields whose values may be lost, each as `Sales Invoice.remarks`. */
  readonly drop?: readonly string[];
  readonly retype?: readonly string[];
};

/** Brings the database to this version, or applies the doctypes of a file to it. */
export async function runMigration(
  root: Root,
  { definitions, demo = false, dryRun = false, drop = [], retype = [] }: MigrationRequest,
  progress: (line: string) => void = () => {},
): Promise<unknown> {
  const dataDir = dataDirOf(root);
  const { admin, database, maintenanceDatabase } = await administrator(
    dataDir,
    root.config.databaseUrl,
  );
  if (definitions !== undefined) {
    const { doctypes, draftRules } = JSON.parse(await readFile(definitions, 'utf8'));
    const checked = doctypes.map(checkDefinition);
    return await migrateDoctypes(admin, database, checked, draftRules, recordBy(operator(root)));
  }
  const wanted = demo ? [...APPS, DEMO_LOADING] : APPS;
  const apps = wanted.map((app) => ({ ...app, doctypes: app.doctypes.map(completeDefinition) }));
  const asked = { drop: new Set(drop), retype: new Set(retype) };
  if (dryRun) return await planMigration({ admin, database, apps, asked });
  return await migrate({
    ...{ asked, progress },
    admin,
    maintenanceDatabase,
    database,
    appPassword: await appPassword(dataDir),
    reportPassword: await reportPassword(dataDir),
    apps,
    grants: [...FIRST_GRANTS, ...(demo ? DEMO_GRANTS : [])],
    authorities: demo ? DEMO_AUTHORITIES : [],
  });
}

/** Audit entries of an import, as made by this caller. */
function recordBy(caller: Caller): RecordImport {
  const subject = auditSubject(caller);
  return (imported, at, epoch) => {
    const events = imported.map(
      (one): AuditEvent => ({ action: 'import', outcome: 'allowed', code: null, ...one }),
    );
    return insertAuditRows(events.map((event) => auditRow(subject, event, at, epoch)));
  };
}
