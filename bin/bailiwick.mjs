#!/usr/bin/env node
/** The command line from any folder: `npx bailiwick ...`. Prepares the clone, then runs main.ts. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepareOrExit, ROOT } from '../tools/launch/prepare.mjs';

const words = process.argv.slice(2);
const node = await prepareOrExit('bailiwick', words);
const child = spawn(node, [join(ROOT, 'src', 'main.ts'), ...words], { stdio: 'inherit' });

// Ctrl-C in a terminal reaches the child by itself, other signals do not. It may get one twice,
// as it does under npm, and treats a second one like the first.
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const forward = (signal) => child.kill(signal);
for (const signal of SIGNALS) process.on(signal, forward);

child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 3;
});
child.once('exit', (code, signal) => {
  for (const name of SIGNALS) process.removeListener(name, forward);
  // Whoever waits for us must see the same end.
  if (signal !== null) process.kill(process.pid, signal);
  else process.exitCode = code;
});
