import type { Lifecycle, LifecyclePhase, LifecycleTransition } from '../../core/trace/lifecycle.ts';
import type { SeenTransition } from '../session/transitions.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';

/** The name of a lifecycle: of its records, and of the field that holds their phases. */
export function nameOfLifecycle({ kind, field }: Lifecycle): string {
  return shownLine(`${kind}.${field}`);
}

function nameOf(phase: string | null, absent: string): string {
  return phase === null ? absent : shownLine(phase);
}

/** A transition as a sentence, with what is seen of it up to a step. */
export function describeTransition(
  { from, to, verdict, seen }: LifecycleTransition<SeenTransition>,
  cursor: number,
): string {
  const what = `${nameOf(from, 'new')} to ${nameOf(to, 'gone')}`;
  if (verdict === 'neverSeen' || !seen) return `${what}: declared, never seen in this run`;
  const soFar = seen.steps.countBefore(cursor + 1);
  const judged = verdict === 'undeclared' ? ', not declared' : '';
  return [
    `${what}${judged}: ${formatPlural(seen.steps.length, 'time')} in this run`,
    `${formatCount(soFar)} up to ${formatStepIndex(cursor)}`,
  ].join(', ');
}

/** A phase as a sentence. */
export function describePhase(
  { name, isDeclared }: LifecyclePhase,
  now: number | undefined,
  entered: number,
): string {
  return [
    `${shownLine(name)}${isDeclared === false ? ', not declared' : ''}`,
    ...(now === undefined ? [] : [`${formatPlural(now, 'record')} at this step`]),
    entered === 0 ? 'never entered in this run' : `entered ${formatPlural(entered, 'time')}`,
  ].join(', ');
}
