import type { Launch } from '../../contract/window.ts';
import { ProblemError } from '../../problem.ts';

/** Whether this process is the installed program, which opens its window by itself. */
export function isProgram(): boolean {
  return process.versions['electron'] !== undefined;
}

/**
 * The arguments with which the executable of this process opens a window on something.
 *
 * @throws {ProblemError} when the command line was not started by the phasmoscope command.
 */
export function windowArguments(launch: Launch): readonly string[] {
  return [...windowStart(), `--phasmoscope-launch=${JSON.stringify(launch)}`];
}

function windowStart(): readonly string[] {
  // Chromium refuses to run its sandbox as root.
  if (isProgram()) return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const start = process.env['PHASMOSCOPE_START'];
  if (start !== undefined) return [start];
  throw new ProblemError({
    title: 'The window can only be opened through the phasmoscope command.',
    remedy: 'Run `npx phasmoscope open`.',
  });
}
