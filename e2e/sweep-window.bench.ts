/**
 * The window's sweep against that of the command line, in turns, and whether the window stays smooth meanwhile.
 *
 * The workers of the window give way to whatever else the computer does, so what is compared are the steps in a
 * second of the processor; the rates as a clock sees them are printed beside, and equal on an idle computer.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { percentile, processorMs, report } from '../core/bench/report.ts';
import { REQUESTS } from '../core/contract/window.ts';
import { SWEEP_SAMPLING } from '../core/engine/check-plan.ts';
import { pathOfMachine } from '../core/node/load/samples.ts';
import { SweepPool } from '../core/node/sweep/pool.ts';
import { firstWindow, launchApp } from './helpers/app.ts';
import { chooseFile, HOST, spentSeconds } from './helpers/measure.ts';
import { expectRun, launchArgs } from './helpers/window.ts';

const ROUNDS = 3;
const MACHINE = { kind: 'sample', name: 'dentist-booking' } as const;
const SCENARIO = 'mixed-operations';

/** What is swept: enough that the second in which V8 compiles is little of it. */
const SWEEPS = [
  { faults: 'none', operationsMax: 10_000, count: 400 },
  { faults: 'chaos', operationsMax: 2_000, count: 500 },
] as const;
type Swept = (typeof SWEEPS)[number];

/** Steps in a second, of the processor and of a clock. */
interface Rates {
  readonly processor: number;
  readonly clock: number;
}

async function inCommandLine({ faults, operationsMax, count }: Swept): Promise<Rates> {
  const pool = new SweepPool({
    path: pathOfMachine(MACHINE),
    settings: { scenario: SCENARIO, operationsMax, faults, sampling: SWEEP_SAMPLING },
    from: 0n,
    count,
    workers: availableParallelism(),
    shard: { index: 1, total: 1 },
  });
  let [steps, clock] = [0, 0];
  const spentMs = await processorMs(async () => {
    ({ steps, stepsPerSecond: clock } = await pool.run());
  });
  return { processor: steps / (spentMs / 1000), clock };
}

/** Collects the times between frames until the sweep has no seed left. */
function framesWhileSweeping(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const status = () => document.querySelector('[role=contentinfo], footer')?.textContent ?? '';
    while (!/ of [^,]* seeds/.test(status())) await nextFrame();
    const frames: number[] = [];
    for (let last = await nextFrame(); / of [^,]* seeds/.test(status());) {
      const now = await nextFrame();
      frames.push(now - last);
      last = now;
    }
    return frames;
  });
}

/** @param isWatched whether the window is asked for each of its frames, which takes a part of a core. */
async function inWindow(
  { app, page, file }: { app: ElectronApplication; page: Page; file: string },
  { count }: Swept,
  isWatched = false,
): Promise<Rates & { readonly frames: readonly number[] }> {
  await page.keyboard.press('Control+Shift+Enter');
  const form = page.getByRole('dialog', { name: 'Sweep many seeds' });
  await form.getByRole('textbox', { name: 'Seeds', exact: true }).fill(String(count));
  const before = await spentSeconds(app, HOST);
  await page.keyboard.press('Enter');
  const frames = isWatched ? await framesWhileSweeping(page) : [];
  await page.getByRole('button', { name: 'Sweep again' }).waitFor({ timeout: 120_000 });
  const spent = (await spentSeconds(app, HOST)) - before;
  rmSync(file, { force: true });
  await page.keyboard.press('Control+s');
  await page.getByText('Saved report.json').waitFor();
  const { report: swept } = REQUESTS.saveReport.takes.shape;
  const { steps, stepsPerSecond } = swept.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { processor: steps / spent, clock: stepsPerSecond, frames };
}

async function compare(swept: Swept): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
  const file = join(folder, 'report.json');
  const { faults, operationsMax } = swept;
  const appArgs = launchArgs({
    kind: 'machine',
    machine: MACHINE,
    scenario: SCENARIO,
    operationsMax,
    faults,
  });
  const app = await launchApp({ userDataDir: join(folder, 'profile'), appArgs });
  const page = await firstWindow(app);
  await expectRun(page);
  await chooseFile(app, file);
  const [outside, inside]: [Rates[], Rates[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    outside.push(await inCommandLine(swept));
    inside.push(await inWindow({ app, page, file }, swept));
  }
  const { frames } = await inWindow({ app, page, file }, swept, true);
  await app.close();
  rmSync(folder, { recursive: true, force: true });
  const median = (rates: readonly Rates[], key: keyof Rates) =>
    percentile(
      rates.map((rate) => rate[key]),
      0.5,
    );
  const what = `sweep, faults: ${faults}`;
  report(`${what}, in the window`, median(inside, 'processor'), "steps/s of the processor's");
  const ratio = median(inside, 'processor') / median(outside, 'processor');
  report('  over the command line', ratio, 'times', 'at least 0.8');
  const byClock = median(inside, 'clock') / median(outside, 'clock');
  report('  the same by a clock', byClock, 'times', 'on an idle computer: at least 0.8');
  report('  between frames of the window meanwhile, median', percentile(frames, 0.5), 'ms');
  report('  p95', percentile(frames, 0.95), 'ms', 'under 33');
  report('  p99', percentile(frames, 0.99), 'ms');
}

for (const swept of SWEEPS) await compare(swept);
