import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-project-'));
const within = join(folder, 'deep/within');

beforeAll(async () => {
  const { status, stderr } = await runCommandLine(['new', 'project'], folder);
  expect([status, stderr]).toEqual([0, '']);
  mkdirSync(join(folder, 'project/deep/within'), { recursive: true });
  mkdirSync(within, { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true }));

const project = join(folder, 'project');

/** Replaces the configuration of the project. */
function configure(text: string, name = 'phasmoscope.config.ts'): void {
  for (const end of ['ts', 'js', 'json'])
    rmSync(join(project, `phasmoscope.config.${end}`), { force: true });
  writeFileSync(join(project, name), text);
}

function settings(text: string): string {
  return `import { defineConfig } from 'phasmoscope';\nexport default defineConfig({ ${text} });\n`;
}

async function resultOf(line: string, place = project): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await runCommandLine([...line.split(' '), '--json'], place);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

const GIVEN = `machine: 'machine.ts', scenario: 'rush-hour', faults: 'delivery', seed: 7, operations: 30,
  seeds: 5, timeLimit: '2s', workers: 1`;

beforeEach(() => configure(settings(GIVEN)));

describe('the configuration of a project', () => {
  it('says what a command is not given, from its folder and from those within', async () => {
    const expected = {
      machine: 'turnstile',
      scenario: 'rush-hour',
      seed: '7',
      faults: 'delivery',
      operations: 30,
    };
    expect(await resultOf('run')).toMatchObject(expected);
    expect(await resultOf('run', join(project, 'deep/within'))).toMatchObject(expected);
    expect(await resultOf('sweep')).toMatchObject({ faults: 'delivery', seeds: 5 });
    expect(await resultOf('check')).toMatchObject({ machine: 'turnstile' });
  });

  it('gives way to what is given', async () => {
    const run = await resultOf('run --seed 8 --faults none --operations 20');
    expect(run).toMatchObject({ seed: '8', faults: 'none', operations: 20 });
    expect(await resultOf('sweep --seeds 10..12')).toMatchObject({ seeds: 3 });
  });

  it('is about its own machine, by whatever path, and no other one', async () => {
    const same = await resultOf('run ../../machine.ts', join(project, 'deep/within'));
    expect(same).toMatchObject({ seed: '7', faults: 'delivery' });
    expect(await resultOf('run counter')).toMatchObject({ machine: 'counter', faults: 'none' });
  });

  it('names the machine of its traces', async () => {
    await resultOf('record --out run.jsonl');
    expect(await resultOf('verify run.jsonl')).toMatchObject({ machine: 'turnstile' });
  });

  it('is not executed by commands that read traces', async () => {
    await resultOf('record --out read.jsonl');
    configure('throw new Error("executed");');
    for (const line of [
      'why read.jsonl --step 3',
      'show read.jsonl',
      'query read.jsonl --where true',
    ]) {
      expect((await runCommandLine(line.split(' '), project)).stderr).toBe('');
    }
    const { status, stderr } = await runCommandLine(['run'], project);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('phasmoscope.config.ts cannot be loaded: Error: executed'),
    ]);
  });

  it.each([
    ['phasmoscope.config.json', '{ "machine": "machine.ts", "seed": "9" }'],
    ['phasmoscope.config.js', 'export default { machine: "./machine.ts", seed: 9 };'],
    ['phasmoscope.config.js', 'module.exports = { machine: "./machine.ts", seed: 3 ** 2 };'],
  ])('may be %s: %s', async (name, text) => {
    configure(text, name);
    expect(await resultOf('run')).toMatchObject({ machine: 'turnstile', seed: '9' });
  });
});

describe('a mistake in the configuration of a project', () => {
  it.each([
    [
      'export default { get machine() { throw new Error("read"); } };',
      'phasmoscope.config.ts cannot be loaded: Error: read',
    ],
    [settings('faults: 3'), '`faults` must be a string'],
    [settings(`seed: 'seven'`), '`seed` must be a seed, and seven is not'],
    [settings(`timeLimit: 'long'`), '`timeLimit` must be a time such as "500ms", and long is not'],
    [settings('operations: 0'), '`operations` must be a number of operations, and 0 is not'],
    [settings('fault: "chaos"'), 'has no setting `fault`'],
    [settings(`seeds: 5, timeBudget: '5s'`), 'gives both `seeds` and `timeBudget`'],
    [settings(`machine: 'nowhere.ts'`), '`machine` is "nowhere.ts"'],
    ['export default 5;', 'does not export settings'],
    ['export default {', '(phasmoscope.config.ts:1:17)'],
  ])('%s is reported', async (text, expected) => {
    configure(text);
    const { status, stderr } = await runCommandLine(['run'], project);
    expect([status, stderr]).toEqual([2, expect.stringContaining(expected)]);
    expect(stderr).toContain('phasmoscope.config.ts');
  });
});

it('without one, a command says how to name its machine', async () => {
  const { status, stderr } = await runCommandLine(['run'], within);
  expect([status, stderr]).toEqual([2, expect.stringContaining('No machine is given.')]);
  expect(stderr).toContain('phasmoscope.config.ts');
});
