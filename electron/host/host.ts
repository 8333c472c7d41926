import type { RunSettings, Verified } from '../../core/api/contract.ts';
import {
  hostRequestSchema,
  type HostMessage,
  type HostRequest,
} from '../../core/api/host-contract.ts';
import { assertNever } from '../../core/assert.ts';
import { Run, scenarioSource } from '../../core/engine/run.ts';
import {
  describeMachine,
  findScenario,
  loadMachine,
  type LoadedMachine,
} from '../../core/node/machine-loader.ts';
import { toProblem } from '../../core/node/problem-error.ts';
import { formatStep } from '../../core/trace/format.ts';
import { TraceRecorder } from '../../core/trace/recorder.ts';
import { TraceBuilder } from '../../core/trace/trace-builder.ts';
import { Verifier, type Difference } from '../../core/trace/verify.ts';

/**
 * The host process of one machine: the only place where a person's machine runs. The main process
 * can kill it at any moment, so it keeps nothing that is not already sent.
 */

/** Steps between two looks at the clock. */
const SLICE_STEPS = 200;
/** A piece of text is sent when it is this old or this long. */
const PIECE_MS = 40;
const PIECE_CHARS_MAX = 256 * 1024;
/** How often the host says that it is alive. */
const ALIVE_MS = 500;

let loaded: LoadedMachine | undefined;
const cancelled = new Set<string>();

function send(message: HostMessage): void {
  process.parentPort.postMessage(message);
}

/** Lets messages from outside come in: a cancellation, above all. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function requireLoaded(): LoadedMachine {
  if (!loaded) throw new Error('no machine was loaded in this host');
  return loaded;
}

async function load(path: string): Promise<void> {
  try {
    loaded = await loadMachine(path);
    send({ kind: 'loaded', info: describeMachine(loaded) });
  } catch (error) {
    send({ kind: 'loadFailed', problem: toProblem(error, 'The machine could not be loaded') });
  }
}

/** Runs a task of a run id to its end, whatever it is. */
async function conduct(runId: string, task: () => Promise<'completed' | 'cancelled'>) {
  try {
    send({ kind: 'runEnded', runId, how: { kind: await task() } });
  } catch (error) {
    const problem = toProblem(error, 'The run could not go on');
    send({ kind: 'runEnded', runId, how: { kind: 'failed', problem } });
  } finally {
    cancelled.delete(runId);
  }
}

async function run(runId: string, settings: RunSettings): Promise<'completed' | 'cancelled'> {
  const machine = requireLoaded();
  const { seed, operationsMax, faults } = settings;
  const scenario = findScenario(machine, settings.scenario);
  const source = scenarioSource({ scenario, seed: BigInt(seed), operationsMax, faults });
  const execution = new Run(machine.machine, source, machine.locate);
  const { sourceHash } = machine;
  const recorder = new TraceRecorder(machine.machine, execution, { ...settings, sourceHash });
  const pieces = new TextPieces((text) => send({ kind: 'runText', runId, text }));
  pieces.add(recorder.header());
  for (let hasMore = true; hasMore;) {
    hasMore = await execution.advance(SLICE_STEPS, (step) => pieces.add(recorder.step(step)));
    if (!pieces.isDue) continue;
    pieces.flush();
    await breathe();
    if (cancelled.has(runId)) return 'cancelled';
  }
  pieces.add(recorder.end());
  pieces.flush();
  return 'completed';
}

async function verify(runId: string, text: string): Promise<'completed' | 'cancelled'> {
  const { machine, locate } = requireLoaded();
  const builder = new TraceBuilder();
  builder.push(text);
  if (!builder.trace) throw new Error('the trace to verify has no header');
  const verifier = new Verifier(builder.trace, machine, locate);
  let toldMs = performance.now();
  while (await verifier.advance(SLICE_STEPS)) {
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
  #text = '';
  #sentMs = performance.now();

  constructor(sendPiece: (text: string) => void) {
    this.#send = sendPiece;
  }

  get isDue(): boolean {
    return this.#text.length >= PIECE_CHARS_MAX || performance.now() - this.#sentMs >= PIECE_MS;
  }

  add(line: string): void {
    this.#text += `${line}\n`;
  }

  flush(): void {
    this.#send(this.#text);
    this.#text = '';
    this.#sentMs = performance.now();
  }
}

function handle(request: HostRequest): void {
  switch (request.kind) {
    case 'load':
      void load(request.path);
      break;
    case 'run':
      void conduct(request.runId, () => run(request.runId, request.settings));
      break;
    case 'verify':
      void conduct(request.runId, () => verify(request.runId, request.text));
      break;
    case 'cancel':
      cancelled.add(request.runId);
      break;
    default:
      assertNever(request, 'request');
  }
}

process.parentPort.on('message', ({ data }) => handle(hostRequestSchema.parse(data)));

// A machine may throw where nobody waits for it, such as in a timer. Node would end the process
// with the error on standard error, which is just what the main process reports.
setInterval(() => send({ kind: 'alive' }), ALIVE_MS).unref();
