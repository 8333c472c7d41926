import { driveToEnd, type Driving, sumUp } from '../engine/driving.ts';
import type { Run } from '../engine/run.ts';
import { LINE_CHARS_MAX } from '../limits.ts';
import type { Executed } from '../machine/executed.ts';
import type { AnyMachine } from '../machine/machine.ts';
import { diff } from '../value/diff.ts';
import { hashValue, type Digests } from '../value/hash.ts';
import type { Value } from '../value/value.ts';
import type { Fork } from './format/fork.ts';
import { formatHeader, formatStep, type Step } from './format/format.ts';
import type { Runtime, ShrunkFrom, TraceHeader } from './format/header.ts';
import { TraceSeal } from './format/seal.ts';
import { checkHeaderSize, checkSizes } from './step-checks.ts';
import { TraceIndex } from './trace-index.ts';
import type { Trace } from './trace.ts';

/** The fewest characters of patches between two checkpoints. */
const CHECKPOINT_CHARS_MIN = 16_384;
/**
 * The same for all lines, and how much larger than the state they are at least: where few steps change the
 * state, their patches lie far apart in the file, and a checkpoint is cheaper to find than many of them.
 */
const SPREAD_CHARS_MIN = 65_536;
const SPREAD_FACTOR = 8;

/** The settings of a run that its trace states. */
export interface RunLabel {
  readonly scenario: string;
  readonly seed: bigint;
  readonly operationsMax: number;
  /** The name of the fault profile. */
  readonly faults: string;
  readonly sourceHash?: string;
  readonly runtime?: Runtime;
  /** The time that a step may take, if it is watched. */
  readonly timeLimitMs?: number;
  readonly shrunkFrom?: ShrunkFrom;
  readonly forks?: readonly Fork[];
}

/** How the digests of recorded states are made. */
const RECORDED_DIGESTS: Digests = 'parts';

/**
 * What of an executed step goes to a trace, except checkpoints.
 *
 * @param digests how the digest of the state is made.
 */
export function recordStep(executed: Executed, digests: Digests = RECORDED_DIGESTS): Step {
  const { before, after, attempted, ...parts } = executed;
  const patch = diff(before as Value, after as Value);
  return {
    ...parts,
    patch,
    attempted: parts.outcome.kind === 'ok' ? [] : diff(before as Value, attempted as Value),
    ...(patch.length === 0 ? {} : { stateHash: hashValue(after as Value, digests) }),
  };
}

/** The header of the trace of a run that has not made a step of its own. */
export function headerOf({ machine, run, label, shared }: RecordedRun): TraceHeader {
  const { initialState, initialFindings } = run.executor;
  const { scenario, seed, operationsMax, faults, ...optional } = label;
  const own: TraceHeader = {
    machine: machine.name,
    scenario,
    seed: seed.toString(),
    operationsMax,
    faults,
    ...optional,
    invariants: Object.keys(machine.invariants),
    rules: run.executor.rulesAsked,
    waivers: machine.waivers ?? {},
    ...(machine.records ? { records: machine.records } : {}),
    initialState,
    digests: RECORDED_DIGESTS,
    initialHash: hashValue(initialState, RECORDED_DIGESTS),
    initialFindings,
  };
  // What shares no step begins with the state that the machine has now.
  return shared && shared.count > 0 ? withBeginning(own, shared.trace.header) : own;
}

/** The header of a run that begins as another one, whose lines must fit it. */
function withBeginning(own: TraceHeader, beginning: TraceHeader): TraceHeader {
  const { initialState, digests, initialHash, initialFindings } = beginning;
  const invariants = [...new Set([...beginning.invariants, ...own.invariants])];
  return { ...own, invariants, initialState, digests, initialHash, initialFindings };
}

/** The steps that a run shares with another one: their lines are taken as they are, with their checkpoints. */
export interface SharedSteps {
  readonly trace: Trace;
  /** How many, from the first one on. */
  readonly count: number;
}

/**
 * Turns a run into the lines of a trace. A checkpoint is written when the patches since the last
 * one have grown larger than the state, or all lines much larger: reading any state then costs about
 * as much as reading the state itself, from few places, and a trace is at most about twice as large
 * as its patches.
 */
export class TraceRecorder {
  /** What its steps are in brief. */
  readonly index: TraceIndex;
  readonly #run: Run;
  readonly #shared: SharedSteps | undefined;
  readonly #header: string;
  readonly #seal = new TraceSeal();
  #steps = 0;
  /** Of the lines of steps that changed the state, and of all lines. */
  #charsSinceCheckpoint = 0;
  #spreadSinceCheckpoint = 0;
  #checkpointChars: number;

  /** @throws {OversizeError} when the initial state is beyond a limit of traces. */
  constructor(machine: AnyMachine, run: Run, label: RunLabel, shared?: SharedSteps) {
    this.#run = run;
    this.#shared = shared;
    const header = headerOf({ machine, run, label, ...(shared ? { shared } : {}) });
    this.#header = formatHeader(header);
    this.index = new TraceIndex(header);
    if (shared) this.index.append(shared.trace.index.first(shared.count));
    checkHeaderSize(this.#header);
    this.#checkpointChars = this.#header.length;
    this.#seal.add(this.#header);
  }

  /** The first line. */
  header(): string {
    return this.#header;
  }

  /** The lines of the steps that are shared with another run, which come before all others. */
  *sharedLines(): Generator<string> {
    if (!this.#shared) return;
    const { trace, count } = this.#shared;
    const checkpoint = this.index.checkpointSteps.at(-1) ?? -1;
    for (; this.#steps < count; this.#steps += 1) {
      const at = this.#steps;
      const line = trace.line(at);
      this.#seal.add(line);
      if (at > checkpoint) this.#count(line, trace.glance(at).hasChangedState);
      else if (at === checkpoint) this.#checkpointChars = line.length;
      yield line;
    }
  }

  #count({ length }: string, hasChangedState: boolean): void {
    this.#spreadSinceCheckpoint += length;
    if (hasChangedState) this.#charsSinceCheckpoint += length;
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
    const step = recordStep(executed, this.index.header.digests);
    const line = formatStep(step);
    checkSizes(step, line);
    this.#count(line, step.patch.length > 0);
    const isDue = step.patch.length > 0 && this.#isCheckpointDue;
    return (
      (isDue ? this.#withCheckpoint(step, executed, line) : undefined) ?? this.#take(step, line)
    );
  }

  /** The line with the whole state; `undefined` for a state too large for one, which patches alone lead to. */
  #withCheckpoint(step: Step, { after }: Executed, line: string): string | undefined {
    const checked = { ...step, checkpoint: { state: after as Value } };
    const withCheckpoint = formatStep(checked);
    if (withCheckpoint.length > LINE_CHARS_MAX) return undefined;
    this.#charsSinceCheckpoint = 0;
    this.#spreadSinceCheckpoint = 0;
    this.#checkpointChars = withCheckpoint.length - line.length;
    return this.#take(checked, withCheckpoint);
  }

  #take(step: Step, line: string): string {
    this.index.add(step);
    return line;
  }

  get #isCheckpointDue(): boolean {
    const enough = Math.max(CHECKPOINT_CHARS_MIN, this.#checkpointChars);
    const spread = Math.max(SPREAD_CHARS_MIN, SPREAD_FACTOR * this.#checkpointChars);
    return this.#charsSinceCheckpoint >= enough || this.#spreadSinceCheckpoint >= spread;
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
    const end = isStopped ? { ...counts, isStopped } : counts;
    this.index.close(end);
    return this.#seal.close(end);
  }
}

/**
 * Executes a run to its end, and passes on the lines of its trace as they are made.
 *
 * @param write is given each line, without a line break, and what the steps until then are in brief.
 * @returns `false` when a pulse stopped it; the last line says so.
 * @throws {ScenarioError} when the scenario throws, and whatever else breaks the run, such as an
 * {@link OversizeError} of a step; the lines until then are a whole trace of a run that was stopped.
 */
export async function recordRun(
  { machine, run, label, shared }: RecordedRun,
  write: (line: string, index: TraceIndex) => void,
  { observe, ...driving }: Driving = {},
): Promise<boolean> {
  const recorder = new TraceRecorder(machine, run, label, shared);
  const { index } = recorder;
  write(recorder.header(), index);
  for (const line of recorder.sharedLines()) write(line, index);
  try {
    const isOver = await driveToEnd(run, {
      ...driving,
      observe: (step) => {
        write(recorder.step(step), index);
        observe?.(step);
      },
    });
    await sumUp(run);
    write(recorder.end({ isStopped: !isOver }), index);
    return isOver;
  } catch (error) {
    run.close();
    write(recorder.end({ isStopped: true, isBroken: true }), index);
    throw error;
  }
}

/** A run to be recorded. */
export interface RecordedRun {
  readonly machine: AnyMachine;
  readonly run: Run;
  readonly label: RunLabel;
  /** The steps of another run that it goes on from. */
  readonly shared?: SharedSteps;
}
