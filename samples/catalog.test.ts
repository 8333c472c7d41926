import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { findScenario, loadMachine, withMachine } from '../core/node/load/machine-loader.ts';
import { pathOfMachine, readCatalog } from '../core/node/load/samples.ts';

// A machine in a process waits for its program to load.
vi.setConfig({ testTimeout: 20_000 });

const catalog = readCatalog();

it('lists every sample', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    // What has no machine file to open, such as an adapter, is no sample of a machine.
    .filter((name) => existsSync(join(import.meta.dirname, name, 'index.ts')));
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

it('has a demo that can be run', async () => {
  const { sample, settings } = catalog.demo;
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: sample }));
  expect(findScenario(loaded, settings.scenario).name).toBe(settings.scenario);
});
