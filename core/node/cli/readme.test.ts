import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { SWEEP_SAMPLING } from '../../engine/check-plan.ts';
import { signatureOf } from '../../engine/signature.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import type { Finding } from '../../machine/finding.ts';
import { causesOfSweep } from '../../sweep/causes.ts';
import { addParts, checkSeed, NOTHING_SWEPT } from '../../sweep/seed-check.ts';
import { findScenario, loadMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { checkTypes } from '../load/type-check.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { planRun } from '../runs/planning.ts';
import { recordFailing, shrinkRecord } from '../runs/shrinking.ts';
import { startShrinking } from '../sweep/shrinking.ts';
import { startSweep } from '../sweep/sweep.ts';
import { PAGES, readPage } from '../test-helpers/pages.ts';
import { checkSeeds } from '../testing.ts';

const readme = readPage('readme');
const machinePage = readPage('machines');
const dentistPage = readPage('dentist');

it("the README's machine is the sample of that name, and is sound", async () => {
  const source = /```ts\n\/\/ turnstile\.ts\n([\s\S]*?)```/.exec(readme)?.[1];
  const machine = pathOfMachine({ kind: 'sample', name: 'turnstile' });
  expect(source).toBe(await readFile(machine, 'utf8'));
  expect(await checkSeeds({ machine, faults: 'chaos', seeds: 20, operations: 200 })).toEqual([]);
});

/** The blocks that are said to be complete: each begins with the name of its file. */
const machineFiles = [
  ...`${readme}${machinePage}`.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g),
].map(([, name = '', source = '']) => ({ name, source }));

it('has a complete machine in memory, and one in a database', () => {
  expect(machineFiles.map(({ name }) => name)).toEqual(['turnstile.ts', 'bank.ts']);
});

it.each(machineFiles)(
  '$name of the pages has no type errors, and is sound under faults',
  async ({ name, source }) => {
    // In the checkout, where `phasmoscope` and its types are found.
    await mkdir(join(PACKAGE_ROOT, '.cache'), { recursive: true });
    const folder = await mkdtemp(join(PACKAGE_ROOT, '.cache', 'readme-'));
    try {
      const path = join(folder, name);
      await writeFile(path, source);
      expect((await checkTypes(path, [path])).problems).toEqual([]);
      expect(await checkSeeds({ machine: path, faults: 'chaos', seeds: 5 })).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  60_000,
);

it("the page's external systems take the place of the sample's scenario", async () => {
  const start = /```ts\n( {4}start\([\s\S]*?)```/.exec(machinePage)?.[1];
  const sample = await readFile(pathOfMachine({ kind: 'sample', name: 'turnstile' }), 'utf8');
  const source = sample.replace(/ {4}start\([\s\S]*?\n {4}},\n/, start ?? '');
  expect(source).not.toBe(sample);
  const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-readme-'));
  const path = join(folder, 'turnstile.ts');
  await writeFile(path, source);
  const { groups, sometimes, checks } = await sweep(await loadMachine(path), 20);
  await rm(folder, { recursive: true });
  expect(groups).toEqual([]);
  expect(sometimes).toEqual({ 'a lock that jams': 20 });
  expect(checks.rules['results update state']).toBeGreaterThan(100);
});

const dentist = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));

/** Sweeps a machine's first scenario under chaos from seed 0, as the command line does. */
async function sweep(loaded: LoadedMachine, seeds: number, operations?: number) {
  const scenario = findScenario(loaded, undefined);
  const operationsMax = operations ?? scenario.defaults.operations;
  const { locate } = loaded;
  const settings = { scenario, operationsMax, faults: FAULT_PROFILES.chaos, locate };
  const subject = { ...loaded, settings, sampling: SWEEP_SAMPLING };
  let swept = NOTHING_SWEPT;
  for (let seed = 0n; seed < seeds; seed += 1n) {
    const part = await checkSeed(
      subject,
      seed,
      () => false,
      () => true,
    );
    swept = addParts(swept, part);
  }
  return swept;
}

/** What a sweep of a sample under chaos finds, once that is shrunk: in words, and what each cause breaks first. */
async function foundIn(name: string, count: number, operations?: number) {
  const path = pathOfMachine({ kind: 'sample', name });
  const loaded = await loadMachine(path);
  const scenario = findScenario(loaded, undefined);
  const operationsMax = operations ?? scenario.defaults.operations;
  const how = { scenario: scenario.name, faults: 'chaos', operationsMax };
  const settings = { ...how, sampling: SWEEP_SAMPLING };
  const shard = { index: 1, total: 1 };
  const plan = { path, settings, from: 0n, count, workers: 2, shard };
  const report = await startSweep(loaded, plan).report;
  const { shrunk } = startShrinking(plan, report, undefined, Number.POSITIVE_INFINITY);
  const { groups, seeds } = (await shrunk).report;
  await loaded.close();
  const causes = causesOfSweep(groups);
  return {
    claim: `finds ${causes.length === 1 ? '1 cause' : `${causes.length} causes`} in ${seeds} seeds`,
    heads: causes.map(({ symptoms: [{ group, minimal }] }) => {
      return { finding: group.name, shape: group.shape, steps: minimal?.steps };
    }),
  };
}

const sweptSamples = [
  ...readPage('samples').matchAll(
    /(finds \d+ causes? in \d+ seeds) +\| `[^`]* sweep (\S+) --faults chaos --count (\d+)`/g,
  ),
].map(([, claim = '', name = '', seeds]) => ({ claim, name, seeds: Number(seeds) }));

it('describes the sweeps of the samples with a database', () => {
  expect(sweptSamples).toHaveLength(4);
});

it.each(sweptSamples)(
  'the sweep of $name $claim',
  async ({ claim, name, seeds }) => {
    expect((await foundIn(name, seeds)).claim).toBe(claim);
  },
  600_000,
);

it('the sweep of the dentist finds what its table says', async () => {
  const swept = await sweep(dentist, 100, 1000);
  const { claim, heads } = await foundIn('dentist-booking', 100, 1000);
  expect(claim).toBe(/finds \d+ causes in \d+ seeds/.exec(dentistPage)?.[0]);
  for (const { finding, shape, seeds, steps } of tableOfDefects()) {
    const group = swept.groups.find((one) => one.name === finding && one.shape === shape);
    if (!group) throw new Error(`no group ${finding}, ${shape}`);
    expect(heads).toContainEqual({ finding, shape, steps });
    expect([finding, group.count]).toEqual([finding, seeds]);
    const choice = { scenario: 'mixed-operations', operationsMax: 1000, faults: 'chaos' };
    const plan = await planRun(dentist, choice);
    const isMeant = (one: Finding) => signatureOf(one) === group.signature;
    const failing = await recordFailing(plan, BigInt(group.seed), isMeant);
    if (!failing) throw new Error(`seed ${group.seed} has no ${finding}`);
    const { shrunk } = await shrinkRecord(dentist, failing);
    expect([finding, shrunk.operations.length]).toEqual([finding, steps]);
  }
}, 600_000);

/** The rows of the table: what found a defect, in how many seeds, and what it shrinks to. */
function tableOfDefects() {
  const rows = [...dentistPage.matchAll(/\| _([^_]+)_, `([^`]+)` +\| +(\d+) \| +(\d+) steps? \|/g)];
  expect(rows).toHaveLength(4);
  return rows.map(([, finding, shape, seeds, steps]) => ({
    finding,
    shape,
    seeds: Number(seeds),
    steps: Number(steps),
  }));
}

/** The links of a page to files of the repository, and to headings of them. */
function linksOf(text: string): readonly { readonly file: string; readonly heading?: string }[] {
  const withoutCode = text.replace(/```[^]*?```/g, '');
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^\w+:/.test(target))
    .map((target) => {
      const [file = '', heading] = target.split('#');
      return heading === undefined ? { file } : { file, heading };
    });
}

/** The anchors of the headings of a page, as GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(Object.values(PAGES))('%s links to what there is', async (page) => {
  const links = linksOf(await readFile(join(PACKAGE_ROOT, page), 'utf8'));
  for (const { file, heading } of links) {
    const target = join(PACKAGE_ROOT, file === '' ? page : join(dirname(page), file));
    expect(existsSync(target), `${page}: ${file}`).toBe(true);
    if (heading === undefined) continue;
    expect(anchorsOf(await readFile(target, 'utf8')), `${page}: ${file}`).toContain(heading);
  }
});
