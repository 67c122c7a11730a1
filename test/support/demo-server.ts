/** A real server on the demo company, for tests that come in by HTTP. */

import type { System, SystemSettings } from '../../src/commands/system.ts';
import { loadPage } from '../../src/http/page.ts';
import { ROUTES } from '../../src/http/routes/index.ts';
import { buildServer } from '../../src/http/server.ts';
import { compose } from '../../src/main.ts';
import { cloneDatabase, TEST_PASSWORD, type TestDatabase } from './test-server.ts';

export type DemoServer = {
  readonly url: string;
  /** Every persona's. */
  readonly password: string;
  readonly system: System;
  readonly database: TestDatabase;
  /** What the server said went wrong inside: tests of bad input expect it to stay empty. */
  readonly errors: readonly string[];
  /** What it said to the operator. */
  readonly lines: readonly string[];
  readonly stop: () => Promise<void>;
};

type MoreSettings = Pick<SystemSettings, 'approvalPairs'>;

const WEB_FOLDER = new URL('../../web/dist/', import.meta.url).pathname;

/** Starts a server on a fresh clone of the demo, on a free port. */
export async function demoServer(more: MoreSettings = {}): Promise<DemoServer> {
  return await serverOn(await cloneDatabase('demo'), more);
}

/** Starts a server on a test's own database, on a free port. Stopping it drops the database. */
export async function serverOn(
  database: TestDatabase,
  more: MoreSettings = {},
): Promise<DemoServer> {
  const lines: string[] = [];
  const report = (line: string) => lines.push(line);
  const settings = { isDemo: true, fieldKey: 'a key for tests', report, ...more };
  const system = compose(database.address, settings);
  const errors: string[] = [];
  let url = '';
  const server = await buildServer({
    services: system,
    routes: ROUTES,
    ownOrigins: () => new Set([url]),
    onError: (error) => errors.push(String(error instanceof Error ? error.stack : error)),
    page: loadPage(WEB_FOLDER),
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    password: TEST_PASSWORD,
    system,
    database,
    errors,
    lines,
    stop: async () => {
      server.server.closeAllConnections();
      await server.close();
      await system.close();
      await database.drop();
    },
  };
}
