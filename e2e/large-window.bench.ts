/**
 * The window with much in it: a trace of a million steps, and states of many records.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { percentile, report, timeMs } from '../core/bench/report.ts';
import { Recording } from '../core/node/files/recording.ts';
import { loadMachine } from '../core/node/load/machine-loader.ts';
import { pathOfMachine } from '../core/node/load/samples.ts';
import { planRun, startRecorded } from '../core/node/runs/planning.ts';
import { recordRun } from '../core/trace/recorder.ts';
import { firstWindow, launchApp } from './helpers/app.ts';
import {
  chooseFile,
  measureJumps,
  HOST,
  measureKeys,
  READER,
  reportKeys,
  spentSeconds,
  untilPainted,
  windowMb,
} from './helpers/measure.ts';
import { expectRun, expectStatus, launchArgs } from './helpers/window.ts';

/** The steps of the long trace, and its length as the window writes it. */
const STEPS = Number(process.env['PHASMOSCOPE_LONG_STEPS'] ?? 1_000_000);
/** A trace that is shorter, and should take as much memory. */
const FEWER_STEPS = 100_000;
const JUMPS = 40;
const FEW = 1_000;
const MANY = 100_000;
/** Runs of both lengths: what begins a run is not counted. */
const [SHORT_RUN, LONG_RUN] = [1_000, 11_000];
const WIDE_ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));

async function withWindow(
  appArgs: readonly string[],
  act: (page: Page, app: ElectronApplication) => Promise<void>,
): Promise<void> {
  const userDataDir = mkdtempSync(join(folder, 'profile-'));
  // The indexes of the bench are not those of the person.
  const appEnv = { XDG_CACHE_HOME: join(folder, 'cache') };
  const app = await launchApp({ userDataDir, appArgs: [...appArgs], appEnv });
  await act(await firstWindow(app), app);
  await app.close();
}

/** Records the stress scenario to a file, as the command line does it. */
async function record(path: string, steps: number): Promise<void> {
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));
  const settings = { scenario: 'stress', operationsMax: steps, faults: 'none' };
  const recording = await Recording.open(path);
  await recordRun(
    await startRecorded(await planRun(loaded, settings), 55_555n),
    (line) => recording.add(line),
    { pulse: () => (recording.isDue ? recording.write().then(() => true) : true) },
  );
  await recording.close();
}

/** Opens a trace in the window, until its whole timeline is painted. */
async function openMs(
  page: Page,
  app: ElectronApplication,
  path: string,
  steps: number,
): Promise<number> {
  const button = page.getByRole('button', { name: /^A trace…/ });
  await button.waitFor();
  await chooseFile(app, path);
  return timeMs(async () => {
    await button.click();
    const count = steps.toLocaleString('en-US').replaceAll(',', '\u202f');
    await expectStatus(page, `${count} steps`, { timeout: 120_000 });
    await untilPainted(page);
  });
}

async function measureLong(): Promise<void> {
  const path = join(folder, 'long.jsonl.gz');
  await record(path, STEPS);
  const what = `open ${STEPS.toLocaleString('en-US')} steps`;
  await withWindow([], async (page, app) => {
    report(
      `${what}, the first time`,
      (await openMs(page, app, path, STEPS)) / 1000,
      's',
      'under 4',
    );
    report('  of it the processor, for reading', await spentSeconds(app, READER), 's');
  });
  await withWindow([], async (page, app) => {
    report('  and by the index', (await openMs(page, app, path, STEPS)) / 1000, 's', 'under 1');
    const jumps = await measureJumps(page, JUMPS);
    report(
      '  jump to any step: all panels painted, median',
      percentile(jumps, 0.5),
      'ms',
      'under 50',
    );
    report('    p95', percentile(jumps, 0.95), 'ms');
    reportKeys('in the middle of it', await measureKeys(page, STEPS / 2));
    reportKeys('in it where every step changes the state', await measureKeys(page, 10));
  });
  await compareMemory(path);
}

/** What the window takes of memory with a long trace, after jumps all over it, against a shorter one. */
async function compareMemory(long: string): Promise<void> {
  const short = join(folder, 'short.jsonl.gz');
  await record(short, FEWER_STEPS);
  const megabytes: number[] = [];
  for (const [path, steps] of [
    [short, FEWER_STEPS],
    [long, STEPS],
  ] as const) {
    await withWindow([], async (page, app) => {
      await openMs(page, app, path, steps);
      await measureJumps(page, JUMPS);
      megabytes.push(await windowMb(app));
    });
  }
  const [fewer = 0, many = 0] = megabytes;
  report('the memory of the window with it', many, 'MB', 'under 300');
  const what = `  over that with ${FEWER_STEPS.toLocaleString('en-US')} steps`;
  report(what, many / fewer, 'times', 'under 1.25');
}

/** A machine with many records, of which each step changes one. */
function wideMachine(records: number): string {
  const at = join(folder, `wide-${records}`);
  mkdirSync(at, { recursive: true });
  const path = join(at, 'machine.ts');
  writeFileSync(
    path,
    `import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'wide-${records}', description: '',
  initialState: () => ({
    steps: 0,
    items: new Map(Array.from({ length: ${records} }, (_, id) => [id, { id, at: 0 }])),
  }),
  stf(state, input) {
    state.update((draft) => {
      draft.steps += 1;
      const item = draft.items.get(input.input);
      if (item) item.at = draft.steps;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { counts: ({ steps }) => steps >= 0 },
});
export const scenarios = [defineScenario({
  name: 'all', description: '', defaults: { seed: '1', operations: ${SHORT_RUN} },
  start: (random) => ({
    next: () => ({ kind: 'input', input: random.genRange('u32', 0, ${records}) }),
    observe() {}, tallies: () => ({}),
  }),
})];
`,
  );
  return path;
}

/** How long a run of the open machine takes in the window, to its last step. */
async function runMs(page: Page, operations: number): Promise<number> {
  await page.getByRole('textbox', { name: 'Operations' }).fill(String(operations));
  return timeMs(async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const count = operations.toLocaleString('en-US').replaceAll(',', '\u202f');
    await expectStatus(page, `${count} steps`, { timeout: 60_000 });
    await expectRun(page);
  });
}

/** What a step of a run takes of the processor's time where it is executed, and where it is read. */
async function stepMicros(page: Page, app: ElectronApplication): Promise<readonly number[]> {
  const spent = () => Promise.all([HOST, READER].map((name) => spentSeconds(app, name)));
  const spentOn = async (operations: number) => {
    const before = await spent();
    await runMs(page, operations);
    return (await spent()).map((seconds, at) => seconds - (before[at] ?? Number.NaN));
  };
  const short = await spentOn(SHORT_RUN);
  const long = await spentOn(LONG_RUN);
  const steps = LONG_RUN - SHORT_RUN;
  return long.map((seconds, at) => ((seconds - (short[at] ?? Number.NaN)) / steps) * 1e6);
}

async function measureWide(): Promise<void> {
  const found: (readonly number[])[] = [];
  for (const records of [FEW, MANY]) {
    const machine = { kind: 'file', path: wideMachine(records) } as const;
    await withWindow(launchArgs({ kind: 'machine', machine }), async (page, app) => {
      await expectRun(page);
      const rounds: (readonly number[])[] = [];
      for (let round = 0; round < WIDE_ROUNDS; round += 1) rounds.push(await stepMicros(page, app));
      const medians = [0, 1].map((at) =>
        percentile(
          rounds.map((round) => round[at] ?? Number.NaN),
          0.5,
        ),
      );
      found.push(medians);
      const name = `with ${records.toLocaleString('en-US')} records in the state`;
      report(`a step of a run ${name}: executed and recorded`, medians[0] ?? 0, 'µs');
      report('  read and indexed', medians[1] ?? 0, 'µs');
      reportKeys(name, await measureKeys(page, 10));
    });
  }
  const [few = 0, many = 0] = found.map((micros) => micros.reduce((sum, one) => sum + one, 0));
  report(
    'a step that changes one of many records over one of few',
    many / few,
    'times',
    'under 1.5',
  );
}

/** The case that was slow once: twenty thousand records, five hundred steps. */
async function measureNewcomer(): Promise<void> {
  const machine = { kind: 'file', path: wideMachine(20_000) } as const;
  await withWindow(launchArgs({ kind: 'machine', machine, operationsMax: 10 }), async (page) => {
    await expectRun(page);
    report('run 500 steps on 20 000 records', (await runMs(page, 500)) / 1000, 's', 'under 3');
  });
}

try {
  await measureNewcomer();
  await measureWide();
  await measureLong();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
