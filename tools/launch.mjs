/**
 * Prepares the clone for a purpose and prints the path of the Node.js to go on with, and nothing
 * else, on standard output. Plain JavaScript without dependencies: it runs before anything is
 * installed, on any Node.js from 20 on.
 */
import { prepareOrExit } from './launch/prepare.mjs';

const [purpose, ...words] = process.argv.slice(2);
process.stdout.write(`${await prepareOrExit(purpose, words)}\n`);
