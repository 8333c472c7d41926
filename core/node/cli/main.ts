import { ProblemError, type Problem } from '../../problem.ts';
import { strayProblem } from '../load/machine-loader.ts';
import { keepStandardOutput } from '../report/print.ts';
import { runCommandLine } from './command-line.ts';
import { refuse } from './output.ts';

/**
 * The machine shares this process. Keeps what it prints out of standard output, and makes sure that
 * a rejection that nobody awaits, a call of `process.exit`, or a promise that never settles does not
 * look like a run without findings.
 */
function guardAgainstMachine(asJson: boolean): () => void {
  keepStandardOutput();
  const fail = (problem: Problem) => {
    letGo();
    process.exitCode = refuse(new ProblemError(problem), asJson);
    process.exit();
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

const release = guardAgainstMachine(process.argv.includes('--json'));
// A reader that has seen enough, such as `head`, closes the pipe: that is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  release();
  process.exit();
});
const exitCode = await runCommandLine(process.argv.slice(2));
release();
process.exitCode = exitCode;
