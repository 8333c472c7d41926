import { formatCount } from '../../text/quantities.ts';
import { cutText, showDifferent } from '../../text/visible.ts';
import type { Step, StepPart } from '../../trace/format.ts';
import type { Difference } from '../../trace/verify.ts';
import { valueAt } from '../../value/container.ts';
import { diff } from '../../value/diff.ts';
import { toLiteral } from '../../value/literal.ts';
import { applyPatches, type Change } from '../../value/patch.ts';
import { formatPath, type Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import { printLine, style } from './print.ts';

/** The most characters of a value that are printed; --json has the whole step. */
const VALUE_CHARS_MAX = 400;

/** The parts of a step that say how the state was changed. */
const STATE_PARTS: readonly StepPart[] = ['patch', 'stateHash'];

/** Both sides of a difference, as far as they are states. */
export interface States {
  /** The state that the step began with, in both executions. */
  readonly before: () => Value;
  readonly initialExpected: Value;
  readonly initialActual: Value;
}

/** Prints where an execution differs from its recording: the first place of each part. */
export function printDifference(difference: Difference, states: States): void {
  if (difference.kind === 'initialState') {
    printLine(style.red('The initial state differs.'));
    printPlaces([], states.initialExpected, states.initialActual);
    return;
  }
  if (difference.kind === 'header') {
    printLine(style.red('The header differs.'));
    printPlaces([difference.part], difference.expected, difference.actual);
    return;
  }
  const { stepIndex, fields, expected, actual } = difference;
  const names = [...new Set(fields.map(nameOf))];
  printLine(style.red(`Step ${formatCount(stepIndex)} differs in ${names.join(', ')}.`));
  for (const name of names) {
    if (name === 'state') {
      const before = states.before();
      printPlaces(['state'], afterStep(before, expected), afterStep(before, actual));
    } else printPlaces([name], expected[name] as Value, actual[name] as Value);
  }
}

/** What a part is called here: its field, or what all fields about the state have in common. */
function nameOf(field: StepPart): StepPart | 'state' {
  return STATE_PARTS.includes(field) ? 'state' : field;
}

function afterStep(before: Value, { patch }: Step): Value {
  return applyPatches(before, [patch]);
}

function printPlaces(root: Path, expected: Value, actual: Value): void {
  const changes = diff(expected, actual);
  const [first] = changes;
  if (!first) return;
  const path = placeOf(first);
  const [due, came] = showDifferent(textAt(expected, path), textAt(actual, path));
  printLine('  ', style.bold(formatPath([...root, ...path])));
  printLine('    expected  ', cutText(due, VALUE_CHARS_MAX));
  printLine('    actual    ', cutText(came, VALUE_CHARS_MAX));
  const more = changes.length - 1;
  if (more > 0) printLine(style.dim(`    … and ${formatCount(more)} more; --json has them`));
}

function placeOf(change: Change): Path {
  return change.kind === 'spliced' ? [...change.path, change.index] : change.path;
}

function textAt(root: Value, path: Path): string {
  const found = valueAt(root, path);
  return found.found ? toLiteral(found.value) : 'nothing';
}
