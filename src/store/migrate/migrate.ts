/** The whole migration, run by a short process of its own: no serving process has these rights. */
import { Refusal } from '../../base/errors.ts';
import type { App } from '../../doctype/app.ts';
import { type AskedLosses, NO_LOSSES } from '../../doctype/asked-losses.ts';
import type { Doctype } from '../../doctype/definition.ts';
import { applyDoctypes, type DoctypeOutcome, knownDoctypes, USUAL_PACE } from './apply-doctypes.ts';
import { fenceCatalog } from './fence-catalog.ts';
import {
  connectToMigrate,
  type InstallationRoles,
  MIGRATING,
  type MigrationConnection,
  rolesOf,
} from './migration-connection.ts';
import { type PlannedDoctype, planDoctypes } from './plan-doctypes.ts';
import { prepareDatabase, prepareRoles } from './prepare-database.ts';
import type { RecordImport } from './record-import.ts';
import { type DraftRule, type SeedAuthority, type SeedGrant, seed, seedDrafts } from './seed.ts';
import { applySystemMigrations, missingMigrations } from './system-migrations.ts';

/** How the administrator's login reaches one database of the server. */
export type AdminAddress = (database: string) => Parameters<typeof connectToMigrate>[0];

export type MigrationPlan = {
  readonly admin: AdminAddress;
  /** A database that exists already, to connect to while ours is made. */
  readonly maintenanceDatabase: string;
  readonly database: string;
  readonly appPassword: string;
  readonly reportPassword: string;
  readonly apps: readonly App[];
  readonly grants: readonly SeedGrant[];
  readonly authorities: readonly SeedAuthority[];
  readonly asked?: AskedLosses;
  readonly progress?: (line: string) => void;
};

export type MigrationReport = {
  readonly migrations: readonly string[];
  readonly doctypes: readonly DoctypeOutcome[];
};

/** Makes roles and database, applies the system's migrations, the apps' doctypes and rules. */
export async function migrate(plan: MigrationPlan): Promise<MigrationReport> {
  await prepareInstallation(plan);
  return await asOwner(plan.admin, plan.database, async (owner, roles) => {
    const migrations = await applySystemMigrations(owner, roles);
    const definitions = plan.apps.flatMap((app) => app.doctypes);
    const { asked = NO_LOSSES, progress = USUAL_PACE.progress } = plan;
    const how = { asked, pace: { ...USUAL_PACE, progress } };
    const doctypes = await applyDoctypes(owner, roles, definitions, 'release', null, how);
    const refused = doctypes.filter(({ outcome }) => outcome === 'refused');
    if (refused.length > 0) {
      throw new Refusal(
        'bad_value',
        refused.map(({ name, details }) => `${name}: ${details.join('; ')}`).join('\n'),
      );
    }
    await seed(owner, plan.apps, definitions, plan);
    return { migrations, doctypes };
  });
}

export type MigrationForecast = {
  readonly migrations: readonly string[];
  readonly doctypes: readonly PlannedDoctype[];
};

/** What `migrate` would do to a database that is there, without doing any of it. */
export async function planMigration(
  plan: Pick<MigrationPlan, 'admin' | 'database' | 'apps' | 'asked'>,
): Promise<MigrationForecast> {
  return await asOwner(plan.admin, plan.database, async (owner, roles) => {
    const missing = await missingMigrations(owner);
    const definitions = plan.apps.flatMap((app) => app.doctypes);
    const { asked = NO_LOSSES } = plan;
    const how = { by: 'release', asked, pace: USUAL_PACE } as const;
    const doctypes = await planDoctypes(owner, roles, definitions, how);
    return { migrations: missing.map(({ name }) => name), doctypes };
  });
}

/** Makes roles and database where they are missing, and sets the application's password. */
export async function prepareInstallation(
  plan: Pick<
    MigrationPlan,
    'admin' | 'maintenanceDatabase' | 'database' | 'appPassword' | 'reportPassword'
  >,
): Promise<void> {
  const roles = rolesOf(plan.database);
  const admin = await connectToMigrate(plan.admin(plan.maintenanceDatabase));
  try {
    await admin.query('select pg_advisory_lock($1, hashtext($2))', [MIGRATING, plan.database]);
    await prepareRoles(admin, roles, { app: plan.appPassword, report: plan.reportPassword });
    await prepareDatabase(admin, plan.database, roles);
  } finally {
    await admin.close();
  }
  await fenceCatalog(plan.admin(plan.database), roles);
}

/** Applies doctypes that came from outside, and records it; built-in ones are never altered. */
export async function migrateDoctypes(
  admin: AdminAddress,
  database: string,
  definitions: readonly Doctype[],
  draftRules: readonly DraftRule[],
  record: RecordImport,
): Promise<DoctypeOutcome[]> {
  return await asOwner(admin, database, async (owner, roles) => {
    const known = await knownDoctypes(owner);
    const builtIn = definitions.find(({ name }) => {
      const app = known.get(name)?.definition.app;
      return app !== undefined && app !== 'imported';
    });
    if (builtIn) throw new Error(`${builtIn.name} is built in and cannot be changed by an import`);
    // One that is refused stays as it is, and does not keep the others from being applied.
    const refused = new Map<string, DoctypeOutcome>();
    let outcomes: readonly DoctypeOutcome[] = [];
    do {
      const wanted = definitions.filter(({ name }) => !refused.has(name));
      outcomes = await applyDoctypes(owner, roles, wanted, 'import', record);
      for (const one of outcomes) if (one.outcome === 'refused') refused.set(one.name, one);
    } while (outcomes.some(({ outcome }) => outcome === 'refused'));
    const wanted = draftRules.filter(({ document_type }) => !refused.has(document_type));
    await seedDrafts(owner, wanted, record);
    return [...outcomes, ...refused.values()];
  });
}

/** Connects with the administrator's login and works with the owner's rights only. */
export async function asOwner<Value>(
  admin: AdminAddress,
  database: string,
  work: (owner: MigrationConnection, roles: InstallationRoles) => Promise<Value>,
): Promise<Value> {
  const roles = rolesOf(database);
  const owner = await connectToMigrate(admin(database));
  try {
    await owner.script(`set role "${roles.owner}"`);
    await owner.query('select pg_advisory_lock($1, 0)', [MIGRATING]);
    return await work(owner, roles);
  } finally {
    await owner.close();
  }
}
