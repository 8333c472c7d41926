/** @file Running other programs, and ending a task with a message instead of a stack trace. */
import { spawn, spawnSync } from 'node:child_process';
import { ROOT } from './paths.mjs';

/** A failure whose message gives cause and remedy; a stack trace would only hide it. */
export class TaskError extends Error {}

/**
 * Progress goes to stderr, so that a command's stdout holds nothing but its own output.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] defaults to the repository root
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'inherit' | 'stderr' | 'capture'} [output] where stdout goes; `stderr` keeps our own
 *   stdout clean, `capture` returns both streams as text
 * @property {number} [timeoutMs] the program is killed after this long
 */

/**
 * Runs a program to its end. Never rejects: a program that cannot be started, or that was killed,
 * has exit code 1.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ exitCode: number, output: string, timedOut: boolean }>}
 */
export function run(
  command,
  args,
  { cwd = ROOT, env = process.env, output = 'inherit', timeoutMs } = {},
) {
  const stdout = { inherit: 'inherit', stderr: 2, capture: 'pipe' }[output];
  const stderr = output === 'capture' ? 'pipe' : 'inherit';
  return new Promise((resolve) => {
    /** @type {string[]} */
    const chunks = [];
    let timedOut = false;
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: /** @type {import('node:child_process').StdioOptions} */ (['inherit', stdout, stderr]),
    });
    const timer = setTimeout(
      () => {
        timedOut = true;
        child.kill('SIGKILL');
      },
      timeoutMs ?? 2 ** 31 - 1,
    );
    const kill = () => child.kill();
    process.once('exit', kill);
    const finish = (/** @type {number} */ exitCode) => {
      clearTimeout(timer);
      process.off('exit', kill);
      resolve({ exitCode, output: chunks.join(''), timedOut });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
    }
    child.on('error', (error) => {
      chunks.push(`${command} could not be started: ${error.message}\n`);
      finish(1);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/**
 * Runs npm: the same npm that runs this task, if there is one. Otherwise npm is a batch file on Windows,
 * which cannot be started without a shell.
 * @param {readonly string[]} args
 * @param {RunOptions} options
 */
export function runNpm(args, options) {
  const script = process.env['npm_execpath'];
  return script?.endsWith('npm-cli.js')
    ? run(process.execPath, [script, ...args], options)
    : run('npm', args, options);
}

/**
 * Returns the stdout of a short program, or undefined if it is missing or fails.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function outputOf(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/**
 * Runs a task to its exit code. A task that is interrupted exits in the ordinary way, so that it ends
 * the programs that it started.
 * @param {() => Promise<number>} task
 */
export async function runTask(task) {
  const onInterrupt = () => process.exit(130);
  const onTerminate = () => process.exit(143);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  try {
    process.exitCode = await task();
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = 1;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  }
}
