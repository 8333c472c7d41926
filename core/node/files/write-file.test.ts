import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as nodeTimers from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../problem.ts';
import { CAN_MOUNT, mountSmallDisk } from '../test-helpers/small-disk.ts';
import { withFileLock, writeWholeFile } from './write-file.ts';

const pauses = vi.hoisted(() => vi.fn<(ms: number) => void>());

vi.mock('node:timers/promises', async (importOriginal) => {
  const timers = await importOriginal<typeof nodeTimers>();
  const setTimeout = (ms: number) => {
    pauses(ms);
    return timers.setTimeout(ms);
  };
  return { ...timers, setTimeout };
});

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeWholeFile', () => {
  it.skipIf(process.platform === 'win32')('leaves links that lead in a circle', async () => {
    const circle = join(folder, 'circle');
    symlinkSync('circle', circle);
    await expect(writeWholeFile(circle, 'new')).rejects.toThrow('a link that leads in a circle');
    expect(readlinkSync(circle)).toBe('circle');
  });

  it('replaces a file, follows a link, and leaves nothing beside it', async () => {
    const inside = join(folder, 'whole');
    mkdirSync(inside);
    writeFileSync(join(inside, 'real'), 'old');
    symlinkSync('real', join(inside, 'link'));
    await writeWholeFile(join(inside, 'link'), 'new');
    expect(readFileSync(join(inside, 'real'), 'utf8')).toBe('new');
    expect(readdirSync(inside).toSorted()).toEqual(['link', 'real']);
  });

  it.each([
    ['a full disk', '/dev/full', 'no space left'],
    ['a folder', folder, 'it is a folder'],
    ['a folder that does not exist', join(folder, 'none', 'file'), 'folder does not exist'],
  ])('says what is wrong with %s', async (_, path, cause) => {
    const error = await writeWholeFile(path, 'text').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problem.title).toContain(cause);
    expect((error as ProblemError).problem.remedy).toBeTruthy();
  });
});

it.skipIf(!CAN_MOUNT)(
  'leaves the file of before where the disk has no room for all of it',
  async () => {
    const disk = mountSmallDisk(512);
    try {
      const path = join(disk.folder, 'page.html');
      await writeWholeFile(path, 'old');
      disk.fill(100);
      async function* parts() {
        for (let part = 0; part < 20; part += 1) yield 'x'.repeat(10_000);
      }
      await expect(writeWholeFile(path, parts())).rejects.toMatchObject({
        problem: {
          title: `${path} could not be written: there is no space left on the disk.`,
          remedy: 'Make room, or write to another disk.',
        },
      });
      expect(readdirSync(disk.folder).toSorted()).toEqual(['filler', 'page.html']);
      expect(readFileSync(path, 'utf8')).toBe('old');
    } finally {
      disk.close();
    }
  },
);

it('withFileLock lets one at a time in, and passes on what is thrown', async () => {
  const path = join(folder, 'locked');
  let inside = 0;
  const work = async (at: number) => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside -= 1;
    if (at === 2) throw new Error('this one fails');
  };
  const tasks = [0, 1, 2, 3].map((at) => withFileLock(path, () => work(at)));
  const results = await Promise.allSettled(tasks);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(pauses).toHaveBeenCalled();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

it.each([
  ['in a folder that does not exist', ['none', 'file'], 'done'],
  ['whose folder is a file', ['plain', 'file'], 'a part of its path is a file'],
])('withFileLock does not wait for a file %s', async (_, names, end) => {
  writeFileSync(join(folder, 'plain'), '');
  pauses.mockClear();
  const work = withFileLock(join(folder, ...names), async () => 'done');
  expect(await work.catch((error: ProblemError) => error.problem.title)).toContain(end);
  expect(pauses).not.toHaveBeenCalled();
});
