import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signatureOf } from '../engine/signature.ts';
import type { Finding } from '../machine/finding.ts';
import type { EarlierOperation, Operation } from '../machine/operation.ts';
import { ProblemError } from '../problem.ts';
import { exportTestCommand } from './cli/export-test-command.ts';
import { readTraceFile } from './files/trace-file.ts';
import { loadMachine, type LoadedMachine } from './load/machine-loader.ts';
import { pathOfMachine } from './load/samples.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { planRun } from './runs/planning.ts';
import { recordFailing, shrinkRecord } from './runs/shrinking.ts';
import { reproduce } from './testing.ts';

const FAITHFUL = pathOfMachine({ kind: 'sample', name: 'dentist-booking' });
const HARDENED = pathOfMachine({ kind: 'sample', name: 'dentist-booking-hardened' });
/** A rule and a settled property that the faithful machine breaks under chaos. */
const CAUSES = ['atomicity', 'every booking is paid for'] as const;

let root: string;
let folder: string;
let loaded: LoadedMachine;

beforeAll(async () => {
  // Inside the checkout, where packages are found, and in a separate root, which no other test uses.
  await mkdir(join(PACKAGE_ROOT, '.cache'), { recursive: true });
  root = await mkdtemp(join(PACKAGE_ROOT, '.cache/exported-'));
  folder = join(root, 'core');
  await mkdir(folder);
  loaded = await loadMachine(FAITHFUL);
});

afterAll(() => rm(root, { recursive: true }));

/** Shrinks a seed of the faithful machine to a finding, and writes the test of it to a file. */
async function shrinkTo(wanted: string): Promise<{ file: string; finding: Finding }> {
  const choice = { scenario: 'mixed-operations', operationsMax: 400, faults: 'chaos' };
  const plan = await planRun(loaded, choice);
  for (let seed = 0n; seed < 8n; seed += 1n) {
    const isMeant = ({ name }: Finding) => name === wanted;
    const failing = await recordFailing(plan, seed, isMeant);
    if (!failing) continue;
    const { lines } = await shrinkRecord(loaded, failing);
    const file = join(folder, `${wanted.replaceAll(' ', '-')}.jsonl`);
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    return { file, finding: failing.finding };
  }
  throw new Error(`no seed breaks "${wanted}"`);
}

/** Runs the test files as their author would, and returns for each machine how they ended. */
function runTests(): Promise<Readonly<Record<'faithful' | 'hardened', readonly string[]>>> {
  const command = join(PACKAGE_ROOT, 'node_modules/vitest/vitest.mjs');
  const config = join(PACKAGE_ROOT, 'vitest.config.ts');
  const args = [command, 'run', '--root', root, '--config', config, '--reporter=json'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: PACKAGE_ROOT, timeout: 50_000 }, (_, stdout) => {
      const { testResults } = JSON.parse(stdout) as {
        testResults: readonly { readonly name: string; readonly status: string }[];
      };
      const statuses = (machine: string) =>
        testResults.filter(({ name }) => name.includes(`.${machine}.`)).map(({ status }) => status);
      resolve({ faithful: statuses('faithful'), hardened: statuses('hardened') });
    });
  });
}

describe('an exported test', () => {
  it('fails on the faithful machine, and passes on the hardened one', async () => {
    for (const name of CAUSES) {
      const { file } = await shrinkTo(name);
      const faithful = { out: file.replace('.jsonl', '.faithful.test.ts') };
      expect(await exportTestCommand(file, faithful)).toBe(0);
      const hardened = { out: file.replace('.jsonl', '.hardened.test.ts'), machine: HARDENED };
      expect(await exportTestCommand(file, hardened)).toBe(0);
      // Again: an exported test may be replaced.
      expect(await exportTestCommand(file, hardened)).toBe(0);
    }
    expect(await runTests()).toEqual({
      faithful: CAUSES.map(() => 'failed'),
      hardened: CAUSES.map(() => 'passed'),
    });
  });

  it('describes its finding', async () => {
    const { file, finding } = await shrinkTo('atomicity');
    const out = join(folder, 'readable.test.ts');
    await exportTestCommand(file, { out });
    const source = await readFile(out, 'utf8');
    expect(source).toContain(`it("dentist-booking keeps \\"atomicity\\""`);
    expect(source).toContain(`// "${finding.message}"\n`);
    expect(source).toContain("import { reproduce } from 'phasmoscope/testing';");
    expect(source).toContain('under the faults "chaos"');
  });

  it('is not written for another machine, or over another file', async () => {
    const { file } = await shrinkTo('atomicity');
    const turnstile = pathOfMachine({ kind: 'sample', name: 'turnstile' });
    const out = join(folder, 'turnstile.test.ts');
    await expect(exportTestCommand(file, { out, machine: turnstile })).rejects.toThrow(
      'no scenario named "mixed-operations"',
    );
    await writeFile(out, 'export const mine = 1;');
    await expect(exportTestCommand(file, { out })).rejects.toThrow('is not an exported test');
    expect(await readFile(out, 'utf8')).toBe('export const mine = 1;');
    await rm(out);
  });

  it('needs a finding', async () => {
    const { file } = await shrinkTo('atomicity');
    const options = { out: join(folder, 'none.test.ts'), finding: 'rain' };
    await expect(exportTestCommand(file, options)).rejects.toThrow('no finding "rain"');
  });
});

describe('reproduce', () => {
  it('returns all findings, in order', async () => {
    const choice = { scenario: 'mixed-operations', operationsMax: 300, faults: 'chaos' };
    const plan = await planRun(loaded, choice);
    const failing = await recordFailing(plan, 1n, ({ kind }) => kind === 'settled');
    if (!failing) throw new Error('this seed is not settled well');
    const findings = await reproduce({
      machine: FAITHFUL,
      ...choice,
      operations: failing.operations,
    });
    expect(findings.map(signatureOf)).toContain(signatureOf(failing.finding));
    const steps = findings.map(({ stepIndex }) => stepIndex);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(await reproduce({ machine: HARDENED, ...choice, operations: [] })).toEqual([]);
  });

  it('accepts the operations of earlier versions', async () => {
    const { file, finding } = await shrinkTo('every booking is paid for');
    const { trace } = await readTraceFile(file);
    const operations = Array.from({ length: trace.length }, (_, at) => trace.step(at).operation);
    const earlier = operations.map((operation): Operation | EarlierOperation => {
      if (operation.kind === 'normal') return { ...operation, kind: 'input' };
      if (operation.kind === 'trackedActionCompleted') return { ...operation, kind: 'completion' };
      return operation;
    });
    expect(earlier).not.toEqual(operations);
    const choice = { machine: FAITHFUL, scenario: 'mixed-operations', faults: 'chaos' };
    const findings = await reproduce({ ...choice, operations: earlier });
    expect(findings.map(signatureOf)).toContain(signatureOf(finding));
    expect(findings).toEqual(await reproduce({ ...choice, operations }));
  });

  it('reports a missing scenario', async () => {
    const settings = { scenario: 'rain', faults: 'none', operations: [] };
    await expect(reproduce({ machine: FAITHFUL, ...settings })).rejects.toThrow(ProblemError);
  });
});
