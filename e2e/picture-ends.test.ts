/** What `picture` starts ends with it, even when it is killed without a chance to clean up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { makeFolderOutside } from './helpers/outside.ts';
import { isAlive, startedBy } from './helpers/processes.ts';

// Which processes a command has started is read from /proc, and only Linux needs a virtual display.
test.skip(process.platform !== 'linux', 'reads /proc');
test.setTimeout(180_000);

const COMMAND = join(import.meta.dirname, '../electron/scripts/phasmoscope.mjs');

/** Starts the command on a computer without a display. */
function phasmoscope(cwd: string, args: readonly string[]) {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  return spawn(process.execPath, [COMMAND, ...args], { cwd, env, stdio: 'ignore' });
}

test('a picture that is killed leaves neither a window nor a virtual display', async () => {
  const folder = makeFolderOutside();
  const recording = ['record', 'dentist-booking-unchecked', '--operations', '90'];
  await once(phasmoscope(folder, [...recording, '--out', 'run.jsonl']), 'exit');
  const film = ['picture', 'run.jsonl', '--step', '0', '--to', '89', '--out', 'run.gif'];
  const command = phasmoscope(folder, film);
  const pid = command.pid ?? 0;
  const count = (text: string) => startedBy(pid, text).length;
  await expect.poll(() => count('--type=renderer'), { timeout: 90_000 }).toBeGreaterThan(0);
  const started = startedBy(pid, '');
  expect(count('Xvfb')).toBeGreaterThan(0);
  command.kill('SIGKILL');
  await expect.poll(() => started.filter(isAlive), { timeout: 30_000 }).toEqual([]);
});
