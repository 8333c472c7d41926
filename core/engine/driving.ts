import type { Guard } from '../isolation/guard.ts';
import type { Executed } from '../machine/executed.ts';
import type { Finding } from '../machine/finding.ts';
import { MORE_TIME } from '../machine/rules.ts';
import { formatTime } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';
import type { Run } from './run.ts';
import { scenarioOverran } from './scenario-guard.ts';
import type { Beat, Overrun, StepWatch } from './step-watch.ts';

/** At most this many steps pass between two pulses, and fewer when they take longer than the slice. */
const STEPS_PER_PULSE_MAX = 100;
const SLICE_MS_MAX = 50;

/**
 * Called now and then during an execution, with the number of steps since the last call. Returns
 * whether to go on; it may return to the event loop, so that messages come in.
 */
export type Pulse = (steps: number) => boolean | Promise<boolean>;

/** How a run is watched and stopped. */
export interface Driving {
  /** Called with each step. */
  readonly observe?: (step: Executed) => void;
  readonly pulse?: Pulse;
  /** Steps between two pulses, at most; 1 where each step may take long. */
  readonly stepsPerPulseMax?: number;
}

/** Something that is executed in slices: a run, or the verification of a run. */
export interface Drivable {
  /** Steps executed so far. */
  readonly steps: number;
  /**
   * Executes up to `stepsMax` more steps; returns whether there may be more to come.
   *
   * @param stir called while a step takes long without standing still.
   */
  advance(
    stepsMax: number,
    observe?: (step: Executed) => void,
    stir?: () => void,
  ): boolean | Promise<boolean>;
  close(): void;
  /** Notices when a step does not end. Without it, nobody does. */
  readonly watch: StepWatch | undefined;
  /**
   * Ends the execution at the step that did not end.
   *
   * @throws {ScenarioError} when it was the scenario that did not end.
   */
  overrun(overrun: Overrun, observe?: (step: Executed) => void): void;
}

/** Thrown for a run that does not come to its first step. */
export class BeginningError extends SelfExplainingError {
  override readonly name = 'BeginningError';
}

/**
 * Begins a run within the time that a step may take: the initial state of a machine and the start of a scenario
 * are the author's code as well, and need not come to an end.
 *
 * @param guard is left by code that is ended.
 * @throws {BeginningError} when it does not, with the author's line.
 */
export async function beginWithin<Begun>(
  { watch, guard }: { readonly watch?: StepWatch | undefined; readonly guard?: Guard | undefined },
  begin: () => Begun,
): Promise<Begun> {
  if (!watch) return begin();
  const begun = await watch.over(async (beat) => {
    beat.isStepping = true;
    return begin();
  });
  if (begun.kind === 'ended') return begun.value;
  guard?.abandon();
  const { limitMs, source } = begun.overrun;
  const place = source === undefined ? '' : `, at ${source}`;
  throw new BeginningError(
    `The run did not begin within ${formatTime(limitMs)}${place}: \`initialState\` of the machine or \`start\` of ` +
      `the scenario does not end. ${MORE_TIME}`,
  );
}

/**
 * Executes a run to its end, with pulses in between. A step that does not end is its last one.
 *
 * @returns `false` when a pulse stopped it; the run is closed then.
 * @throws {ScenarioError} when the scenario throws, or does not end.
 */
export async function driveToEnd(run: Drivable, driving: Driving = {}): Promise<boolean> {
  const { watch } = run;
  if (!watch) return drive(run, driving, UNWATCHED);
  const driven = await watch.over((beat) => drive(run, driving, beat));
  if (driven.kind === 'ended') return driven.value;
  run.overrun(driven.overrun, driving.observe);
  await driving.pulse?.(1);
  return true;
}

const UNWATCHED: Beat = { step() {}, isStepping: false };

async function drive(
  run: Drivable,
  { observe, pulse = () => true, stepsPerPulseMax: stepsMax = STEPS_PER_PULSE_MAX }: Driving,
  beat: Beat,
): Promise<boolean> {
  let slice = 1;
  const observed = (step: Executed) => {
    // What others make of a step, such as a line of a trace, is not the machine's time.
    beat.isStepping = false;
    observe?.(step);
    beat.step();
    beat.isStepping = true;
  };
  const stir = () => beat.step();
  for (let hasMore = true, reported = 0; hasMore; reported = run.steps) {
    const startMs = performance.now();
    beat.isStepping = true;
    const advanced = run.advance(slice, observed, stir);
    hasMore = typeof advanced === 'boolean' ? advanced : await advanced;
    beat.isStepping = false;
    const isQuick = performance.now() - startMs < SLICE_MS_MAX;
    const pulsed = pulse(run.steps - reported);
    const goesOn = typeof pulsed === 'boolean' ? pulsed : await pulsed;
    if (!goesOn && hasMore) {
      run.close();
      return false;
    }
    slice = isQuick ? Math.min(stepsMax, slice * 2) : 1;
  }
  return true;
}

/**
 * Asks the scenario of a run that is over what it makes of it, within the time that a step may take.
 *
 * @throws {ScenarioError} when the scenario throws, or does not end.
 */
export async function sumUp(run: Run): Promise<void> {
  const { watch } = run;
  if (!watch) return run.sumUp();
  const summed = await watch.over(async (beat) => {
    beat.isStepping = true;
    run.sumUp();
  });
  if (summed.kind === 'overran') throw scenarioOverran(summed.overrun);
}

/**
 * Executes a run until a step matches, and closes the run.
 *
 * @returns that step; `undefined` when the run ended before, or a pulse stopped it.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function driveToStep(
  run: Run,
  isWanted: (step: Executed) => boolean,
  { observe, pulse = () => true, ...driving }: Driving = {},
): Promise<{ readonly step?: Executed; readonly isStopped: boolean }> {
  let found: Executed | undefined;
  try {
    const isOver = await driveToEnd(run, {
      ...driving,
      observe: (step) => {
        observe?.(step);
        if (!isWanted(step)) return;
        found = step;
        run.pause();
      },
      pulse: (steps) => (found === undefined ? pulse(steps) : false),
    });
    return found ? { step: found, isStopped: false } : { isStopped: !isOver };
  } finally {
    run.close();
  }
}

/**
 * Executes a run until its first finding that matches, and closes the run. A finding of the initial
 * state counts; no step is executed then.
 *
 * @throws {ScenarioError} when the scenario throws.
 */
export async function driveToFinding(
  run: Run,
  isMeant: (finding: Finding) => boolean,
  driving: Driving = {},
): Promise<{ readonly finding?: Finding; readonly isStopped: boolean }> {
  const initial = run.executor.initialFindings.find(isMeant);
  if (initial) {
    run.close();
    return { finding: initial, isStopped: false };
  }
  const { step, isStopped } = await driveToStep(
    run,
    ({ findings }) => findings.some(isMeant),
    driving,
  );
  const finding = step?.findings.find(isMeant);
  return finding ? { finding, isStopped } : { isStopped };
}
