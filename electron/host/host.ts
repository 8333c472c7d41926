import { availableParallelism } from 'node:os';
import type { RunSettings, SweepRunSettings, Verified } from '../../core/api/contract.ts';
import {
  hostRequestSchema,
  type HostMessage,
  type HostRequest,
} from '../../core/api/host-contract.ts';
import { assertNever } from '../../core/assert.ts';
import { SWEEP_SAMPLING } from '../../core/engine/check-plan.ts';
import { startRun } from '../../core/engine/run.ts';
import { signatureOf } from '../../core/engine/signature.ts';
import type { Executed, Finding } from '../../core/machine/executed.ts';
import { withInputs } from '../../core/node/load/inputs-file.ts';
import {
  describeMachine,
  findFaultProfile,
  findScenario,
  strayProblem,
  withMachine,
  type LoadedMachine,
} from '../../core/node/load/machine-loader.ts';
import { NOT_REPRODUCIBLE, recordFailing, shrinkRecord } from '../../core/node/runs/shrinking.ts';
import type { SweepPlan } from '../../core/node/sweep/pool.ts';
import { startSweep } from '../../core/node/sweep/sweep.ts';
import { ProblemError, toProblem, type Problem } from '../../core/problem.ts';
import { ShrinkError } from '../../core/shrink/shrink.ts';
import { formatStep } from '../../core/trace/format.ts';
import { TraceRecorder } from '../../core/trace/recorder.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import { Verifier, type Difference } from '../../core/trace/verify.ts';

/**
 * The host process of one machine: the only place where a person's machine runs. The main process
 * can kill it at any moment, so it keeps nothing that is not already sent.
 */

/** A piece of text is sent when it is this old or this long. */
const PIECE_MS = 40;
const PIECE_CHARS_MAX = 256 * 1024;
/** How often the host says that it is alive. */
const ALIVE_MS = 500;
/** Steps of a verification between two looks at the clock. */
const VERIFY_SLICE_STEPS = 100;

let path = '';
let lastHash: string | undefined;
/** Machines that tasks are at; each task has its own. */
const inUse = new Set<LoadedMachine>();
const cancelled = new Set<string>();
/** Traces to verify, as far as they have come. */
const builders = new Map<string, TraceBuilder>();
/** The run ids of tasks that go on. */
const running = new Set<string>();
/** Of such tasks, what the machine has started and has gone wrong outside its steps. */
const strays = new Map<string, Problem>();
/** Whether a task got any further since the last sign of life. */
let hasMoved = true;

function send(message: HostMessage): void {
  process.parentPort.postMessage(message);
}

/** Lets messages from outside come in: a cancellation, above all. */
function breathe(): Promise<void> {
  hasMoved = true;
  return new Promise((resolve) => setImmediate(resolve));
}

/** Loads the machine for a task; it may have been edited since the last time. */
function load<T>(task: (loaded: LoadedMachine) => Promise<T>): Promise<T> {
  const carryOut = async (loaded: LoadedMachine) => {
    const isNews = loaded.sourceHash !== lastHash;
    lastHash = loaded.sourceHash;
    if (isNews) send({ kind: 'loaded', info: describeMachine(loaded) });
    inUse.add(loaded);
    // Only where there is something to end: whoever listens is not ended by the signal itself.
    if (loaded.answerMsMax !== undefined) process.on('SIGTERM', endAll);
    try {
      return await task(loaded);
    } finally {
      inUse.delete(loaded);
      process.off('SIGTERM', endAll);
    }
  };
  return withMachine(path, carryOut, (paths) => send({ kind: 'sources', paths: [...paths] }));
}

/** A machine's process that is in an endless loop would not notice that this one is given up. */
function endAll(): void {
  void Promise.all([...inUse].map((loaded) => loaded.close())).finally(() => process.exit());
}

/** Carries out a task of a run id to its end, whatever it is. */
async function conduct(
  runId: string,
  task: (loaded: LoadedMachine) => Promise<'completed' | 'cancelled'>,
) {
  running.add(runId);
  try {
    const kind = await load(async (loaded) => {
      const end = await task(loaded);
      // A rejection that nobody awaits is told only after the present turn.
      await breathe();
      return end;
    });
    const problem = strays.get(runId);
    send({ kind: 'runEnded', runId, how: problem ? { kind: 'failed', problem } : { kind } });
  } catch (error) {
    const problem = strays.get(runId) ?? toProblem(error, 'The run could not go on');
    send({ kind: 'runEnded', runId, how: { kind: 'failed', problem } });
  } finally {
    running.delete(runId);
    strays.delete(runId);
    cancelled.delete(runId);
    builders.delete(runId);
  }
}

async function run(
  given: LoadedMachine,
  runId: string,
  settings: RunSettings,
  linesSent: number,
): Promise<'completed' | 'cancelled'> {
  const { inputs, ...label } = settings;
  const machineLoaded = await withInputs(given, inputs);
  const { machine, sourceHash, locate, guard } = machineLoaded;
  const scenario = findScenario(machineLoaded, settings.scenario);
  const faults = findFaultProfile(machineLoaded, settings.faults);
  const { operationsMax } = settings;
  const seed = BigInt(settings.seed);
  const execution = startRun(machine, { scenario, seed, operationsMax, faults, locate }, { guard });
  const recorder = new TraceRecorder(machine, execution, { ...label, sourceHash });
  const pieces = new TextPieces((text) => send({ kind: 'runText', runId, text }), linesSent);
  pieces.add(recorder.header());
  pieces.flush();
  const record = (step: Executed) => pieces.add(recorder.step(step));
  // One step at a time: the clock is looked at after each, however long a step takes.
  while (await execution.advance(1, record)) {
    if (!pieces.isDue) continue;
    pieces.flush();
    await breathe();
    if (!cancelled.has(runId)) continue;
    execution.close();
    pieces.add(recorder.end({ isStopped: true }));
    pieces.flush();
    return 'cancelled';
  }
  pieces.add(recorder.end());
  pieces.flush();
  return 'completed';
}

/** Sweeps on threads of their own, so that this process goes on answering. */
async function sweep(
  given: LoadedMachine,
  runId: string,
  settings: SweepRunSettings,
): Promise<'completed' | 'cancelled'> {
  const { scenario, inputs, faults, operationsMax, from, count, timeBudgetMs } = settings;
  const machineLoaded = await withInputs(given, inputs);
  const plan: SweepPlan = {
    path,
    settings: {
      scenario,
      ...(inputs === undefined ? {} : { inputs }),
      faults,
      operationsMax,
      sampling: SWEEP_SAMPLING,
    },
    from: BigInt(from),
    ...(count === undefined ? {} : { count }),
    ...(timeBudgetMs === undefined ? {} : { timeBudgetMs }),
    // One core is left to the window.
    workers: Math.max(1, availableParallelism() - 1),
    shard: { index: 1, total: 1 },
  };
  const sweeping = startSweep(machineLoaded, plan, ({ part, ...progress }) => {
    hasMoved = true;
    if (cancelled.has(runId)) sweeping.cancel();
    const found = { groups: [...part.groups], unfinished: part.unfinished };
    send({ kind: 'sweepProgress', runId, progress: { ...progress, ...found } });
  });
  const report = await sweeping.report;
  send({ kind: 'swept', runId, report });
  return report.isCancelled ? 'cancelled' : 'completed';
}

async function shrink(
  given: LoadedMachine,
  runId: string,
  settings: RunSettings,
  signature: string,
): Promise<'completed' | 'cancelled'> {
  const { inputs, ...rest } = settings;
  const machineLoaded = await withInputs(given, inputs);
  const label = { ...rest, sourceHash: machineLoaded.sourceHash };
  const isMeant = (finding: Finding) => signatureOf(finding) === signature;
  let toldMs = 0;
  let breathedMs = performance.now();
  const isCancelled = async () => {
    if (performance.now() - breathedMs >= PIECE_MS) {
      await breathe();
      breathedMs = performance.now();
    }
    return cancelled.has(runId);
  };
  const failing = await recordFailing(machineLoaded, label, isMeant, isCancelled);
  if (cancelled.has(runId)) return 'cancelled';
  if (!failing) throw notReproducible('The seed does not fail for this cause any more.');
  const { lines, shrunk } = await shrinkRecord(machineLoaded, failing, {
    onProgress: (progress) => {
      if (performance.now() - toldMs < PIECE_MS) return;
      toldMs = performance.now();
      send({ kind: 'shrinkProgress', runId, progress });
    },
    isCancelled,
  }).catch((error: unknown) => {
    throw error instanceof ShrinkError ? notReproducible(error.message) : error;
  });
  send({ kind: 'shrinkProgress', runId, progress: shrunk.progress });
  send({ kind: 'runText', runId, text: lines.map((line) => `${line}\n`).join('') });
  return shrunk.isCancelled ? 'cancelled' : 'completed';
}

function notReproducible(title: string): ProblemError {
  return new ProblemError({ title, remedy: NOT_REPRODUCIBLE });
}

async function verify(
  { machine, scenarios, locate, guard }: LoadedMachine,
  runId: string,
  builder: TraceBuilder,
): Promise<'completed' | 'cancelled'> {
  if (!builder.trace) throw new Error('the trace to verify has no header');
  const scenario = scenarios.find(({ name }) => name === builder.trace?.header.scenario);
  const options = { locate, guard, ...(scenario ? { scenario } : {}) };
  const verifier = new Verifier(builder.trace, machine, options);
  let toldMs = performance.now();
  while (await verifier.advance(VERIFY_SLICE_STEPS)) {
    if (performance.now() - toldMs < PIECE_MS) continue;
    toldMs = performance.now();
    send({ kind: 'verifyProgress', runId, steps: verifier.steps });
    await breathe();
    if (cancelled.has(runId)) return 'cancelled';
  }
  send({ kind: 'verified', runId, verified: toVerified(verifier.difference) });
  return 'completed';
}

function toVerified(difference: Difference | undefined): Verified {
  if (!difference) return { kind: 'agrees' };
  if (difference.kind === 'initialState') return difference;
  const { stepIndex, fields, expected, actual } = difference;
  return {
    kind: 'step',
    stepIndex,
    fields: [...fields],
    expectedLine: formatStep(expected),
    actualLine: formatStep(actual),
  };
}

/** Gathers lines to pieces of text that are worth a message. */
class TextPieces {
  readonly #send: (text: string) => void;
  /** Lines that were sent before, and are passed over. */
  #linesToSkip: number;
  /** After a process that hung or died, each line is sent at once: the next may be the last. */
  readonly #isCareful: boolean;
  #text = '';
  #sentMs = performance.now();

  constructor(sendPiece: (text: string) => void, linesSent: number) {
    this.#send = sendPiece;
    this.#linesToSkip = linesSent;
    this.#isCareful = linesSent > 0;
  }

  get isDue(): boolean {
    return this.#text.length >= PIECE_CHARS_MAX || performance.now() - this.#sentMs >= PIECE_MS;
  }

  add(line: string): void {
    if (this.#linesToSkip > 0) {
      this.#linesToSkip -= 1;
      return;
    }
    this.#text += `${line}\n`;
    if (this.#isCareful) this.flush();
  }

  flush(): void {
    if (this.#text !== '') this.#send(this.#text);
    this.#text = '';
    this.#sentMs = performance.now();
  }
}

async function open(): Promise<void> {
  try {
    await load(async () => {});
  } catch (error) {
    send({ kind: 'loadFailed', problem: toProblem(error, 'The machine could not be loaded') });
  }
}

/** Loads what was saved. What goes on keeps the source that it began with. */
async function reload(): Promise<void> {
  try {
    await load(async (loaded) => send({ kind: 'reloaded', info: describeMachine(loaded) }));
  } catch (error) {
    send({ kind: 'reloadFailed', problem: toProblem(error, 'The machine could not be loaded') });
  }
}

function handle(request: HostRequest): void {
  switch (request.kind) {
    case 'load':
      path = request.path;
      void open();
      break;
    case 'reload':
      void reload();
      break;
    case 'run': {
      const { runId, settings, linesSent } = request;
      void conduct(runId, (machine) => run(machine, runId, settings, linesSent));
      break;
    }
    case 'verify':
      builders.set(request.runId, new TraceBuilder());
      break;
    case 'verifyText': {
      const { runId, text, isLast } = request;
      const builder = builders.get(runId);
      if (!builder) break;
      builder.push(text);
      if (isLast) void conduct(runId, (machine) => verify(machine, runId, builder));
      break;
    }
    case 'sweep': {
      const { runId, settings } = request;
      void conduct(runId, (machine) => sweep(machine, runId, settings));
      break;
    }
    case 'shrink': {
      const { runId, settings, signature } = request;
      void conduct(runId, (machine) => shrink(machine, runId, settings, signature));
      break;
    }
    case 'cancel':
      cancelled.add(request.runId);
      break;
    default:
      assertNever(request, 'request');
  }
}

/** Nobody knows which task the machine was at: all of them end, with the steps until then. */
function endWithStray(error: unknown): void {
  if (running.size === 0) throw error;
  const problem = strayProblem(error);
  for (const runId of running) {
    if (!strays.has(runId)) strays.set(runId, problem);
    cancelled.add(runId);
  }
}

process.on('unhandledRejection', endWithStray);
process.parentPort.on('message', ({ data }) => handle(hostRequestSchema.parse(data)));

// While a step hangs or is awaited, the host keeps still, and the main process tells.
setInterval(() => {
  if (running.size === 0 || hasMoved) send({ kind: 'alive' });
  hasMoved = false;
}, ALIVE_MS).unref();
