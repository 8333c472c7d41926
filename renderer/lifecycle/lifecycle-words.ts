import type { TalliedTransition } from '../../core/sweep/phase-tally.ts';
import type {
  Lifecycle,
  LifecyclePhase,
  LifecycleTransition,
} from '../../core/trace/records/lifecycle.ts';
import type { Transition } from '../../core/trace/records/phases.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import type { SeenInBoth } from './with-swept.ts';

/** The name of a lifecycle: of its records, and of the field that holds their phases. */
export function nameOfLifecycle({ kind, field }: Lifecycle): string {
  return shownLine(`${kind}.${field}`);
}

function nameOf(phase: string | null, absent: string): string {
  return phase === null ? absent : shownLine(phase);
}

/** What a transition is, and whether it should be: `open to paid, not declared`. */
function describeWay({ from, to, verdict }: LifecycleTransition<Transition>): string {
  const judged = verdict === 'undeclared' ? ', not declared' : '';
  return `${nameOf(from, 'new')} to ${nameOf(to, 'gone')}${judged}`;
}

/**
 * A transition as a sentence, with what is seen of it up to a step.
 *
 * @param sweptSeeds the number of seeds of the sweep that is shown beside the run, if there is one.
 */
export function describeTransition(
  transition: LifecycleTransition<SeenInBoth>,
  cursor: number,
  sweptSeeds?: number,
): string {
  const { seen } = transition;
  const what = describeWay(transition);
  const times = seen?.steps.length ?? 0;
  const inSweep =
    sweptSeeds === undefined
      ? []
      : [`${timesOf(seen?.swept?.count ?? 0)} in ${formatPlural(sweptSeeds, 'seed')}`];
  if (!seen || times === 0) {
    const isDeclared = transition.verdict === 'undeclared' ? '' : 'declared, ';
    return [`${what}: ${isDeclared}never seen in this run`, ...inSweep].join(', ');
  }
  const soFar = seen.steps.countBefore(cursor + 1);
  return [
    `${what}: ${formatPlural(times, 'time')} in this run`,
    `${formatCount(soFar)} up to ${formatStepIndex(cursor)}`,
    ...inSweep,
  ].join(', ');
}

function timesOf(count: number): string {
  return count === 0 ? 'never' : formatPlural(count, 'time');
}

/** A transition as a sentence, with what is seen of it in a number of seeds. */
export function describeTransitionOfSweep(
  transition: LifecycleTransition<TalliedTransition>,
  seeds: number,
): string {
  const { seen } = transition;
  const what = describeWay(transition);
  if (!seen) return `${what}: declared, never seen in ${formatPlural(seeds, 'seed')}`;
  return [
    `${what}: ${formatPlural(seen.count, 'time')} in ${formatCount(seen.seeds)} of ${formatPlural(seeds, 'seed')}`,
    `first at ${formatStepIndex(seen.first.stepIndex)} of seed ${seen.first.seed}`,
  ].join(', ');
}

/** A phase as a sentence, with how often records of any seed entered it. */
export function describePhaseOfSweep(
  { name, isDeclared }: LifecyclePhase,
  entered: number,
): string {
  return [
    `${shownName(name)}${isDeclared === false ? ', not declared' : ''}`,
    entered === 0 ? 'never entered in any seed' : `entered ${formatPlural(entered, 'time')}`,
  ].join(', ');
}

/** A phase as a sentence. */
export function describePhase(
  { name, isDeclared }: LifecyclePhase,
  now: number | undefined,
  entered: number,
): string {
  return [
    `${shownName(name)}${isDeclared === false ? ', not declared' : ''}`,
    ...(now === undefined ? [] : [`${formatPlural(now, 'record')} at this step`]),
    entered === 0 ? 'never entered in this run' : `entered ${formatPlural(entered, 'time')}`,
  ].join(', ');
}
