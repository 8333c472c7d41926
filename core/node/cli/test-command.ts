import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.ts';

const COMMAND = join(PACKAGE_ROOT, 'electron/tasks/phasmoscope.mjs');
/** A command that hangs fails its test instead of stopping all of them. */
const TIMEOUT_MS = 50_000;

/** How a command ended, and what it printed. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is printed is compared as text: CI services ask for colours, which would be in its way. */
export const WITHOUT_COLOURS = { NO_COLOR: '1' } as const;

/**
 * Runs the command line as a process of its own.
 *
 * @param stopAt it is stopped as by Ctrl-C when this stands on its standard error.
 */
export function runCommandLine(
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
  stopAt?: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...WITHOUT_COLOURS, ...environment };
    const options = { cwd: folder, env, timeout: TIMEOUT_MS };
    const command = [COMMAND, ...args];
    const child = execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
    if (stopAt === undefined) return;
    let told = '';
    child.stderr?.on('data', (piece) => {
      const isNew = !told.includes(stopAt);
      told += String(piece);
      if (isNew && told.includes(stopAt)) child.kill('SIGINT');
    });
  });
}
