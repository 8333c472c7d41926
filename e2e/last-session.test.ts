/** A last session that cannot be read whole, or at all: nothing of it is lost, and the window says so. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStep } from './helpers/window.ts';

const FINDING = DEMO_FINDING.stepIndex;

/** A session with one run, as the program keeps it. */
async function keepOneRun(profile: string) {
  const app = await launchApp({ userDataDir: profile, appArgs: DEMO });
  const page = await firstWindow(app);
  await expectStep(page, FINDING);
  await expectRun(page);
  await app.close();
  const folder = join(profile, 'sessions/1');
  const file = join(folder, 'session.json');
  const text = readFileSync(file, 'utf8');
  return { folder, file, text, traces: readdirSync(join(folder, 'traces')) };
}

/** Starts the program again, and returns what it says on its standard error. */
async function startAgain(profile: string) {
  const app = await launchApp({ userDataDir: profile });
  let said = '';
  app.process().stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  await answerDialogs(app);
  return { app, page: await firstWindow(app), said: () => said };
}

/** Dialogs of the system cannot be seen by tests. */
async function answerDialogs(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
  });
}

test('a run with one field that cannot be read comes back without it', async ({ userDataDir }) => {
  const { folder, file, text, traces } = await keepOneRun(userDataDir);
  const damaged = text.replace('"status":"completed"', '"status":"paused"');
  expect(damaged).not.toBe(text);
  writeFileSync(file, damaged);
  const { app, page, said } = await startAgain(userDataDir);
  await expectStep(page, FINDING);
  await expect(page.getByRole('alert')).toContainText('"status" of the run of seed');
  await expect.poll(said).toContain('warning: A part of the last session cannot be read');
  const aside = readdirSync(folder).find((name) => name.startsWith('session-')) ?? '';
  await expect(page.getByRole('alert')).toContainText(aside);
  expect(readFileSync(join(folder, aside), 'utf8')).toBe(damaged);
  expect(readdirSync(join(folder, 'traces'))).toEqual(traces);
  await app.close();
});

for (const [what, damage] of [
  ['of which nothing can be read', (text: string) => text.slice(0, 100)],
  [
    'of a kind that only a newer version knows',
    (text: string) => text.replace('"kind":"machine"', '"kind":"dream"'),
  ],
] as const) {
  test(`the trace of a run ${what} comes back, at every start`, async ({ userDataDir }) => {
    const { folder, file, text, traces } = await keepOneRun(userDataDir);
    writeFileSync(file, damage(text));
    for (const start of [1, 2]) {
      const { app, page } = await startAgain(userDataDir);
      const runs = page.getByRole('region', { name: 'Runs' });
      await runs.getByText(traces[0] ?? '').click();
      await expectStep(page, FINDING);
      await expect(page.getByRole('alert').filter({ hasText: 'cannot be read' })).toHaveCount(
        start === 1 ? 1 : 0,
      );
      await app.close();
      expect(readdirSync(join(folder, 'traces'))).toEqual(traces);
    }
  });
}

test.describe('a session in the way of which is', () => {
  test('a pipe: the window opens with another session, and says so', async ({ userDataDir }) => {
    test.skip(process.platform === 'win32', 'Windows has no such pipes.');
    const { folder, file, traces } = await keepOneRun(userDataDir);
    rmSync(file);
    for (const path of [file, join(folder, 'places.json')]) {
      rmSync(path, { force: true });
      execFileSync('mkfifo', [path]);
    }
    rmSync(join(userDataDir, 'settings.json'));
    execFileSync('mkfifo', [join(userDataDir, 'settings.json')]);
    const { app, page, said } = await startAgain(userDataDir);
    await expect(page.getByRole('banner')).toBeVisible();
    await expect.poll(said).toContain('session.json could not be read: it is a pipe, not a file.');
    await expect.poll(said).toContain('settings.json could not be read: it is a pipe, not a file.');
    expect(readdirSync(join(folder, 'traces'))).toEqual(traces);
    await app.close();
  });

  test('a folder of the person among the traces: it comes back', async ({ userDataDir }) => {
    const { folder } = await keepOneRun(userDataDir);
    mkdirSync(join(folder, 'traces/backup/inner'), { recursive: true });
    const { app, page } = await startAgain(userDataDir);
    await expectStep(page, FINDING);
    await app.close();
  });
});

test('a trace of the session that is a pipe is refused', async ({ userDataDir }) => {
  test.skip(process.platform === 'win32', 'Windows has no such pipes.');
  const { folder, traces } = await keepOneRun(userDataDir);
  const trace = join(folder, 'traces', traces[0] ?? '');
  rmSync(trace);
  execFileSync('mkfifo', [trace]);
  const { app, page } = await startAgain(userDataDir);
  await expect(page.getByRole('alert')).toContainText('it is a pipe, not a file.');
  await app.close();
});
