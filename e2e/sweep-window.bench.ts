/**
 * The window's sweep against that of the command line, in turns, and whether the window stays smooth meanwhile.
 *
 * The workers of the window give way to whatever else the computer does, so the rates compare only on an idle one.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { percentile, report } from '../core/bench/report.ts';
import { REQUESTS } from '../core/contract/window.ts';
import { SWEEP_SAMPLING } from '../core/engine/check-plan.ts';
import { pathOfMachine } from '../core/node/load/samples.ts';
import { SweepPool } from '../core/node/sweep/pool.ts';
import { firstWindow, launchApp } from './helpers/app.ts';
import { chooseFile } from './helpers/measure.ts';
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

/** @returns steps per second. */
async function inCommandLine({ faults, operationsMax, count }: Swept): Promise<number> {
  const pool = new SweepPool({
    path: pathOfMachine(MACHINE),
    settings: { scenario: SCENARIO, operationsMax, faults, sampling: SWEEP_SAMPLING },
    from: 0n,
    count,
    workers: availableParallelism(),
    shard: { index: 1, total: 1 },
  });
  const { stepsPerSecond } = await pool.run();
  return stepsPerSecond;
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
  { page, file }: { page: Page; file: string },
  { count }: Swept,
  isWatched = false,
): Promise<{ readonly stepsPerSecond: number; readonly frames: readonly number[] }> {
  await page.keyboard.press('Control+Shift+Enter');
  const form = page.getByRole('dialog', { name: 'Sweep many seeds' });
  await form.getByRole('textbox', { name: 'Seeds', exact: true }).fill(String(count));
  await page.keyboard.press('Enter');
  const frames = isWatched ? await framesWhileSweeping(page) : [];
  await page.getByRole('button', { name: 'Sweep again' }).waitFor({ timeout: 120_000 });
  rmSync(file, { force: true });
  await page.keyboard.press('Control+s');
  await page.getByText('Saved report.json').waitFor();
  const { report: swept } = REQUESTS.saveReport.takes.shape;
  const { stepsPerSecond } = swept.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { stepsPerSecond, frames };
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
  const [outside, inside]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    outside.push(await inCommandLine(swept));
    inside.push((await inWindow({ page, file }, swept)).stepsPerSecond);
  }
  const { frames } = await inWindow({ page, file }, swept, true);
  await app.close();
  rmSync(folder, { recursive: true, force: true });
  const rate = percentile(inside, 0.5);
  report(`sweep, faults: ${faults}, in the window`, rate, 'steps/s');
  const ratio = rate / percentile(outside, 0.5);
  report('  over the command line', ratio, 'times', 'on an idle computer: at least 0.8');
  report('  between frames of the window meanwhile, median', percentile(frames, 0.5), 'ms');
  report('  p95', percentile(frames, 0.95), 'ms', 'under 33');
  report('  p99', percentile(frames, 0.99), 'ms');
}

for (const swept of SWEEPS) await compare(swept);
