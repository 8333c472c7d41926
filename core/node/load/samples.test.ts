import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { findScenario, withMachine } from './machine-loader.ts';
import { pathOfMachine, readCatalog } from './samples.ts';

// A machine in a process waits for its program to load.
const catalog = readCatalog();
const SAMPLES = join(PACKAGE_ROOT, 'samples');

it('lists every sample', () => {
  const folders = readdirSync(SAMPLES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // What has no machine file to open, such as an adapter, is no sample of a machine.
    .filter((name) => existsSync(join(SAMPLES, name, 'index.ts')));
  expect(catalog.samples.map(({ name }) => name).toSorted()).toEqual(folders.toSorted());
});

const isPythonMissing = spawnSync('python3', ['--version']).status !== 0;

it.for(catalog.samples)(
  'says of $name what the machine says',
  async ({ name, description }, { skip }) => {
    skip(isPythonMissing && name.endsWith('-python'), 'there is no python3');
    await withMachine(pathOfMachine({ kind: 'sample', name }), async ({ machine }) => {
      expect(machine).toMatchObject({ name, description });
    });
  },
);

it.for(catalog.samples)(
  'brings every step of $name back from the Informal Trace Format',
  async ({ name }, { skip }) => {
    skip(isPythonMissing && name.endsWith('-python'), 'there is no python3');
    const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-samples-'));
    const run = async (...args: string[]) => {
      expect((await runCommandLine(args, folder)).stderr).toBe('');
    };
    await run('record', name, '--faults', 'chaos', '--operations', '30', '--out', 'run.jsonl');
    await run('export', 'run.jsonl', '--as', 'itf', '--out', 'run.itf.json');
    await run('import', 'run.itf.json', '--out', 'again.jsonl');
    const [trace, again] = await Promise.all(
      ['run.jsonl', 'again.jsonl'].map((file) => readFile(join(folder, file), 'utf8')),
    );
    expect(again).toBe(trace);
    await rm(folder, { recursive: true });
  },
);

it('has a demo that can be run', async () => {
  const { sample, settings } = catalog.demo;
  await withMachine(pathOfMachine({ kind: 'sample', name: sample }), async (loaded) => {
    expect(findScenario(loaded, settings.scenario).name).toBe(settings.scenario);
  });
});
