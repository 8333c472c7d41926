import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTraceFile } from '../files/trace-file.ts';
import { CAN_MOUNT, mountSmallDisk, type SmallDisk } from '../test-helpers/small-disk.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

/** Each writes a file of its own, which is longer than what is free. */
const SAVING = [
  ['shrink', 'shrink RUN --keep-inputs --out OLD', 'minimal.jsonl'],
  ['notes', 'notes OLD --at 3 --add seen', 'notes.jsonl'],
  ['inputs', 'inputs RUN --out OLD', 'inputs.json'],
  ['export', 'export RUN --as chrome --out OLD', 'chrome.json'],
  ['export, compressed', 'export RUN --as itf --out OLD', 'itf.json.gz'],
] as const;

describe.skipIf(!CAN_MOUNT)('on a disk without room, which only root can mount', () => {
  let folder: string;
  let disk: SmallDisk;
  let run: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phasmoscope-full-'));
    run = join(folder, 'run.jsonl');
    await runCommandLine(
      [...'record dentist-booking-unchecked --operations 400 --out'.split(' '), run],
      folder,
    );
  });

  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(() => {
    disk = mountSmallDisk(4_096);
  });

  afterEach(() => disk.close());

  it.each(SAVING)(
    '%s leaves the file of before, and says why it wrote none',
    async (_, command, name) => {
      const path = join(disk.folder, name);
      const args = command.split(' ').map((word) => ({ RUN: run, OLD: path })[word] ?? word);
      if (args[0] === 'notes') await copyFile(run, path);
      const { stderr: troubles } = await runCommandLine(args, folder);
      expect(troubles).not.toContain('error:');
      const before = await readFile(path);
      disk.fill(4);
      const { status, stderr } = await runCommandLine(args, folder);
      expect(stderr).toContain('there is no space left on the disk');
      expect(stderr).toContain('Make room, or write to another disk.');
      expect(status).toBe(2);
      expect((await readdir(disk.folder)).toSorted()).toEqual(['filler', name].toSorted());
      expect(before.equals(await readFile(path))).toBe(true);
    },
    60_000,
  );

  it('fork keeps the steps until then, as record does', async () => {
    const path = join(disk.folder, 'fork.jsonl');
    disk.fill(40);
    const args = ['fork', run, '--at', '76', '--crash', '--out', path];
    const { status, stderr } = await runCommandLine(args, folder);
    expect(stderr).toContain('there is no space left on the disk');
    expect(status).toBe(2);
    const { trace, close } = await readTraceFile(path);
    expect(stderr).toContain(`The ${trace.length} steps until then are in ${path}`);
    close();
  });
});
