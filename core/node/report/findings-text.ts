import type { Finding } from '../../machine/finding.ts';
import { formatCount, formatPlural, formatMore } from '../../text/quantities.ts';
import { causesOf, type Cause } from '../../trace/causes.ts';
import { factsOf, sourceOf, type Explained } from '../../trace/words/finding-facts.ts';
import { printIndented, printLine, style, type Piece } from './print.ts';

/** How many causes are printed; --json lists all findings. */
const CAUSES_SHOWN_MAX = 10;

/**
 * Prints the first finding of each cause, and how many there are.
 *
 * @param brokenAfter the steps of a run that broke: that nothing was found says little then.
 */
export function printFindings(findings: readonly Finding[], brokenAfter?: number): void {
  if (findings.length === 0) {
    printLine(brokenAfter === undefined ? style.green('No findings.') : noneUntil(brokenAfter));
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

function noneUntil(steps: number): Piece {
  const none = steps === 0 ? 'No step ended' : `No findings in ${formatPlural(steps, 'step')}`;
  return style.yellow(`${none}: the run broke before its end.`);
}

function printCause({ first, count }: Cause): void {
  const { stepIndex, kind, name, shape } = first;
  const place = stepIndex < 0 ? 'initial state' : `step ${formatCount(stepIndex)}`;
  const more = count === 1 ? '' : `, and ${formatCount(count - 1)} more`;
  printLine('  ', style.bold(`${kind}: ${name}`), '  ', style.dim(`${place}${more}; ${shape}`));
  printExplanation(first);
}

/** Prints the message of a finding, with its place in the source if that is known. */
export function printMessage(
  indent: string,
  finding: Pick<Explained, 'message' | 'source' | 'predicate'>,
): void {
  const { message } = finding;
  const source = sourceOf(finding);
  printIndented(indent, message, source === undefined ? '' : style.dim(` (${source})`));
}

/** Prints the message of a finding, its likely cause and its usual cure, below its title. */
export function printExplanation(finding: Explained): void {
  printMessage('    ', finding);
  const facts = factsOf(finding);
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, text] of facts)
    printLine(style.dim(`    ${`${name}:`.padEnd(width + 1)} ${text}`));
}
