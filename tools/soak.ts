/**
 * A long time under load: `npm run soak [-- --minutes=N] [-- --seed=N]`.
 *
 * Writers, readers and somebody who changes access work at once, by HTTP, on a demo of its own.
 * Each answer is compared with what the reference kernel says of a world that was in force between
 * the request and its answer, and memory has to stay what it is. Fails where an answer contradicts,
 * the server fails, memory grows, or too little of a kind was compared.
 */
import { parseArgs } from 'node:util';
import { randomFrom } from '../test/support/random.ts';
import { soak } from '../test/support/soak/soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0)) throw new Error('`--minutes` takes a number above 0');
if (!Number.isSafeInteger(seed)) throw new Error('`--seed` takes a whole number');
console.log(`Seed ${seed}. Starting a demo …`);
const { faults, table } = await soak({
  ...{ seconds: minutes * 60, random: randomFrom(seed) },
  ...{ password: 'a password that was said', tell: console.log },
});
console.log(`\n${table}\n`);
for (const fault of faults) console.log(`WRONG: ${fault}`);
console.log(`Seed ${seed}: ${faults.length} faults in ${minutes} minutes.`);
process.exitCode = faults.length === 0 ? 0 : 1;
