/**
 * What certainty costs in rows: lists, single documents, counts and sums over two million invoices
 * and a quarter of a million payslips, for people who may see few of them, many, and all. Ours is
 * what a request's read is made of: session, claim, epoch, the kernel's condition and row-level
 * security, in one transaction. Against it stands the best query written by hand with that
 * person's scope as constants, by a login that no policy binds, in the same kind of transaction.
 */
import { Database } from '../src/store/database.ts';
import type { MigrationConnection } from '../src/store/migrate/migration-connection.ts';
import { type Bench, measure, rowsReached } from './rows/measure.ts';
import { namesFor } from './rows/names.ts';
import {
  ALL_OF_HR,
  BROAD,
  EVERY,
  HALF_OF_HR,
  MIDDLE,
  NARROW,
  ONE_EMPLOYEE,
  type Person,
} from './rows/people.ts';
import { INVOICES, KINDS, type Kind, SLIPS, type Subject } from './rows/questions.ts';
import { addRows, sizeOf } from './rows/world.ts';
import { absolute, type Benchmark, type Result } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation } from './support/installation.ts';
import { closePools, nodeOn, poolsOn } from './support/node.ts';
import { cpuOfTree } from './support/processes.ts';

/** The most CPU of ours for one of the hand-written query's. */
const TARGETS: Readonly<Record<Kind, number>> = {
  'list of 25': 2,
  get: 2,
  count: 2.5,
  'sum by month': 2,
};
/** Of whoever may see all of it, the target is the same for everything. */
const TARGET_OF_ALL = 1.3;

const ASKED: readonly (readonly [Subject, readonly Person[]])[] = [
  [INVOICES, [NARROW, MIDDLE, BROAD, EVERY]],
  [SLIPS, [ONE_EMPLOYEE, HALF_OF_HR, ALL_OF_HR]],
];

export const benchmark: Benchmark = {
  seed: 1,
  run: async (context) => {
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    const pools = poolsOn(installation.app);
    const bare = new Database(installation.superuser, 1);
    try {
      const settings = await durabilityOf(connection);
      context.log(`fsync ${settings['fsync']}, full_page_writes ${settings['full_page_writes']}`);
      const size = sizeOf(context.scale);
      await addRows(connection, size, context.log);
      const bench: Bench = {
        store: nodeOn(pools).store,
        bare,
        postgresCpu: () => cpuOfTree(installation.postgresPid),
      };
      const results: Result[] = [
        absolute('invoices', 'rows', size.invoices, null),
        absolute('payslips', 'rows', size.slips, null),
      ];
      for (const [subject, people] of ASKED) {
        for (const person of people) {
          context.log(`${subject.doctype}, ${person.name}`);
          results.push(...(await measurePerson(bench, connection, subject, person)));
        }
      }
      return { settings, versions: { postgresql: installation.postgresVersion }, results };
    } finally {
      await closePools(pools);
      await bare.close();
      await connection.close();
      await installation.stop();
    }
  },
};

async function measurePerson(
  bench: Bench,
  connection: MigrationConnection,
  subject: Subject,
  person: Person,
): Promise<Result[]> {
  const names = await namesFor(connection, subject, person);
  const results: Result[] = [];
  for (const kind of KINDS) {
    const question = { kind, subject, person, names };
    if (kind === KINDS[0]) results.push(await rowsReached(bench, question));
    await bench.store.keeper.settled();
    const reachesAll = person.companies === null && person.employee === null;
    const target = reachesAll ? TARGET_OF_ALL : TARGETS[kind];
    results.push(...(await measure(bench, question, target)));
  }
  return results;
}
