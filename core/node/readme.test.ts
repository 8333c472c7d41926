import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startRun } from '../engine/run.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { findScenario, loadMachine } from './machine-loader.ts';
import { PACKAGE_ROOT } from './package-root.ts';

it("the README's machine runs as it stands there, and finds nothing", async () => {
  const readme = await readFile(join(PACKAGE_ROOT, 'README.md'), 'utf8');
  const source = /```ts\n(\/\/ turnstile\.ts\n[\s\S]*?)```/.exec(readme)?.[1];
  if (source === undefined) throw new Error('the README shows turnstile.ts');
  const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-readme-'));
  await writeFile(join(folder, 'turnstile.ts'), source);
  const loaded = await loadMachine(join(folder, 'turnstile.ts'));
  await rm(folder, { recursive: true });
  const scenario = findScenario(loaded, 'rush-hour');
  const faults = FAULT_PROFILES.chaos;
  const settings = { scenario, seed: 1n, operationsMax: 200, faults };
  const run = startRun(loaded.machine, settings, { guard: loaded.guard });
  const outcomes = new Set<string>();
  const findings: unknown[] = [];
  void run.advance(Number.POSITIVE_INFINITY, (step) => {
    outcomes.add(step.outcome.kind);
    findings.push(...step.findings);
  });
  expect([...outcomes].toSorted()).toEqual(['crashed', 'err', 'ok']);
  expect(findings).toEqual([]);
  expect(run.operations).toBe(200);
});
