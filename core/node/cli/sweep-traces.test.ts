import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-traces-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const phasmoscope = (args: string) => runCommandLine(args.split(' '), folder);

const SWEEP = 'sweep dentist-booking --operations 60 --faults chaos --workers 1';
const SOUND = 'sweep dentist-booking-hardened --operations 20 --workers 1';

describe.concurrent('traces of a sweep', () => {
  it('are those that are recorded, one for each seed that is the example of a cause', async ({
    expect: check,
  }) => {
    const { status, stdout } = await phasmoscope(`${SWEEP} --count 8 --traces traces --json`);
    check(status).toBe(1);
    const { causes, traces } = JSON.parse(stdout);
    const seeds = [...new Set<string>(causes.map(({ seed }: { seed: string }) => seed))];
    check(seeds.length).toBeGreaterThan(1);
    check(traces).toEqual(
      seeds
        .toSorted((a, b) => Number(a) - Number(b))
        .map((seed) => join('traces', `seed-${seed}.jsonl.gz`)),
    );
    const [first] = traces;
    const seed = /seed-(\d+)/.exec(first)?.[1];
    await phasmoscope(
      `record dentist-booking --operations 60 --faults chaos --seed ${seed} --out recorded.jsonl`,
    );
    check(gunzipSync(readFileSync(join(folder, first))).toString()).toBe(
      readFileSync(join(folder, 'recorded.jsonl'), 'utf8'),
    );
  });

  it('are told to people, and what has none', async ({ expect: check }) => {
    const told = await phasmoscope(`${SWEEP} --count 1 --traces told`);
    check(told.stdout).toContain(
      'Recorded a trace in told, by seed; open one with: npx phasmoscope open told/seed-0.jsonl.gz --machine dentist-booking',
    );
    const none = await phasmoscope(`${SOUND} --count 1 --traces none`);
    check(none.status).toBe(0);
    check(none.stdout).not.toContain('Recorded');
  });

  it('have a place, or the sweep does not begin', async ({ expect: check }) => {
    writeFileSync(join(folder, 'a-file'), '');
    const { status, stdout, stderr } = await phasmoscope(`${SWEEP} --traces a-file`);
    check(status).toBe(2);
    check(stdout).toBe('');
    check(stderr).toContain('a-file/seed cannot be written');
    const nowhere = await phasmoscope(`${SWEEP} --traces nowhere/traces`);
    check(nowhere.status).toBe(2);
    check(nowhere.stderr).toContain('The folder nowhere/traces cannot be created');
  });
});
