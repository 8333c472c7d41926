import { assertNever } from '../../core/assert.ts';
import { hostRequestSchema, type HostMessage, type HostRequest } from '../../core/contract/host.ts';
import type { MachineTask, TaskEnd, TaskOf } from '../../core/contract/tasks.ts';
import { watchAllThreads } from '../../core/node/hang/start-watching.ts';
import {
  describeMachine,
  strayProblem,
  withMachine,
  withTimeLimit,
  type LoadedMachine,
} from '../../core/node/load/machine-loader.ts';
import { toProblem, type Problem } from '../../core/problem.ts';
import { ask } from './tasks/ask.ts';
import { cover } from './tasks/cover.ts';
import { crashEverywhere } from './tasks/crash-everywhere.ts';
import { doom } from './tasks/doom.ts';
import { draw } from './tasks/draw.ts';
import { explain } from './tasks/explain.ts';
import { fork } from './tasks/fork.ts';
import { rerun } from './tasks/rerun.ts';
import { run } from './tasks/run.ts';
import { shrink } from './tasks/shrink.ts';
import { sweep } from './tasks/sweep.ts';
import { OpenTask, type CarryOut, type MachineTaskKind } from './tasks/task-context.ts';
import { verify } from './tasks/verify.ts';

/**
 * The host process of one machine: the only place where a user's machine runs. The main process can
 * kill it at any moment, so it sends everything at once that must be kept.
 */

/** The module of each kind of task. */
const CARRY_OUT: { readonly [Kind in MachineTaskKind]: CarryOut<Kind> } = {
  cover,
  ask,
  crashEverywhere,
  doom,
  draw,
  explain,
  fork,
  rerun,
  run,
  shrink,
  sweep,
  verify,
};

/** How often the host says that it is alive. */
const ALIVE_MS = 500;

let path = '';
let lastHash: string | undefined;
/** Machines that are loaded for tasks; each task has its own. */
const inUse = new Set<LoadedMachine>();
/** The tasks under way, by id. */
const tasks = new Map<string, OpenTask>();
/** Errors outside the steps, in code that the machine started during a task, by task id. */
const strays = new Map<string, Problem>();
/** Whether a task made progress since the last sign of life. */
let hasMoved = true;

function send(message: HostMessage): void {
  process.parentPort.postMessage(message);
}

/** Loads the machine for a task; it may have been edited since the last time. */
function load<T>(task: (loaded: LoadedMachine) => Promise<T>): Promise<T> {
  const withLoaded = async (loaded: LoadedMachine) => {
    const isNews = loaded.sourceHash !== lastHash;
    lastHash = loaded.sourceHash;
    if (isNews) send({ kind: 'loaded', info: describeMachine(loaded) });
    inUse.add(loaded);
    // Only if there is a process to end: a process that listens to a signal is not ended by it.
    if (loaded.answerMsMax !== undefined) process.on('SIGTERM', endAll);
    try {
      return await task(loaded);
    } finally {
      inUse.delete(loaded);
      process.off('SIGTERM', endAll);
    }
  };
  return withMachine(path, withLoaded, ({ own, others, ...rest }) =>
    send({ kind: 'sources', own: [...own], others: [...others], ...rest }),
  );
}

/** A machine's process in an endless loop would not notice that this one is gone. */
function endAll(): void {
  void Promise.all([...inUse].map((loaded) => loaded.close())).finally(() => process.exit());
}

/** Carries out a task to its end. */
async function conduct(
  task: MachineTask,
  {
    taskId,
    resumeAt,
    tracePath,
    parentPath,
    timeLimitMs,
  }: Extract<HostRequest, { kind: 'startTask' }>,
): Promise<void> {
  const onStir = () => {
    hasMoved = true;
  };
  const opened = new OpenTask({ taskId, resumeAt, tracePath, parentPath, path, send, onStir });
  tasks.set(taskId, opened);
  try {
    const kind = await load(async (given) => {
      await watchAllThreads();
      const outcome = await carryOut(opened, withTimeLimit(given, timeLimitMs), task);
      // A rejection that is not awaited is reported only after the present turn.
      await opened.breathe();
      return outcome;
    });
    const problem = strays.get(taskId);
    end(taskId, problem ? { kind: 'failed', problem } : { kind });
  } catch (error) {
    const problem = strays.get(taskId) ?? toProblem(error, 'The task could not continue');
    end(taskId, { kind: 'failed', problem });
  }
}

function carryOut<Kind extends MachineTaskKind>(
  opened: OpenTask,
  loaded: LoadedMachine,
  task: TaskOf<Kind> & { readonly kind: Kind },
) {
  const carryOutKind: CarryOut<Kind> = CARRY_OUT[task.kind];
  return carryOutKind(opened.contextOf<Kind>(loaded), task);
}

function end(taskId: string, how: TaskEnd): void {
  tasks.delete(taskId);
  strays.delete(taskId);
  send({ kind: 'taskEnded', taskId, end: how });
}

async function open(): Promise<void> {
  try {
    await load(async () => {});
  } catch (error) {
    send({ kind: 'loadFailed', problem: toProblem(error, 'The machine could not be loaded') });
  }
}

/** Loads the saved source. Tasks under way keep the source that they began with. */
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
    case 'startTask':
      if (!('machineId' in request.task))
        throw new Error(`no task of a host: ${request.task.kind}`);
      void conduct(request.task, request);
      break;
    case 'cancelTask':
      tasks.get(request.taskId)?.cancel();
      break;
    default:
      assertNever(request, 'request');
  }
}

/** Which task caused the error is not known: all tasks end, and keep their steps so far. */
function endWithStray(error: unknown): void {
  if (tasks.size === 0) throw error;
  const problem = strayProblem(error);
  for (const [taskId, task] of tasks) {
    if (!strays.has(taskId)) strays.set(taskId, problem);
    task.cancel();
  }
}

process.on('unhandledRejection', endWithStray);
process.parentPort.on('message', ({ data }) => handle(hostRequestSchema.parse(data)));

// While a step hangs or is awaited, the host is silent, and the main process reports that.
setInterval(() => {
  if (tasks.size === 0 || hasMoved) send({ kind: 'alive' });
  hasMoved = false;
}, ALIVE_MS).unref();
