/**
 * How quickly a browser opens a saved page: from the navigation to the frame that shows the run at its
 * step, measured inside the page, with no program and no network behind it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, report } from '../core/bench/report.ts';
import { startBrowser, type Browser } from './helpers/browser.ts';

const OPENINGS = 5;
const STEPS = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));

/** Runs a command in the folder. Findings are no failure of it. */
function phasmoscope(...args: readonly string[]): void {
  const command = [join(process.cwd(), 'electron/scripts/phasmoscope.mjs'), ...args];
  const { status, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0 && status !== 1) throw new Error(stderr);
}

async function openingMs(browser: Browser): Promise<number> {
  const { page } = await browser.open(join(folder, 'run.html'));
  await page.getByRole('treeitem').first().waitFor();
  const shownMs = await page.evaluate(
    () =>
      new Promise<number>((painted) => {
        requestAnimationFrame(() => painted(performance.now()));
      }),
  );
  await page.close();
  return shownMs;
}

const RUN = `record dentist-booking --operations ${STEPS} --faults chaos --seed 3 --out run.jsonl.gz`;
phasmoscope(...RUN.split(' '));
phasmoscope('report', 'run.jsonl.gz', '--html', 'run.html');
const browser = await startBrowser();
const openings: number[] = [];
for (let at = 0; at < OPENINGS; at += 1) openings.push(await openingMs(browser));
await browser.close();
const megabytes = (name: string) => statSync(join(folder, name)).size / 1e6;
const page = megabytes('run.html');
const trace = megabytes('run.jsonl.gz');
rmSync(folder, { recursive: true });
report('open a page of 20 000 steps, median', percentile(openings, 0.5) / 1000, 's', 'under 2');
report('  the slowest of five', Math.max(...openings) / 1000, 's');
report('its trace', trace, 'MB');
// The trace is Base64 in the page.
report('the page beside it', page - (4 / 3) * trace, 'MB', 'under 1.5');
