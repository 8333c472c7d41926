import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-diff-'));
  const settings = ['--faults', 'chaos', '--operations', '60', '--seed', '7'];
  await phasmoscope('record', 'dentist-booking', ...settings, '--out', 'plain.jsonl');
  await phasmoscope('record', 'dentist-booking-hardened', ...settings, '--out', 'hardened.jsonl');
});

afterAll(() => rmSync(folder, { recursive: true }));

it('says that a run is the same as itself', async () => {
  const { status, stdout } = await phasmoscope('diff', 'plain.jsonl', 'plain.jsonl');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/All \d+ steps are the same/)]);
});

it('aligns two machines on one seed, and names the first difference', async () => {
  const { status, stdout } = await phasmoscope('diff', 'plain.jsonl', 'hardened.jsonl');
  expect(status).toBe(1);
  expect(stdout).toMatch(/A +plain\.jsonl, \d+ steps/);
  expect(stdout).toMatch(/went differently: /);
  expect(stdout).toContain('only in A');
  const { stdout: json } = await phasmoscope('diff', 'plain.jsonl', 'hardened.jsonl', '--json');
  const { stretches, pairs, isSame } = JSON.parse(json);
  expect(isSame).toBe(false);
  expect(stretches[0]).toMatchObject({ kind: 'both', a: 0, b: 0 });
  expect(pairs.length).toBeGreaterThan(0);
});
