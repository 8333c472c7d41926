import { formatCount, formatPlural } from '../../text/quantities.ts';
import { showDifferent } from '../../text/visible.ts';
import { comparedFindings } from '../../trace/compare/differing-parts.ts';
import type { Difference } from '../../trace/compare/verify.ts';
import type { Step, StepPart } from '../../trace/format/format.ts';
import {
  describeSurrounding,
  differingSurroundings,
  wordOfSurrounding,
} from '../../trace/words/surroundings-words.ts';
import { differingPlaces, type DifferingPlaces } from '../../value/differing-places.ts';
import { applyPatches } from '../../value/patch.ts';
import { formatPath, type Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import { printLine, style } from './print.ts';

/** The parts of a step that say how the state was changed. */
const STATE_PARTS: readonly StepPart[] = ['patch', 'stateHash'];

/**
 * Prints where an execution differs from its recording: the first place of each part.
 *
 * @param stateBefore gives the state that the step began with, in both executions.
 */
export function printDifference(difference: Difference, stateBefore: () => Value): void {
  if (difference.kind === 'initialState') {
    printLine(style.red(INITIAL_STATES_DIFFER));
    printFirst(difference.states, placeInState);
    return;
  }
  if (difference.kind === 'header') {
    printLine(style.red('The header differs.'));
    printPlaces([difference.part], difference.expected, difference.actual);
    return;
  }
  const { stepIndex, fields, expected, actual } = difference;
  const names = namesOf(fields);
  printLine(style.red(`${describeShared(stepIndex)} ${describeDiffering(stepIndex, fields)}`));
  for (const name of names) {
    if (name === 'state') {
      const before = stateBefore();
      printPlaces(['state'], afterStep(before, expected), afterStep(before, actual));
    } else printPlaces([name], expected[name] as Value, actual[name] as Value);
  }
}

/** What is said of two runs that begin with different states. */
export const INITIAL_STATES_DIFFER = 'The initial states differ.';

/** How far two runs are the same: "The first 41 steps are the same." */
export function describeShared(steps: number): string {
  if (steps === 0) return 'They differ from the first step on.';
  return steps === 1
    ? 'The first step is the same.'
    : `The first ${formatPlural(steps, 'step')} are the same.`;
}

/** In what a step of two runs differs: "Step 41 went differently: outcome, state." */
function describeDiffering(stepIndex: number, parts: readonly StepPart[]): string {
  return `Step ${formatCount(stepIndex)} went differently: ${namesOf(parts).join(', ')}.`;
}

/** In what the steps of a pair differ: "outcome, state"; where only their surroundings do, these: "fault, outcome". */
export function differingNames({ parts, steps: [a, b] }: DifferingSteps): readonly string[] {
  const surroundings = differingSurroundings(a.operation, b.operation).map(wordOfSurrounding);
  return namesOf(parts).flatMap((name) =>
    name === 'operation' && surroundings.length > 0 ? [...new Set(surroundings)] : [name],
  );
}

/** Two steps of the same operation in two runs, and in what they differ. */
export interface DifferingSteps {
  readonly parts: readonly StepPart[];
  readonly steps: readonly [Step, Step];
}

/** Prints in what two steps of two runs differ, which are called A and B: the first place of each part. */
export function printDifferingSteps(
  { parts, steps: [a, b] }: DifferingSteps,
  states: readonly [Value, Value],
): void {
  const surroundings = differingSurroundings(a.operation, b.operation);
  for (const name of namesOf(parts)) {
    if (name === 'state') printPlaces(['state'], ...states, SIDES);
    else if (name === 'operation' && surroundings.length > 0) {
      for (const one of surroundings) {
        const words = [a, b].map(({ operation }) => describeSurrounding(operation, one));
        printSides(wordOfSurrounding(one), [words[0] ?? '', words[1] ?? ''], SIDES);
      }
    } else printPlaces([name], comparedPart(a, name), comparedPart(b, name), SIDES);
  }
}

function comparedPart(step: Step, name: StepPart): Value {
  return name === 'findings' ? comparedFindings(step.findings) : (step[name] as Value);
}

const SIDES = ['A', 'B'] as const;
/** The sides of a verification. */
const EXECUTIONS = ['recorded', 'executed'] as const;

/** What differs, in the words of the command line. */
function namesOf(parts: readonly StepPart[]): readonly (StepPart | 'state')[] {
  return [...new Set(parts.map(nameOf))];
}

/** What a part is called here: its field, or what all fields about the state have in common. */
function nameOf(field: StepPart): StepPart | 'state' {
  return STATE_PARTS.includes(field) ? 'state' : field;
}

function afterStep(before: Value, { patch }: Step): Value {
  return applyPatches(before, [patch]);
}

function printPlaces(
  root: Path,
  expected: Value,
  actual: Value,
  sides: readonly [string, string] = EXECUTIONS,
): void {
  printFirst(differingPlaces(expected, actual, 1, root), (path) => path, sides);
}

/** A place of the state in the words of a step's: `state.rooms[7]`. */
function placeInState(path: string): string {
  if (path === formatPath([])) return 'state';
  return path.startsWith('[') ? `state${path}` : `state.${path}`;
}

function printFirst(
  { places: [first, ...others], more }: DifferingPlaces,
  shownAs: (path: string) => string = (path) => path,
  sides: readonly [string, string] = EXECUTIONS,
): void {
  if (!first) return;
  printSides(shownAs(first.path), showDifferent(first.expected, first.actual), sides);
  const hidden = others.length + more;
  if (hidden > 0) printLine(style.dim(`    … and ${formatCount(hidden)} more; --json has them`));
}

function printSides(
  title: string,
  [due, came]: readonly [string, string],
  [one, other]: readonly [string, string],
): void {
  printLine('  ', style.bold(title));
  const width = Math.max(one.length, other.length) + 2;
  printLine(`    ${one.padEnd(width)}`, due);
  printLine(`    ${other.padEnd(width)}`, came);
}
