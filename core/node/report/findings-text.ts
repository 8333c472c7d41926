import type { CaughtFailure, Finding } from '../../machine/finding.ts';
import { adviceOn } from '../../machine/rules.ts';
import { formatCount, formatPlural, formatMore } from '../../text/quantities.ts';
import { causesOf, type Cause } from '../../trace/causes.ts';
import { printIndented, printLine, style } from './print.ts';

/** Returns the place of a finding for the end of a sentence. */
export function placeOf(stepIndex: number): string {
  return stepIndex < 0 ? 'in the initial state' : `at step ${formatCount(stepIndex)}`;
}

/** How many causes are printed; --json lists all findings. */
const CAUSES_SHOWN_MAX = 10;

/** Prints the first finding of each cause, and how many there are. */
export function printFindings(findings: readonly Finding[]): void {
  if (findings.length === 0) {
    printLine(style.green('No findings.'));
    return;
  }
  const causes = causesOf(findings);
  const of =
    causes.length === findings.length ? '' : `, of ${formatPlural(causes.length, 'cause')}`;
  printLine(style.red(`${formatPlural(findings.length, 'finding')}${of}:`));
  for (const cause of causes.slice(0, CAUSES_SHOWN_MAX)) printCause(cause);
  const hidden = causes.length - CAUSES_SHOWN_MAX;
  if (hidden > 0) printLine(style.dim(`  … and ${formatMore(hidden, 'cause')}; --json lists them`));
}

function printCause({ first, count }: Cause): void {
  const { stepIndex, kind, name, shape } = first;
  const place = stepIndex < 0 ? 'initial state' : `step ${formatCount(stepIndex)}`;
  const more = count === 1 ? '' : `, and ${formatCount(count - 1)} more`;
  printLine('  ', style.bold(`${kind}: ${name}`), '  ', style.dim(`${place}${more}; ${shape}`));
  printExplanation(first);
}

/** What a finding of a run and one of a sweep have in common. */
export interface Explained extends Pick<Finding, 'kind' | 'name' | 'message'> {
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  readonly source?: string | undefined;
  readonly caught?: CaughtFailure | undefined;
}

/** Prints the message of a finding, its likely cause and its usual cure, below its title. */
export function printExplanation(finding: Explained): void {
  const { message, source } = finding;
  printIndented('    ', message, source ? style.dim(` (${source})`) : '');
  const facts = factsOf(finding);
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, text] of facts)
    printLine(style.dim(`    ${`${name}:`.padEnd(width + 1)} ${text}`));
}

/** Returns the facts about a finding besides its message, by name. */
export function factsOf(finding: Explained): readonly (readonly [name: string, text: string])[] {
  const { expected, actual } = finding;
  const { likelyCause, cure } = namedAdviceOn(finding);
  const facts = { expected, came: actual, 'likely cause': likelyCause, 'usual cure': cure };
  return Object.entries(facts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
}

/** The likely cause of a finding and its usual cure, under their names in JSON. */
interface NamedAdvice {
  readonly likelyCause?: string;
  readonly cure?: string;
}

/** Adds the likely cause and the usual cure to a finding, for JSON. */
export function withAdvice<T extends Explained>(finding: T): T & NamedAdvice {
  return { ...finding, ...namedAdviceOn(finding) };
}

function namedAdviceOn(finding: Explained): NamedAdvice {
  const advice = adviceOn(finding);
  return advice ? { likelyCause: advice.cause, cure: advice.cure } : {};
}
