/**
 * The composition root: the only file that knows every module. Start reading here.
 *
 * `npm start` and every command come in below; `compose` builds the system out of its parts.
 */
import { fileURLToPath } from 'node:url';
import { APPS } from '../apps/all.ts';
import { PERSONAS, type PersonaGrant } from '../apps/demo/personas.ts';
import { Access } from './access/access.ts';
import { Authzen } from './access/authzen/authzen.ts';
import { PermissionChanges } from './access/permission-changes/permission-changes.ts';
import { boundTokens } from './base/bound-tokens.ts';
import { requestKeys } from './base/request-keys.ts';
import { sealWith } from './base/seal.ts';
import { sealedTokens } from './base/sealed-tokens.ts';
import { runProgram } from './cli/program.ts';
import { actionsOf } from './commands/actions.ts';
import { processMeasures } from './commands/process-measures.ts';
import { readinessOf } from './commands/readiness.ts';
import { log } from './commands/serve.ts';
import type { System, SystemSettings } from './commands/system.ts';
import { readConfig } from './config.ts';
import { Batches } from './documents/batches.ts';
import { Documents } from './documents/documents.ts';
import { RequestMeasures } from './http/request-measures.ts';
import { Identity } from './identity/sign-in.ts';
import { Reports } from './reports/raw-sql.ts';
import { Database, type DatabaseAddress } from './store/database.ts';
import { ReportingConnections } from './store/raw-sql/reporting-connection.ts';
import { Replica } from './store/replica.ts';
import { Store } from './store/store.ts';

const VERSION = '0.1.0';
const MAIN_FILE = fileURLToPath(import.meta.url);

/** Connections of one serving process; a small pool, since each request holds one for its query. */
const CONNECTIONS_MAX = 10;

const SERVES = { servesRequests: true } as const;

/** Builds the system on a database with the application's login. */
export function compose(address: DatabaseAddress, settings: SystemSettings): System {
  const database = new Database(address, CONNECTIONS_MAX, SERVES);
  const policyDatabase = new Database(address, 1, { staysConnected: true });
  const { report = log, replicaAt } = settings;
  const standby = replicaAt
    ? new Database({ ...address, ...replicaAt }, CONNECTIONS_MAX, SERVES)
    : null;
  const replica = standby && new Replica(standby);
  const reporting = settings.reporting ? new ReportingConnections(settings.reporting) : null;
  const store = new Store(database, policyDatabase, Date.now, { report, replica, reporting });
  const engine = {
    store,
    seal: sealWith(settings.fieldKey),
    cursors: sealedTokens(settings.fieldKey),
    ...(settings.approvalPairs === undefined ? {} : { approvalPairs: settings.approvalPairs }),
  };
  const documents = new Documents(engine);
  const access = new Access(store, settings.approvalPairs);
  const roles = APPS.flatMap((app) => app.roles.map(({ name }) => name));
  return {
    store,
    documents,
    batches: new Batches(store, documents),
    identity: new Identity(store),
    access,
    changes: new PermissionChanges(engine, documents, access),
    reports: new Reports(store),
    authzen: new Authzen({
      store,
      tokens: boundTokens(settings.fieldKey),
      trust: settings.propertyTrust ?? new Map(),
    }),
    requestKeys: requestKeys(settings.fieldKey),
    isReady: readinessOf(async () => await store.requireReady(), report),
    requests: new RequestMeasures(),
    measures: () => [...store.measures(), ...processMeasures(VERSION)],
    inventory: async () => {
      const { inventoryOf, ROUTES } = await import('./http/door.ts');
      return inventoryOf(ROUTES, roles);
    },
    openapi: async () => {
      const { openapiOf, ROUTES } = await import('./http/door.ts');
      return openapiOf(ROUTES, VERSION);
    },
    personas: settings.isDemo
      ? PERSONAS.map(({ user, full_name, grants }) => ({
          user,
          full_name,
          holds: grants.map(inWords).join('; ') || 'nothing',
        }))
      : null,
    close: async () => {
      await database.close();
      await policyDatabase.close();
      await standby?.close();
      await reporting?.close();
    },
  };
}

/** A grant as the sign-in page names it: the role and where it holds. */
function inWords({ role, scope }: PersonaGrant): string {
  if (scope.length === 0) return `${role} with no scope`;
  const dimensions = [...new Set(scope.map(({ dimension }) => dimension))];
  const values = dimensions.map((dimension) => {
    const named = scope.filter((entry) => entry.dimension === dimension);
    return `${dimension} ${named.map(({ value }) => value).join(' and ')}`;
  });
  return `${role} within ${values.join(', ')}`;
}

if (process.argv[1] === MAIN_FILE) {
  process.exitCode = await runProgram(process.argv.slice(2), () =>
    actionsOf({ config: readConfig(), compose, mainFile: MAIN_FILE }),
  );
}
