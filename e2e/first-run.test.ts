import type { ElectronApplication, Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, firstWindow, launchApp, test } from './helpers/app.ts';
import {
  DEMO,
  DEMO_FINDING,
  FIRST_LOOK,
  expectRun,
  expectStatus,
  expectStep,
  pickMachine,
  position,
} from './helpers/window.ts';

test('the empty window leads to the first run in one click', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Run a seed that fails' }).click();
  await expectRun(page);
  await expectStep(page, DEMO_FINDING.stepIndex);
  await expect(page.getByText(DEMO_FINDING.message).first()).toBeVisible();
});

test('the empty window presents the story in one click', async ({ app, page }) => {
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
  await page.getByRole('button', { name: 'See the story' }).click();
  const talk = page.getByRole('dialog', { name: 'Presentation' });
  await expect(talk.getByRole('heading', { name: 'Two patients, one chair' })).toBeVisible();
  // Its week is drawn, too: the machines of the samples may work on it.
  await page.keyboard.press('End');
  await expect(talk.getByRole('heading', { name: 'And it stays mended' })).toBeVisible();
  await expect(talk.locator('.calendar-entry')).toHaveCount(4);
  for (let times = 0; times < 5; times += 1) await page.keyboard.press('PageUp');
  await expect(talk.getByRole('heading', { name: 'The second is faster' })).toBeVisible();
  await expect(talk.locator('.calendar-entry')).toHaveCount(4);
});

test('the empty window has room for all that it offers', async ({ app, page }) => {
  const offers = page.locator('.empty-state');
  await expect(offers.getByRole('button', { name: 'See the story' })).toBeVisible();
  const window = await app.browserWindow(page);
  for (const [width, height] of [
    [1440, 900],
    [1100, 700],
  ] as const) {
    await window.evaluate((shown, size) => shown.setContentSize(size[0], size[1]), [
      width,
      height,
    ] as const);
    await expect
      .poll(() => offers.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight))
      .toBe(0);
  }
});

test.describe('the window that `npm start` opens', () => {
  test.use({ appArgs: FIRST_LOOK });

  test('shows the two bookings that overlap in the week of the dentist', async ({ page }) => {
    await expectRun(page);
    await expectStep(page, DEMO_FINDING.stepIndex);
    await expect(page.getByRole('tab', { name: 'Views' })).toHaveAttribute('aria-selected', 'true');
    await expect(page.locator('.calendar-entry[data-tone="bad"]')).toHaveCount(2);
    await page.keyboard.press('1');
    await expect(page.getByRole('tree')).toBeVisible();
  });
});

test('a sample is chosen, set and run from the toolbar', async ({ page }) => {
  await pickMachine(page, /^dentist-booking\b(?!-)/);
  await page.getByLabel('Seed', { exact: true }).fill('not a seed');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
  await page.getByLabel('Seed', { exact: true }).fill('18446744073709551615');
  await page.getByRole('textbox', { name: 'Operations' }).fill('300');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expectRun(page);
  await expectStatus(page, '300 steps');
  await expectStatus(page, 'no findings');
  await expect(page.getByRole('region', { name: 'Runs' })).toContainText('18446744073709551615');
});

test.describe('the demo', () => {
  test.use({ appArgs: DEMO });

  test('shows one step in all panels from the first picture on', async ({ page }) => {
    await page.addInitScript(() => {
      const pictures: string[] = [];
      Object.assign(globalThis, { pictures });
      const look = () => {
        const textOf = (selector: string) => document.querySelector(selector)?.textContent ?? '';
        const [, cursor = ''] = /^step (\d+)/.exec(textOf('.position')) ?? [];
        if (cursor !== '') pictures.push(`${cursor} ${textOf('.step-head > .muted')}`);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.reload();
    await expectRun(page);
    await expectStep(page, DEMO_FINDING.stepIndex);
    const pictures = await page.evaluate(
      () => (globalThis as unknown as { pictures: readonly string[] }).pictures,
    );
    expect(pictures.at(-1)).toBe(`${DEMO_FINDING.stepIndex} ${DEMO_FINDING.stepIndex}`);
    expect(pictures.filter((picture) => !/^(\d+) \1$/.test(picture))).toEqual([]);
  });

  test('opens at its finding, steps forward and back, and shows what changed', async ({ page }) => {
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('ArrowLeft');
    await expectStep(page, DEMO_FINDING.stepIndex - 1);
    await expect(page.getByRole('region', { name: 'Step' })).not.toContainText('overlaps');
    await page.getByRole('button', { name: 'Step forward' }).click();
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('Home');
    await expect(position(page)).toContainText('initial state');
    await page.keyboard.press('f');
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('Shift+ArrowRight');
    await expectStep(page, DEMO_FINDING.stepIndex + 10);
    await expect(page.getByRole('region', { name: 'Step' })).toContainText(
      `since step ${DEMO_FINDING.stepIndex}`,
    );

    // The changes of the step, marked in the state.
    await page.keyboard.press('Home');
    await page.keyboard.press('f');
    await expectStep(page, DEMO_FINDING.stepIndex);
    const tree = page.getByRole('tree');
    await expect(tree.getByRole('treeitem', { name: /Tuesday 13:00/ })).toBeVisible();
    await page
      .getByRole('button', { name: 'Changed', exact: false })
      .or(page.getByRole('radio', { name: 'Changed' }))
      .first()
      .click();
    await expect(tree.getByRole('treeitem', { name: /Tuesday 13:45/ })).toHaveCount(0);
    await expect(tree.getByRole('treeitem', { name: /Tuesday 13:00/ })).toBeVisible();
    await expect(tree).toContainText('SlotConfirmed');
    await expect(tree).toContainText('AwaitingPreauth');
  });

  test('shows a crash, what it lost and what restore brought back', async ({ page }) => {
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('Home');
    await page.keyboard.press('c');
    const panel = page.getByRole('region', { name: 'Step' });
    await expect(panel).toContainText('process died');
    await expect(panel.getByRole('table')).toContainText('kept');
    await expect(panel.getByRole('table')).toContainText('CheckStatus');
    // The step in which it died, the crash, and then the restore.
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(panel).toContainText('restore emits the outstanding tracked actions again');
  });

  test('shows causality, and a click on a node goes to its step', async ({ page }) => {
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.getByRole('tab', { name: 'Causality' }).click();
    const graph = page.getByRole('tabpanel', { name: 'Causality' });
    await expect(graph.locator('.react-flow__node').first()).toBeVisible();
    await expect(graph).toContainText('wrote Tuesday 13:');
    await graph
      .getByRole('button', { name: /Request/ })
      .first()
      .click();
    await expect(position(page)).toContainText(/^step (69|72) of/);
  });

  test('finds a text in all steps, and a click on a hit goes to its step', async ({ page }) => {
    await expectRun(page);
    await page.getByLabel('Search paths and values').fill('SlotConfirmed');
    await page.keyboard.press('Alt+Enter');
    const list = page.getByRole('region', { name: 'Steps with SlotConfirmed' });
    await expect(list.getByRole('status')).toContainText(/^[\d\s]+ steps?$/);
    // The end of the search must not move the rows under the pointer, here to the row of the cursor.
    await page.waitForTimeout(200);
    await expect(list.locator('.step-list-rows')).toHaveJSProperty('scrollTop', 0);
    const hit = list.getByRole('button', { name: /SlotConfirmed/ }).first();
    await expect(hit.locator('mark')).toBeInViewport();
    await expect(hit).toContainText(/pending\[\d+\]\s*status: "SlotConfirmed"/);
    const number = Number(
      (await hit.locator('.step-list-step').textContent())?.replaceAll(/\D/g, ''),
    );
    await hit.click();
    await expectStep(page, number);
    await list.getByRole('button', { name: 'Close the list' }).click();
    await expect(list).toHaveCount(0);
  });

  test('verifies the run against the machine', async ({ page }) => {
    await expectRun(page);
    await page.getByRole('button', { name: 'not verified' }).click();
    await expect(page.getByText('Verified: every step agrees')).toBeVisible();
  });
});

test('the session comes back at the next start', async ({ userDataDir }) => {
  const first = await launchApp({ userDataDir, appArgs: DEMO });
  const firstPage = await firstWindow(first);
  await expectRun(firstPage);
  await firstPage.keyboard.press('ArrowLeft');
  await expectStep(firstPage, DEMO_FINDING.stepIndex - 1);
  const row = (page: Page) => page.getByRole('treeitem', { name: /^pending: / });
  // The tree may still be scrolling to what the step has changed.
  await expect(async () => {
    await row(firstPage).click();
    await expect(row(firstPage)).toHaveAttribute('aria-selected', 'true', { timeout: 1_000 });
  }).toPass();
  const key = (await row(firstPage).getAttribute('aria-expanded')) === 'true' ? 'Left' : 'Right';
  await firstPage.keyboard.press(`Arrow${key}`);
  await expect(row(firstPage)).toHaveAttribute('aria-expanded', String(key === 'Right'));
  await first.close();

  const second = await launchApp({ userDataDir });
  const secondPage = await firstWindow(second);
  await expectStep(secondPage, DEMO_FINDING.stepIndex - 1);
  await expect(row(secondPage)).toHaveAttribute('aria-expanded', String(key === 'Right'));
  await second.close();

  // The same run, made again, replaces the remembered one.
  const third = await launchApp({ userDataDir, appArgs: DEMO });
  const thirdPage = await firstWindow(third);
  await expectRun(thirdPage);
  await expect(thirdPage.getByRole('button', { name: /^Close / })).toHaveCount(1);
  await third.close();
});

test('two windows at once each come back as they were', async ({ userDataDir }) => {
  const seek = async (app: ElectronApplication, key: string, stepIndex: number) => {
    const page = await firstWindow(app);
    await expectRun(page);
    await page.keyboard.press(key);
    await expectStep(page, stepIndex);
    // Whatever is older than a second is kept, also when the program is killed.
    await page.waitForTimeout(1_000);
  };
  const first = await launchApp({ userDataDir, appArgs: DEMO });
  await seek(first, 'ArrowLeft', DEMO_FINDING.stepIndex - 1);
  const second = await launchApp({ userDataDir, appArgs: DEMO });
  await seek(second, 'ArrowRight', DEMO_FINDING.stepIndex + 1);
  first.process().kill('SIGKILL');
  await second.close();

  const third = await launchApp({ userDataDir });
  await expectStep(await firstWindow(third), DEMO_FINDING.stepIndex - 1);
  const fourth = await launchApp({ userDataDir });
  await expectStep(await firstWindow(fourth), DEMO_FINDING.stepIndex + 1);
  await third.close();
  await fourth.close();
});

test('a machine that was only opened is named, and run with one press', async ({ app, page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await pickMachine(page, /^turnstile/);
  await expect(page.getByRole('heading', { name: 'turnstile is open' })).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('Nothing has run yet');
  await page.getByRole('button', { name: 'Run it' }).click();
  await expectRun(page);
  expect(app.windows()).toHaveLength(1);
});
