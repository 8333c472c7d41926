import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSmallFile } from './regular-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-small-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('reads a file, and returns nothing where there is none', () => {
  writeFileSync(join(folder, 'a'), 'text');
  expect(readSmallFile(join(folder, 'a'))).toBe('text');
  expect(readSmallFile(join(folder, 'b'))).toBeUndefined();
});

it('refuses a folder', () => {
  expect(() => readSmallFile(folder)).toThrow('it is a folder, not a file');
});

it.skipIf(process.platform === 'win32')('refuses pipes and devices, and does not open them', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(() => readSmallFile(pipe)).toThrow('it is a pipe, not a file');
  expect(() => readSmallFile('/dev/zero')).toThrow('it is a device, not a file');
});
