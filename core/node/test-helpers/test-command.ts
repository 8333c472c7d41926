import { execFile, type ExecFileException } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';
import { ProblemError } from '../../problem.ts';
import { runCommandLine as runInThisProcess } from '../cli/command-line.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

const COMMAND = join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs');
/** A command that hangs fails its test instead of stopping all of them. */
const TIMEOUT_MS = 50_000;

/** How a command ended, and what it printed. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the command line in this process, which takes a fraction of the time of a separate process. The
 * current folder and the standard streams are the process's, so commands run one after another,
 * however many are requested at once.
 */
export function runCommandLine(
  args: readonly string[],
  folder: string,
  environment: Environment = {},
): Promise<Answer> {
  const answer = last.then(() => runNow(args, folder, environment));
  last = answer.catch(() => {});
  return answer;
}

async function runNow(
  args: readonly string[],
  folder: string,
  environment: Environment,
): Promise<Answer> {
  const before = { folder: process.cwd(), env: { ...process.env } };
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    }),
  );
  process.chdir(folder);
  Object.assign(process.env, environment);
  try {
    const status = await runInThisProcess(args);
    return { status, ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, before.env);
    process.chdir(before.folder);
  }
}

/**
 * Runs the command line as a separate process, as users do: for what only a process shows, such
 * as how it ends.
 *
 * @param stopAt stop the process as by Ctrl-C when this text is on its standard error.
 */
export function runCommandProcess(
  args: readonly string[],
  folder: string,
  stopAt?: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: TIMEOUT_MS };
    const command = [COMMAND, ...args];
    const child = execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ status: statusOf(error), stdout, stderr }),
    );
    if (stopAt === undefined) return;
    let printed = '';
    child.stderr?.on('data', (piece) => {
      const isNew = !printed.includes(stopAt);
      printed += String(piece);
      if (isNew && printed.includes(stopAt)) child.kill('SIGINT');
    });
  });
}

/**
 * Runs the command line as {@link runCommandProcess}, where no file can be longer than some kilobytes: writing
 * fails as on a full disk. Not for Windows.
 */
export function runCommandOnSmallDisk(
  args: readonly string[],
  folder: string,
  fileKbMax: number,
): Promise<Answer> {
  // Without the trap, the system ends a process that writes more.
  const limited = `trap '' XFSZ; ulimit -f ${fileKbMax}; exec "$0" "$@"`;
  const command = ['-c', limited, process.execPath, COMMAND, ...args];
  return new Promise((resolve) => {
    execFile('bash', command, { cwd: folder, timeout: TIMEOUT_MS }, (error, stdout, stderr) =>
      resolve({ status: statusOf(error), stdout, stderr }),
    );
  });
}

/** A command that was killed, for example because it took too long, has no exit code. */
function statusOf(error: ExecFileException | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : -1;
}

/**
 * The title and the remedy of a command that is refused.
 *
 * @throws whatever else it ends with; and where it is not refused.
 */
export async function problemOf(command: Promise<unknown>): Promise<string> {
  const error: unknown = await command.then(
    () => new Error('the command is not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw error;
  const { title, remedy = '' } = error.problem;
  return `${title} ${remedy}`;
}
