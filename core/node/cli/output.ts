import pc from 'picocolors';
import type { Problem } from '../../api/contract.ts';
import type { Finding } from '../../machine/executed.ts';
import { RULES, type RuleName } from '../../machine/rules.ts';
import { causesOf, type Cause } from '../../trace/causes.ts';
import { toProblem } from '../problem-error.ts';

/** How a command ended, as its exit code. */
export const EXIT = {
  /** Done, and nothing found. */
  done: 0,
  /** Done, with a finding or a difference. */
  found: 1,
  /** Wrong usage or bad input. */
  refused: 2,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ours alone: a machine that prints must not mix into the answer. */
const writeOut = process.stdout.write.bind(process.stdout);

/** Sends to standard error what anything else prints on standard output. */
export function keepStandardOutput(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** Prints the one JSON document of a command. */
export function printJson(document: unknown): void {
  writeOut(`${JSON.stringify(document, null, 2)}\n`);
}

/** Prints a line for people. */
export function printLine(text = ''): void {
  writeOut(`${text}\n`);
}

/** Prints rows of two columns, the first as wide as it must be. */
export function printTable(rows: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) printLine(`  ${pc.dim(name.padEnd(width))}  ${value}`);
}

/** A count with its digits in groups: 10 000. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US').replaceAll(',', ' ');
}

/** How many causes people are shown; JSON holds all findings. */
const CAUSES_SHOWN_MAX = 10;

/** Prints findings for people: the first one of each cause, and how often it came. */
export function printFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) {
    printLine(pc.green('No findings.'));
    return;
  }
  const causes = causesOf(findings);
  const count = formatCount(findings.length);
  const noun = findings.length === 1 ? 'finding' : 'findings';
  const of = causes.length === findings.length ? '' : `, of ${formatCount(causes.length)} causes`;
  printLine(pc.red(`${count} ${noun}${of}:`));
  for (const cause of causes.slice(0, CAUSES_SHOWN_MAX)) printCause(cause);
  const hidden = causes.length - CAUSES_SHOWN_MAX;
  if (hidden > 0) printLine(pc.dim(`  … and ${formatCount(hidden)} more causes; --json has them`));
}

function printCause({ first, count }: Cause): void {
  const { stepIndex, kind, name, message, expected, actual, source, shape } = first;
  const place = stepIndex < 0 ? 'initial state' : `step ${formatCount(stepIndex)}`;
  const more = count === 1 ? '' : `, and ${formatCount(count - 1)} more`;
  printLine(`  ${pc.bold(`${kind}: ${name}`)}  ${pc.dim(`${place}${more}; ${shape}`)}`);
  printLine(`    ${message}${source ? pc.dim(` (${source})`) : ''}`);
  if (expected !== undefined) printLine(pc.dim(`    expected: ${expected}`));
  if (actual !== undefined) printLine(pc.dim(`    came:     ${actual}`));
  if (kind === 'rule') printLine(pc.dim(`    cure:     ${RULES[name as RuleName].cure}`));
}

/** Tells a problem and answers the exit code for it. */
export function refuse(error: unknown, asJson: boolean): ExitCode {
  const problem: Problem = toProblem(error, 'The command failed');
  if (asJson) printJson({ error: problem });
  process.stderr.write(`${pc.red('error:')} ${problem.title}\n`);
  if (problem.details) process.stderr.write(`${pc.dim(problem.details)}\n`);
  if (problem.remedy) process.stderr.write(`${problem.remedy}\n`);
  return EXIT.refused;
}

/** Shows on standard error how far a long command is, when a person is looking. */
export class ProgressLine {
  readonly #isShown = process.stderr.isTTY;

  show(text: string): void {
    if (this.#isShown) process.stderr.write(`\r\u001b[2K${pc.dim(text)}`);
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[2K');
  }
}
