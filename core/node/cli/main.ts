/**
 * @file The `phasmoscope` command. The command line runs on a thread of its own: whatever a machine does
 * there, an endless loop and filled memory included, this one can say so, hear Ctrl-C and clean up. It
 * starts before that thread, so it loads nothing that it may not need.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { assertNever } from '../../assert.ts';
import type { OpenRecording } from '../files/signs-of-life.ts';
import { watchOtherThreads } from '../hang/start-watching.ts';
import { LOAD_MS_MAX } from '../load/stuck.ts';
import type * as mcpServer from '../mcp/server.ts';
import { BUNDLE_FOLDER } from '../package-root.ts';
import type { DeathWatch } from './death-watch.ts';
import type * as lastWords from './last-words.ts';
import { Standstill } from './standstill.ts';
import type { Interruption, ThreadMessage } from './thread-contract.ts';

/** How long a thread that was asked to stop may take to say how. */
const STOP_MS_MAX = 1_000;
/** How long it may take to end the thread from here, after a signal. */
const TERMINATE_MS_MAX = 300;
/** The same where the exit code says what was found, which a computer at work must not lose. */
const TERMINATE_KEEPING_MS_MAX = 10_000;
/** Most of what a step makes is garbage soon: with room for it, little is ever moved. */
const YOUNG_MB = 64;
/** As much as a main thread has: what recurses too deep does so wherever it runs. */
const STACK_MB = 1.15;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** As after SIGTERM. */
const EXIT_ABANDONED = exitCodeOf('SIGTERM');
const EXIT_UNREAD = exitCodeOf('SIGPIPE');
const memoryMbMax = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
const asJson = process.argv.includes('--json');

const thread = new Worker(join(BUNDLE_FOLDER, 'cli-thread.cjs'), {
  argv: process.argv.slice(2),
  resourceLimits: {
    maxOldGenerationSizeMb: memoryMbMax,
    maxYoungGenerationSizeMb: YOUNG_MB,
    stackSizeMb: STACK_MB,
  },
});
/** Files that would stay behind if the thread were ended now. */
const halves = new Set<string>();
const standstill = new Standstill((text) => process.stderr.write(text));
let loading: NodeJS.Timeout | undefined;
let isOver = false;
let stopping: NodeJS.Timeout | undefined;
/** The exit code, once the thread has said it. */
let ending: number | undefined;
let recording: OpenRecording | undefined;
let deathWatch: DeathWatch | undefined;
let terminating: Promise<true> | undefined;

/** Ends the command with this exit code, whatever the thread is doing. */
function end(exitCode: number): void {
  isOver = true;
  deathWatch?.close();
  removeHalves();
  void leave(exitCode);
}

function removeHalves(): void {
  for (const path of halves) rmSync(path, { force: true });
}

/** Ends the thread; `false` while it waits for the system, such as for a writer to a pipe. */
function endThread(msMax: number): Promise<boolean> {
  terminating ??= thread.terminate().then(() => true);
  return Promise.race([
    terminating,
    new Promise<false>((done) => setTimeout(() => done(false), msMax)),
  ]);
}

/** `process.exit` waits for the thread; where that may take for ever, a signal ends the process. */
async function leave(exitCode: number): Promise<void> {
  const asked = SIGNALS.find((signal) => exitCodeOf(signal) === exitCode);
  const msMax = asked === undefined ? TERMINATE_KEEPING_MS_MAX : TERMINATE_MS_MAX;
  // Inside of the program, `process.exit` returns: Electron ends the process a little later.
  if (await endThread(msMax)) process.exit(exitCode);
  else endBySignal(asked ?? 'SIGKILL');
}

function endBySignal(signal: NodeJS.Signals): void {
  for (const one of SIGNALS) process.removeAllListeners(one);
  process.kill(process.pid, signal);
}

/** The exit code that shells give a command which a signal ended. */
function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** Ends the command as soon as all that the thread has printed is written. */
async function endWhenPrinted(exitCode: number): Promise<void> {
  for (const from of [thread.stdout, thread.stderr])
    if (!from.readableEnded) await once(from, 'end');
  for (const to of [process.stdout, process.stderr]) {
    await new Promise((done) => to.write('', done));
  }
  end(exitCode);
}

/** Ends the command as {@link end} does, and keeps nothing of what it was recording. */
function drop(exitCode: number): void {
  if (recording) halves.add(recording.part);
  end(exitCode);
}

/**
 * Ends the command with an explanation, and keeps what was recorded.
 *
 * @param explain is given where the steps are, if a run was recorded, and returns the exit code.
 */
async function endWith(
  explain: (words: typeof lastWords, kept: string | undefined) => number,
): Promise<void> {
  if (isOver) return;
  isOver = true;
  const words = await import('./last-words.ts');
  // Nothing is added any more, and all that it said has come in.
  await endThread(TERMINATE_MS_MAX);
  const kept = recording && (await words.keepSteps(recording, standstill.steps));
  end(explain(words, kept));
}

watchOtherThreads();

/** From now on, the machine's code may run, and end the process at once. */
async function watchForDeath(): Promise<void> {
  const [{ DeathWatch }, { wordsForDeath }] = await Promise.all([
    import('./death-watch.ts'),
    import('./death-words.ts'),
  ]);
  if (deathWatch || isOver) return;
  const problem = wordsForDeath(memoryMbMax);
  const text = `error: ${problem.title}\n${problem.remedy}`;
  deathWatch = new DeathWatch(text, asJson ? JSON.stringify({ error: problem }) : undefined);
  deathWatch.record(recording);
}

/** Becomes a server for agents: standard input is this thread's own. */
async function serve(folders: readonly string[]): Promise<void> {
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  const load = createRequire(import.meta.url);
  const server = load(join(BUNDLE_FOLDER, 'mcp.cjs')) as typeof mcpServer;
  await server.serve(folders);
}

function receive(message: ThreadMessage): void {
  switch (message.kind) {
    case 'loading':
      clearTimeout(loading);
      if (message.isLoading) {
        void watchForDeath();
        loading = setTimeout(() => void endWith((words) => words.refuseStuck(asJson)), LOAD_MS_MAX);
      }
      break;
    case 'steps':
      standstill.watch(message.shared);
      break;
    case 'recording':
      recording = message.open;
      deathWatch?.record(recording);
      break;
    case 'progress':
      // A program that has started the command with a channel of its own follows it.
      process.send?.(message, undefined, undefined, () => {});
      break;
    case 'stopping':
      clearTimeout(stopping);
      break;
    case 'serving':
      isOver = true;
      void serve(message.folders);
      break;
    case 'ending':
      if (isOver) break;
      clearTimeout(loading);
      clearTimeout(stopping);
      ending = message.exitCode;
      stopping = setTimeout(() => end(message.exitCode), STOP_MS_MAX);
      stopping.unref();
      break;
    case 'half':
      if (message.exists) halves.add(message.path);
      else halves.delete(message.path);
      break;
    default:
      assertNever(message, 'message');
  }
}

thread.on('message', receive);
thread.on('error', (error) => {
  void endWith((words, kept) => words.refuseDeath(error, memoryMbMax, asJson, kept));
});
thread.on('exit', (given) => {
  if (isOver) return;
  clearTimeout(loading);
  const exitCode = ending ?? given;
  process.exitCode = exitCode;
  // The machine ended the thread, or a step never came back.
  if (recording) {
    void endWith((words, kept) => words.sayKept(kept, exitCode));
    return;
  }
  // A thread that is asked to stop before it has a task ends at once, whatever it is writing.
  removeHalves();
  // Unlike Node, Electron goes on when there is nothing left to do.
  if (process.versions['electron'] !== undefined) void endWhenPrinted(exitCode);
});
process.on('exit', () => deathWatch?.close());

// Asked once, a task stops and keeps what it has; a thread that does not hear, or is asked again, ends.
for (const signal of SIGNALS) {
  let isAsked = false;
  process.on(signal, () => {
    const exitCode = exitCodeOf(signal);
    if (isAsked) drop(exitCode);
    isAsked = true;
    thread.postMessage({ kind: 'interrupt' } satisfies Interruption);
    const stop = () =>
      void endWith((words, kept) => {
        if (standstill.isAwaited) words.sayStopped(standstill.steps, kept);
        return exitCode;
      });
    stopping = setTimeout(stop, STOP_MS_MAX);
    stopping.unref();
  });
}

if (process.channel) {
  // Nobody waits any more for what the command does.
  process.on('disconnect', () => drop(EXIT_ABANDONED));
  // The channel alone keeps nothing alive.
  process.channel.unref();
}

process.stdout.on('error', (error) => {
  // A reader that has seen enough, such as `head`, closes the pipe. What would have been found is not known.
  if ('code' in error && error.code === 'EPIPE') end(EXIT_UNREAD);
  else void endWith((words) => words.refuseUnwritable(error));
});
// Nobody reads what is wrong any more; the exit code says it still.
process.stderr.on('error', () => {});
