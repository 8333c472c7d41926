import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { withRunFolder } from './run-folder.mjs';

const parent = mkdtempSync(join(tmpdir(), 'phasmoscope-folders-'));

afterAll(() => rmSync(parent, { recursive: true }));

function folderOf(pid: number): string {
  const folder = join(parent, `phasmoscope-run-${pid}-abc`);
  mkdirSync(join(folder, 'profile'), { recursive: true });
  writeFileSync(join(folder, 'profile/settings.json'), '{}');
  return folder;
}

it('removes the folders of runs that were killed, and its own one at the end', async () => {
  const dead = folderOf(spawnSync(process.execPath, ['-e', '']).pid);
  const alive = folderOf(process.ppid);
  const other = join(parent, 'phasmoscope-run-of-somebody');
  mkdirSync(other);
  const own = await withRunFolder(async (folder) => {
    expect([dead, alive, other, folder].map(existsSync)).toEqual([false, true, true, true]);
    return folder;
  }, parent);
  expect(existsSync(own)).toBe(false);
  const failing = withRunFolder((folder) => Promise.reject(new Error(folder)), parent);
  const { message } = await failing.catch((error: Error) => error);
  expect([message.startsWith(parent), existsSync(message)]).toEqual([true, false]);
});
