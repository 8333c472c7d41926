import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSettings } from '../../core/contract/tasks.ts';
import { CHECK_EVERYTHING } from '../../core/engine/check-plan.ts';
import { signatureOf } from '../../core/engine/signature.ts';
import { FAULT_PROFILES } from '../../core/machine/faults.ts';
import type { Finding } from '../../core/machine/finding.ts';
import { pathOfMachine } from '../../core/node/load/samples.ts';
import { SweepPool } from '../../core/node/sweep/pool.ts';
import { runCommandLine } from '../../core/node/test-helpers/test-command.ts';
import type { SweepGroup } from '../../core/sweep/report.ts';
import { readTrace } from '../../core/test-helpers/test-traces.ts';
import { SEED_MAX } from '../../core/text/quantities.ts';
import { runInHost, startHost } from './test-host.ts';

/** Machines with state in memory and in a database, sound and not, each with a scenario. */
const MACHINES = [
  ['dentist-booking', 'mixed-operations'],
  ['dentist-booking-hardened', 'mixed-operations'],
  ['coffee-shop', 'checkout'],
  ['turnstile', 'rush-hour'],
  ['payment-ledger', 'tellers'],
] as const;
const OPERATIONS = 80;
const PROFILES = Object.keys(FAULT_PROFILES);
/** Processes and threads are slow: few seeds, and different ones for each machine. */
const SEED = fc.bigInt(0n, SEED_MAX).map(String);

let folder: string;
let recordings = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-same-'));
  await startHost();
});

afterAll(() => rm(folder, { recursive: true }));

/** The trace of a sample's seed, as the host records it. */
async function recordInHost(machine: string, settings: RunSettings): Promise<string> {
  const { text, end } = await runInHost(pathOfMachine({ kind: 'sample', name: machine }), settings);
  expect(end).toEqual({ kind: 'completed' });
  return text;
}

async function recordInCommandLine(
  machine: string,
  { scenario, seed, operationsMax, faults }: RunSettings,
): Promise<string> {
  recordings += 1;
  const out = join(folder, `${recordings}.jsonl`);
  const given = ['--scenario', scenario, '--seed', seed, '--operations', `${operationsMax}`];
  const args = ['record', machine, ...given, '--faults', faults, '--out', out];
  const { status, stderr } = await runCommandLine(args, folder);
  // 1: there are findings.
  expect([0, 1], stderr).toContain(status);
  return await readFile(out, 'utf8');
}

/** Sweeps and records a seed in a worker thread, with every check on as in a recorded run. */
async function runInWorker(machine: string, settings: RunSettings) {
  const { seed, scenario, operationsMax, faults } = settings;
  const plan = {
    path: pathOfMachine({ kind: 'sample', name: machine }),
    settings: { scenario, operationsMax, faults, sampling: CHECK_EVERYTHING },
    from: BigInt(seed),
    count: 1,
    workers: 1,
    shard: { index: 1, total: 1 },
  };
  const pool = new SweepPool(plan, () => {}, [{ kind: 'trace', seed: BigInt(seed) }]);
  const { part, broken, errandResults } = await pool.run();
  expect(broken).toEqual([]);
  const [result] = errandResults;
  if (result?.kind !== 'traced') throw new Error(`no trace: ${JSON.stringify(result)}`);
  return { part, text: result.lines.map((line) => `${line}\n`).join('') };
}

/** A sweep's report on a seed, taken from its trace: steps, and the first finding of each cause. */
function saidBy(text: string) {
  const trace = readTrace(text);
  const first = new Map<string, Finding>();
  for (const finding of trace.findings) {
    const signature = signatureOf(finding);
    if (!first.has(signature)) first.set(signature, finding);
  }
  return { steps: trace.length, findings: inOrder([...first.values()]) };
}

function inOrder(findings: readonly (Finding | SweepGroup)[]) {
  return findings
    .map(({ kind, name, message, stepIndex, shape, expected, actual, source }) => ({
      kind,
      name,
      message,
      stepIndex,
      shape,
      expected,
      actual,
      source,
    }))
    .toSorted((a, b) => a.stepIndex - b.stepIndex || compareTexts(a.message, b.message));
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

describe.each(MACHINES)('%s', (machine, scenario) => {
  it.each(PROFILES)('runs the same twice in the host under %s', async (faults) => {
    await fc.assert(
      fc.asyncProperty(SEED, async (seed) => {
        const settings = { scenario, seed, operationsMax: OPERATIONS, faults };
        const text = await recordInHost(machine, settings);
        expect(await recordInHost(machine, settings)).toBe(text);
      }),
      { numRuns: 1 },
    );
  });

  // Chaos has the faults of all other profiles; those take turns.
  it.each([
    ['chaos', fc.constant('chaos')],
    ['another profile', fc.constantFrom(...PROFILES.filter((name) => name !== 'chaos'))],
  ])('runs the same in host and sweep worker under %s', async (_, profile) => {
    await fc.assert(
      fc.asyncProperty(SEED, profile, async (seed, faults) => {
        const settings = { scenario, seed, operationsMax: OPERATIONS, faults };
        const text = await recordInHost(machine, settings);
        const { part, text: textOfWorker } = await runInWorker(machine, settings);
        expect(textOfWorker).toBe(text);
        expect({ steps: part.steps, findings: inOrder(part.groups) }).toEqual(saidBy(text));
      }),
      { numRuns: 1 },
    );
  });

  it('runs the same in host and command line', async () => {
    await fc.assert(
      fc.asyncProperty(SEED, fc.constantFrom(...PROFILES), async (seed, faults) => {
        const settings = { scenario, seed, operationsMax: OPERATIONS, faults };
        const text = await recordInCommandLine(machine, settings);
        expect(text).toBe(await recordInHost(machine, settings));
      }),
      { numRuns: 2 },
    );
  });
});
