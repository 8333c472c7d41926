import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTraceFile } from '../files/trace-file.ts';
import { runCommandOnSmallDisk } from '../test-helpers/test-command.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-full-'));
});

afterEach(() => rm(folder, { recursive: true }));

const RECORD = 'record dentist-booking --scenario stress --operations 20000'.split(' ');
const SWEEP = 'sweep dentist-booking --faults chaos --operations 500 --count 3 --no-explain'.split(
  ' ',
);

describe.skipIf(platform() === 'win32')('on a full disk', () => {
  it.each([
    ['run.jsonl', 400],
    ['run.jsonl.gz', 40],
  ])(
    'record stops with the cause, and keeps the steps until then: %s',
    async (name, fileKbMax) => {
      const answer = await runCommandOnSmallDisk([...RECORD, '--out', name], folder, fileKbMax);
      const [, kept = ''] = /The ([\d ]+) steps until then are in /.exec(answer.stderr) ?? [];
      expect(answer).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`could not be written to ${name}`),
      });
      expect(await readdir(folder)).toEqual([name]);
      const { trace, close } = await readTraceFile(join(folder, name));
      expect(trace.length).toBe(Number(kept.replaceAll(' ', '')));
      expect(trace.length).toBeGreaterThan(50);
      close();
    },
    60_000,
  );

  it('record leaves the file of before where there is no room for a step', async () => {
    const path = join(folder, 'run.jsonl');
    await writeFile(path, '');
    const { status } = await runCommandOnSmallDisk([...RECORD, '--out', path], folder, 0);
    expect([status, await readdir(folder)]).toEqual([2, ['run.jsonl']]);
  });

  it('a sweep says what it has found, and what could not be written', async () => {
    const args = [...SWEEP, '--report', 'report.json', '--traces', 'traces'];
    const { status, stdout, stderr } = await runCommandOnSmallDisk(args, folder, 2);
    expect(status).toBe(2);
    expect(stdout).toContain('in 3 of 3 seeds');
    expect(stderr).toContain('report.json could not be written');
    expect(await readdir(join(folder, 'traces'))).toEqual([]);
    expect(await readdir(folder)).toEqual(['traces']);
  });
});
