/** @file The thread of the command line, on which machines run; `main.ts` watches it. */
import { parentPort } from 'node:worker_threads';
import { ProblemError, type Problem } from '../../problem.ts';
import { watchThread } from '../files/signs-of-life.ts';
import { noteWatched } from '../hang/start-watching.ts';
import { strayProblem } from '../load/machine-loader.ts';
import { keepStandardStreams, untilPrinted } from '../report/print.ts';
import { runCommandLine } from './command-line.ts';
import { interrupt } from './interrupt.ts';
import { refuse } from './output.ts';
import { showBundling } from './progress.ts';
import type { ThreadMessage } from './thread-contract.ts';

if (!parentPort) throw new Error('the command line runs on a thread of its own');
const port = parentPort;
const say = (message: ThreadMessage) => port.postMessage(message);
// A machine may replace what everybody can reach.
const exit = process.exit.bind(process);

/** Ends the thread, whatever a machine does when it hears of it. */
function end(exitCode: number): void {
  say({ kind: 'ending', exitCode });
  exit(exitCode);
}

/**
 * The machine shares this thread. Keeps what it prints from standard output and from commanding the
 * terminal, and makes sure that a rejection that nobody awaits, a call of `process.exit`, or a promise
 * that never settles does not look like a run without findings.
 */
function guardAgainstMachine(asJson: boolean): () => void {
  keepStandardStreams();
  const fail = (problem: Problem) => {
    letGo();
    end(refuse(new ProblemError(problem), asJson));
  };
  const remedy =
    'Correct the machine: everything that a step starts must end before the step ends.';
  const failStray = (error: unknown) => fail(strayProblem(error));
  const listeners = {
    uncaughtException: failStray,
    unhandledRejection: failStray,
    beforeExit: () => fail({ title: 'A step of the machine never ended.', remedy }),
    exit: () => fail({ title: 'The machine ended the process.', remedy }),
  };
  // Other listeners clean up when the process ends; they stay.
  const letGo = () => {
    for (const [event, listener] of Object.entries(listeners)) process.off(event, listener);
  };
  for (const [event, listener] of Object.entries(listeners)) process.on(event, listener);
  return letGo;
}

watchThread({
  bundling: showBundling,
  loading: (isLoading) => say({ kind: 'loading', isLoading }),
  half: (path, exists) => say({ kind: 'half', path, exists }),
  steps: (shared) => say({ kind: 'steps', shared }),
  recording: (open) => say({ kind: 'recording', open }),
  serving: (folders) => say({ kind: 'serving', folders }),
  progress: (text) => say({ kind: 'progress', text }),
});

noteWatched();
const args = process.argv.slice(2);
const release = guardAgainstMachine(args.includes('--json'));
// Not to end with a signal is a task's own decision; the rest ends at once.
port.on('message', () => {
  if (interrupt()) {
    say({ kind: 'stopping' });
    return;
  }
  release();
  exit();
});
port.unref();
void runCommandLine(args).then(async (exitCode) => {
  // Before the listeners go that report a thread which ends too early.
  await untilPrinted();
  release();
  end(exitCode);
});
