import pc from 'picocolors';

let writeOut = (text: string): unknown => process.stdout.write(text);

/**
 * Reserves standard output for the functions of this module. Output of anything else, such as a
 * machine, goes to standard error.
 */
export function keepStandardOutput(): void {
  writeOut = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** Prints the one JSON document of a command. */
export function printJson(document: unknown): void {
  writeOut(`${JSON.stringify(document, null, 2)}\n`);
}

/** Prints a line of text. */
export function printLine(text = ''): void {
  writeOut(`${text}\n`);
}

/** Prints rows of two aligned columns. */
export function printTable(rows: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) printLine(`  ${pc.dim(name.padEnd(width))}  ${value}`);
}
