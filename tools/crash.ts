/**
 * Crashes under load: `npm run crash [-- --times=N] [-- --seed=N]`.
 *
 * Four writers make, change, submit and remove invoices, while the server or its PostgreSQL is
 * killed at a random moment. After each crash everything that was acknowledged has to be there, no
 * document may be half there, and the audit log and the history have to say the same.
 */
import { parseArgs } from 'node:util';
import { crashDemo } from '../test/support/crash/crash.ts';
import { randomFrom } from '../test/support/random.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const [times, seed] = [Number(values.times), Number(values.seed)];
if (!Number.isSafeInteger(times) || times < 1) throw new Error('`--times` takes a whole number');
if (!Number.isSafeInteger(seed)) throw new Error('`--seed` takes a whole number');
console.log(`Seed ${seed}. Starting a demo …`);
const { crashes, acknowledged, faults } = await crashDemo(times, randomFrom(seed), console.log);
for (const fault of faults) console.log(`WRONG: ${fault}`);
const { server, postgres } = crashes;
console.log(
  `The server was killed ${server} times and PostgreSQL ${postgres} times under ` +
    `${acknowledged} acknowledged writes: ${faults.length} faults.`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
