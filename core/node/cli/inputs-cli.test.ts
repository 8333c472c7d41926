import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

const COIN = 'coin';
const UNLOCKED = { kind: 'trackedActionCompleted', id: 1, result: 'unlocked' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-inputs-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('visit.json', JSON.stringify([COIN, UNLOCKED, { kind: 'normal', input: 'push' }, 'push']));
  write('cut.json', '[\n  "coin",\n  "push"');
  write('object.json', '{"inputs": []}');
  write('wrong.json', '["coin", {"$bigint": 1}]');
});

afterAll(() => rmSync(folder, { recursive: true }));

const phasmoscope = (line: string) => runCommandLine(line.split(' '), folder);

describe.concurrent('--inputs', () => {
  it('runs the inputs of a file in their order, as a scenario of its own', async () => {
    const { status, stdout } = await phasmoscope('run turnstile --inputs visit.json --json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: 'visit.json',
      operations: 4,
      steps: 4,
      findings: [],
      finalState: { coins: 1, open: false },
    });
  });

  it('records them, and the trace is verified without the file', async () => {
    await phasmoscope('record turnstile --inputs visit.json --out visit.jsonl');
    const lines = readFileSync(join(folder, 'visit.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ scenario: 'visit.json' });
    expect((await phasmoscope('verify visit.jsonl')).stdout).toContain('All 4 steps agree');
  });

  it('sweeps them under faults, on all workers', async () => {
    const { stdout } = await phasmoscope(
      'sweep turnstile --inputs visit.json --faults chaos --count 20 --json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ scenario: 'visit.json', seeds: 20, broken: [] });
  });

  it.each([
    ['--inputs cut.json', 'cut.json:3:9: Expected'],
    ['--inputs object.json', 'inputs are an array, and this is an object'],
    ['--inputs wrong.json', 'element 1: $bigint must be a decimal string'],
    ['--inputs none.json', 'none.json could not be read: it does not exist'],
    ['--inputs visit.json --scenario rush-hour', 'Give either --scenario or --inputs'],
  ])('says what is wrong with %s', async (options, message) => {
    const { status, stderr } = await phasmoscope(`run turnstile ${options}`);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

it('warns of the completion of an action that was never emitted, and not of a second one', async () => {
  const done = (id: unknown) => ({ kind: 'trackedActionCompleted', id, result: 'unlocked' });
  const run = async (...inputs: unknown[]) => {
    writeFileSync(join(folder, 'unasked.json'), JSON.stringify(inputs));
    return phasmoscope('run turnstile --inputs unasked.json');
  };
  expect((await run('coin', done('x'))).stderr).toBe(
    'warning: step 1 completes the action "x", which was never emitted.\n',
  );
  expect((await run('coin', done(1), done(1))).stderr).toBe('');
  const sweep = ['sweep turnstile --inputs unasked.json --count 3', '--report unasked-report.json'];
  expect((await phasmoscope(sweep.join(' '))).stdout).not.toContain('never emitted');
  writeFileSync(join(folder, 'unasked.json'), JSON.stringify(['coin', done('x')]));
  const line =
    'In seed 0, step 1 completes the action "x", which was never emitted, and likewise in 2 other seeds.';
  expect((await phasmoscope(sweep.join(' '))).stdout).toContain(line);
  expect((await phasmoscope('merge unasked-report.json')).stdout).toContain(line);
});
