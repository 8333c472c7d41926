import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findScenario, loadMachine } from '../core/node/machine-loader.ts';
import { pathOfMachine, readCatalog } from '../core/node/samples.ts';

const catalog = readCatalog();

it('lists every sample', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(catalog.samples.map(({ name }) => name).toSorted()).toEqual(folders.toSorted());
});

it.each(catalog.samples)('says of $name what the machine says', async ({ name, description }) => {
  const { machine } = await loadMachine(pathOfMachine({ kind: 'sample', name }));
  expect(machine).toMatchObject({ name, description });
});

it('has a demo that can be run', async () => {
  const { sample, settings } = catalog.demo;
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: sample }));
  expect(findScenario(loaded, settings.scenario).name).toBe(settings.scenario);
});
