import pc from 'picocolors';
import type { CaughtFailure, Finding } from '../../machine/executed.ts';
import { adviceOn } from '../../machine/rules.ts';
import { formatCount } from '../../text/quantities.ts';
import { causesOf, type Cause } from '../../trace/causes.ts';
import { printLine } from './print.ts';

/** Where a finding is, at the end of a sentence. */
export function placeOf(stepIndex: number): string {
  return stepIndex < 0 ? 'in the initial state' : `at step ${formatCount(stepIndex)}`;
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
  const sorts = causes.length === 1 ? 'cause' : 'causes';
  const of = causes.length === findings.length ? '' : `, of ${formatCount(causes.length)} ${sorts}`;
  printLine(pc.red(`${count} ${noun}${of}:`));
  for (const cause of causes.slice(0, CAUSES_SHOWN_MAX)) printCause(cause);
  const hidden = causes.length - CAUSES_SHOWN_MAX;
  if (hidden > 0) printLine(pc.dim(`  … and ${formatCount(hidden)} more causes; --json has them`));
}

function printCause({ first, count }: Cause): void {
  const { stepIndex, kind, name, shape } = first;
  const place = stepIndex < 0 ? 'initial state' : `step ${formatCount(stepIndex)}`;
  const more = count === 1 ? '' : `, and ${formatCount(count - 1)} more`;
  printLine(`  ${pc.bold(`${kind}: ${name}`)}  ${pc.dim(`${place}${more}; ${shape}`)}`);
  printExplanation(first);
}

/** What a finding says of itself, wherever it was found. */
export interface Explained extends Pick<Finding, 'kind' | 'name' | 'message'> {
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  readonly source?: string | undefined;
  readonly caught?: CaughtFailure | undefined;
}

/** Prints below the title of a finding what happened, what that often means, and what cures it. */
export function printExplanation(finding: Explained): void {
  const { message, source } = finding;
  printLine(`    ${message}${source ? pc.dim(` (${source})`) : ''}`);
  const facts = factsOf(finding);
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, text] of facts)
    printLine(pc.dim(`    ${`${name}:`.padEnd(width + 1)} ${text}`));
}

/** What there is to know of a finding beside its message, by name. */
export function factsOf(finding: Explained): readonly (readonly [name: string, text: string])[] {
  const { expected, actual } = finding;
  const { likelyCause, cure } = namedAdviceOn(finding);
  const facts = { expected, came: actual, 'likely cause': likelyCause, 'usual cure': cure };
  return Object.entries(facts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
}

/** What a finding often means, and what cures it, as JSON has it. */
interface NamedAdvice {
  readonly likelyCause?: string;
  readonly cure?: string;
}

/** A finding for JSON, with what it often means, and what cures it. */
export function withAdvice<T extends Explained>(finding: T): T & NamedAdvice {
  return { ...finding, ...namedAdviceOn(finding) };
}

function namedAdviceOn(finding: Explained): NamedAdvice {
  const advice = adviceOn(finding);
  return advice ? { likelyCause: advice.cause, cure: advice.cure } : {};
}
