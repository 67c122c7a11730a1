/** A server in a process of its own, on a database that is given as JSON: one node of several. */
import { serverOn } from './demo-server.ts';
import type { TestDatabase } from './test-server.ts';

const database = JSON.parse(process.argv[2] ?? '') as Omit<TestDatabase, 'drop'>;
const server = await serverOn({ ...database, drop: async () => {} });
process.once('SIGTERM', async () => await server.stop());
process.stdout.write(`${server.url}\n`);
