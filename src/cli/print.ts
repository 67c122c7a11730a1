/** Results on the terminal: JSON where asked for, lines for people. */

/** Prints a value: lines as they are, everything else as indented JSON. */
export function print(value: unknown, asJson: boolean | undefined): void {
  if (asJson) process.stdout.write(`${JSON.stringify(value)}\n`);
  else if (Array.isArray(value) && value.every((line) => typeof line === 'string')) {
    process.stdout.write(`${value.join('\n')}\n`);
  } else process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
