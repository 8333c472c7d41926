import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../problem.ts';
import { withFileLock, writeWholeFile } from './write-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeWholeFile', () => {
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
  expect(existsSync(`${path}.lock`)).toBe(false);
});
