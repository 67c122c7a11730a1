/**
 * What a request costs that comes right after a change of somebody's grant: on a node that fetches
 * what changed, against one that has to load everything. Rounds in turn, the same request, the
 * same change of the same grant; who asks is not who gets it.
 *
 * Times are of the whole request as its caller waits for it, PostgreSQL included; CPU is of the
 * node's own process, and PostgreSQL's beside it.
 */
import assert from 'node:assert/strict';
import type { MigrationConnection } from '../src/store/migrate/migration-connection.ts';
import { absolute, type Benchmark, compared, median, type Result } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation } from './support/installation.ts';
import { addManyGrants, GRANTS, PEOPLE } from './support/many-grants.ts';
import { callerNamed, closePools, type Node, nodeOn, type Pools, poolsOn } from './support/node.ts';
import { cpuOfTree } from './support/processes.ts';

const ROUNDS = 15;
const ASKING = 'branch-accountant@demo.test';

/** A whole load costs at least so many times what following one change does. */
const RATIO_MAX = 0.2;

type Cost = { readonly wall: number; readonly cpu: number; readonly postgres: number };

export const benchmark: Benchmark = {
  seed: 1,
  run: async (context) => {
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    const pools = poolsOn(installation.app);
    const postgres = (): number => cpuOfTree(installation.postgresPid);
    try {
      const settings = await durabilityOf(connection);
      context.log('the demo');
      const results = await measure('the demo', pools, connection, postgres, null);
      context.log(`a world of ${PEOPLE} people with ${GRANTS} grants`);
      await addManyGrants(connection);
      const name = `${PEOPLE.toLocaleString('en')} people, ${GRANTS.toLocaleString('en')} grants`;
      results.push(...(await measure(name, pools, connection, postgres, RATIO_MAX)));
      return { settings, versions: { postgresql: installation.postgresVersion }, results };
    } finally {
      await closePools(pools);
      await connection.close();
      await installation.stop();
    }
  },
};

async function measure(
  world: string,
  pools: Pools,
  connection: MigrationConnection,
  postgres: () => number,
  target: number | null,
): Promise<Result[]> {
  const [found] = await connection.query(
    `select name from doc.sales_invoice where cost_center = 'Leeds - LUK' or cost_center = 'Leeds'
     order by name limit 1`,
  );
  const invoice = String(found?.['name']);
  const node = nodeOn(pools);
  await ask(node, invoice);
  const rounds: [Cost, Cost][] = [];
  const steady: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await changeOneGrant(connection);
    const followed = await costOf(node, invoice, postgres);
    await changeOneGrant(connection);
    // The node of before catches up first, so that it has one change to follow in each round.
    const whole = await costOf(nodeOn(pools), invoice, postgres);
    await ask(node, invoice);
    const none = await costOf(node, invoice, postgres);
    if (round === 0) continue;
    rounds.push([followed, whole]);
    steady.push(none.wall);
  }
  assert.equal(node.store.policyLoads.whole, 1, 'it loaded everything again');
  assert.ok(node.store.policyLoads.followed >= 2 * ROUNDS);
  const side = (of: keyof Cost) =>
    rounds.map(([ours, other]): [number, number] => [ours[of], other[of]]);
  const sum = (of: readonly number[]): number => of.reduce((all, one) => all + one, 0);
  // PostgreSQL's CPU comes in ticks of 10 ms: of all rounds together.
  const together: [number, number][] = [
    [
      sum(side('postgres').map(([ours]) => ours)) / ROUNDS,
      sum(side('postgres').map(([, other]) => other)) / ROUNDS,
    ],
  ];
  const other = 'everything loaded again';
  const metric = `a request after one grant changed, ${world}`;
  return [
    compared(`${metric}: time`, 'ms', other, side('wall'), target),
    compared(`${metric}: CPU of the node`, 'ms', other, side('cpu'), target),
    compared(`${metric}: CPU of PostgreSQL`, 'ms', other, together, null),
    absolute(`a request after no change, ${world}: time`, 'ms', median(steady), null),
  ];
}

async function costOf(node: Node, invoice: string, postgres: () => number): Promise<Cost> {
  const [before, from, at] = [postgres(), process.cpuUsage(), performance.now()];
  await ask(node, invoice);
  const wall = performance.now() - at;
  const { user, system } = process.cpuUsage(from);
  const cost = { wall, cpu: (user + system) / 1000, postgres: postgres() - before };
  await node.store.keeper.settled();
  return cost;
}

async function ask({ documents }: Node, invoice: string): Promise<void> {
  const { name } = await documents.read(callerNamed(ASKING), 'Sales Invoice', invoice);
  assert.equal(name, invoice);
}

/** Of somebody else; whatever it was, it is different afterwards. */
async function changeOneGrant(connection: MigrationConnection): Promise<void> {
  await connection.query(
    `update doc."grant" set until = case when until is null then timestamp '2199-01-01' end
     where id = (select max(id) from doc."grant" where grantee_type = 'User'
       and grantee not in ('${ASKING}'))`,
  );
}
