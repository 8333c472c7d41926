import { driveToEnd, type Driving } from '../engine/driving.ts';
import type { Run } from '../engine/run.ts';
import { LINE_CHARS_MAX } from '../limits.ts';
import type { Executed } from '../machine/executed.ts';
import type { AnyMachine } from '../machine/machine.ts';
import { diff } from '../value/diff.ts';
import { hashValue } from '../value/hash.ts';
import type { Value } from '../value/value.ts';
import { formatHeader, formatStep, type Runtime, type ShrunkFrom, type Step } from './format.ts';
import { TraceSeal } from './seal.ts';
import { checkHeaderSize, checkSizes } from './step-checks.ts';

/** The fewest characters of patches between two checkpoints. */
const CHECKPOINT_CHARS_MIN = 16_384;

/** The settings of a run that its trace states. */
export interface RunLabel {
  readonly scenario: string;
  readonly seed: bigint;
  readonly operationsMax: number;
  /** The name of the fault profile. */
  readonly faults: string;
  readonly sourceHash?: string;
  readonly runtime?: Runtime;
  readonly shrunkFrom?: ShrunkFrom;
}

/** What of an executed step goes to a trace, except checkpoints. */
export function recordStep(executed: Executed): Step {
  const { before, after, attempted, ...parts } = executed;
  const patch = diff(before as Value, after as Value);
  return {
    ...parts,
    patch,
    attempted: parts.outcome.kind === 'ok' ? [] : diff(before as Value, attempted as Value),
    ...(patch.length === 0 ? {} : { stateHash: hashValue(after as Value) }),
  };
}

/**
 * Turns a run into the lines of a trace. A checkpoint is written when the patches since the last
 * one have grown larger than the state: reading any state then costs about as much as reading the
 * state itself, and a trace is at most about twice as large as its patches.
 */
export class TraceRecorder {
  readonly #run: Run;
  readonly #header: string;
  readonly #seal = new TraceSeal();
  #steps = 0;
  #charsSinceCheckpoint = 0;
  #checkpointChars: number;

  /** @throws {OversizeError} when the initial state is beyond a limit of traces. */
  constructor(machine: AnyMachine, run: Run, label: RunLabel) {
    this.#run = run;
    const { initialState, initialFindings } = run.executor;
    const { scenario, seed, operationsMax, faults, ...optional } = label;
    this.#header = formatHeader({
      machine: machine.name,
      scenario,
      seed: seed.toString(),
      operationsMax,
      faults,
      ...optional,
      invariants: Object.keys(machine.invariants),
      rules: run.executor.rulesAsked,
      waivers: machine.waivers ?? {},
      initialState,
      initialHash: hashValue(initialState),
      initialFindings,
    });
    checkHeaderSize(this.#header);
    this.#checkpointChars = this.#header.length;
    this.#seal.add(this.#header);
  }

  /** The first line. */
  header(): string {
    return this.#header;
  }

  /**
   * The line of a step. Steps must be given in order.
   *
   * @throws {OversizeError} when it is beyond a limit of traces, which then end before it.
   */
  step(executed: Executed): string {
    const line = this.#lineOf(executed);
    this.#seal.add(line);
    this.#steps += 1;
    return line;
  }

  #lineOf(executed: Executed): string {
    const step = recordStep(executed);
    const line = formatStep(step);
    checkSizes(step, line);
    if (step.patch.length === 0) return line;
    this.#charsSinceCheckpoint += line.length;
    const enough = Math.max(CHECKPOINT_CHARS_MIN, this.#checkpointChars);
    if (this.#charsSinceCheckpoint < enough) return line;
    const withCheckpoint = formatStep({ ...step, checkpoint: { state: executed.after as Value } });
    // A state that is too large for one line is reached by its patches alone.
    if (withCheckpoint.length > LINE_CHARS_MAX) return line;
    this.#charsSinceCheckpoint = 0;
    this.#checkpointChars = withCheckpoint.length - line.length;
    return withCheckpoint;
  }

  /**
   * The last line, when the run is over or was stopped before its end.
   *
   * @param options.isBroken the run cannot go on, and its scenario is not asked for tallies.
   */
  end({ isStopped = false, isBroken = false } = {}): string {
    const { operations, checks } = this.#run;
    const { tallies, sometimes } = isBroken ? { tallies: {}, sometimes: {} } : this.#run;
    const counts = { steps: this.#steps, operations, tallies, sometimes, checks };
    return this.#seal.close(isStopped ? { ...counts, isStopped } : counts);
  }
}

/**
 * Executes a run to its end, and passes on the lines of its trace as they are made.
 *
 * @param write is given each line, without a line break.
 * @returns `false` when a pulse stopped it; the last line says so.
 * @throws {ScenarioError} when the scenario throws, and whatever else breaks the run, such as an
 * {@link OversizeError} of a step; the lines until then are a whole trace of a run that was stopped.
 */
export async function recordRun(
  { machine, run, label }: RecordedRun,
  write: (line: string) => void,
  { observe, ...driving }: Driving = {},
): Promise<boolean> {
  const recorder = new TraceRecorder(machine, run, label);
  write(recorder.header());
  try {
    const isOver = await driveToEnd(run, {
      ...driving,
      observe: (step) => {
        write(recorder.step(step));
        observe?.(step);
      },
    });
    write(recorder.end({ isStopped: !isOver }));
    return isOver;
  } catch (error) {
    run.close();
    write(recorder.end({ isStopped: true, isBroken: true }));
    throw error;
  }
}

/** A run to be recorded. */
export interface RecordedRun {
  readonly machine: AnyMachine;
  readonly run: Run;
  readonly label: RunLabel;
}
