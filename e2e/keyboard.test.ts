import type { ElectronApplication } from '@playwright/test';
import { seriousViolations, seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import {
  DEMO,
  DEMO_FINDING,
  expectRun,
  expectStep,
  pickMachine,
  position,
} from './helpers/window.ts';

/** The titles of all commands with keys, as the application menu lists them. */
function commandsOfMenu(app: ElectronApplication): Promise<readonly string[]> {
  return app.evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? [])
      .flatMap(({ submenu }) => submenu?.items ?? [])
      // Entries that the system handles have a role.
      .filter(({ type, role, accelerator }) => type === 'normal' && !role && accelerator)
      .map(({ label }) => label),
  );
}

test('a command is chosen in the application menu', async ({ app, page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('help')?.click());
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
});

test('the keyboard alone runs a seed and finds the cause', async ({ page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Commands' });
  await expect(palette).toBeVisible();
  // What was typed keeps nobody in it.
  await page.keyboard.type('sweep');
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);
  await page.getByRole('button', { name: 'Run a seed that fails' }).focus();
  await page.keyboard.press('Enter');
  await expectRun(page);
  await expectStep(page, DEMO_FINDING.stepIndex);
  await page.keyboard.press('1');
  await expect(page.getByRole('tree')).toBeVisible();

  await page.keyboard.press('Shift+D');
  await expect(position(page)).not.toContainText(`step ${DEMO_FINDING.stepIndex} `);
  await page.keyboard.press('g');
  await page.keyboard.type('12');
  await page.keyboard.press('Enter');
  await expectStep(page, 12);
  await page.keyboard.press('2');
  await expect(page.getByRole('tab', { name: 'Causality' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('1');
  await page.keyboard.press('s');
  await expect(page.getByRole('tree')).toBeFocused();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('next finding');
  await page.keyboard.press('Enter');
  await expectStep(page, DEMO_FINDING.stepIndex);
});

test.describe('with a run', () => {
  test.use({ appArgs: DEMO });

  test('keys work on layouts that lack their characters', async ({ page }) => {
    await expectRun(page);
    const press = (init: { key: string; code: string; ctrlKey?: boolean }) =>
      page.evaluate((pressed) => {
        const event = new KeyboardEvent('keydown', { ...pressed, bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(event);
      }, init);
    const tab = (name: string) => page.getByRole('tab', { name });
    // AZERTY, and then a Russian keyboard.
    await press({ key: 'é', code: 'Digit2' });
    await expect(tab('Causality')).toHaveAttribute('aria-selected', 'true');
    await press({ key: '&', code: 'Digit1' });
    await expect(tab('State')).toHaveAttribute('aria-selected', 'true');
    await press({ key: 'п', code: 'KeyG' });
    await expect(page.getByRole('dialog', { name: 'Go to step' })).toBeVisible();
    await page.keyboard.press('Escape');
    await press({ key: 'л', code: 'KeyK', ctrlKey: true });
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  });

  test('the timeline stays sharp when the window comes to another screen', async ({ page }) => {
    await expectRun(page);
    const canvas = page.locator('.timeline canvas').first();
    const ratio = () =>
      canvas.evaluate((element: HTMLCanvasElement) => element.width / element.clientWidth);
    await expect.poll(ratio).toBeCloseTo(1, 1);
    const devtools = await page.context().newCDPSession(page);
    const { width, height } = await page.evaluate(() => ({
      width: window.innerWidth,
      height: window.innerHeight,
    }));
    await devtools.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 2,
      mobile: false,
    });
    await expect.poll(ratio).toBeCloseTo(2, 1);
  });

  test('plays and pauses', async ({ page }) => {
    await expectRun(page);
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('.');
    // The run that was clicked in the list has the focus, and Space must not press it again.
    await page
      .getByRole('region', { name: 'Runs' })
      .getByRole('button', { name: /^dentist/ })
      .click();
    await page.keyboard.press('Space');
    const step = async () => Number(/\d+/.exec((await position(page).textContent()) ?? '')?.[0]);
    await expect.poll(step).toBeGreaterThan(DEMO_FINDING.stepIndex + 2);
    await page.keyboard.press('Space');
    const paused = await position(page).textContent();
    await page.waitForTimeout(500);
    expect(await position(page).textContent()).toBe(paused);
  });

  test('keys still step after a choice in the toolbar', async ({ page }) => {
    await expectStep(page, DEMO_FINDING.stepIndex);
    await pickMachine(page, /^turnstile/);
    const machine = page.getByRole('button', { name: /Machine$/ });
    await expect(machine).toBeFocused();
    await expect(machine).toContainText('turnstile');

    await page.keyboard.press('ArrowRight');
    await expectStep(page, DEMO_FINDING.stepIndex + 1);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+D');
    await expectStep(page, DEMO_FINDING.stepIndex - 1);
    await page.keyboard.press('d');
    await expectStep(page, DEMO_FINDING.stepIndex);
    await expect(machine).toContainText('turnstile');

    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('option', { name: /^turnstile/ })).toBeFocused();
  });

  test('panels fold, typing in a field steps nowhere, and help lists all', async ({
    app,
    page,
  }) => {
    await expectStep(page, DEMO_FINDING.stepIndex);
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    const titles = await commandsOfMenu(app);
    expect(titles.length).toBeGreaterThan(30);
    for (const title of titles) await expect(help).toContainText(title);
    // What is below scrolls under the heading, which stays.
    const last = help.getByRole('heading', { name: 'Marks in the timeline' });
    await last.scrollIntoViewIfNeeded();
    await expect(last).toBeInViewport();
    await expect(help.getByRole('heading', { name: 'Keyboard' })).toBeInViewport();
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
    await page.keyboard.press('Control+b');
    await expect(page.getByRole('region', { name: 'Runs' })).toHaveCount(0);
    await page.keyboard.press('Control+Shift+B');
    await expect(page.getByRole('region', { name: 'Step' })).toHaveCount(0);
    await page.keyboard.press('Control+e');
    await page.keyboard.type('99');
    await page.keyboard.press('ArrowLeft');
    await expectStep(page, DEMO_FINDING.stepIndex);
    await expect(page.getByLabel('Seed', { exact: true })).toHaveValue('99');
  });

  test('has no serious accessibility violations, light and dark', async ({ app, page }) => {
    test.setTimeout(120_000);
    await expectRun(page);
    await page.getByRole('tab', { name: 'State' }).click();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await page.getByRole('tab', { name: 'Causality' }).click();
    await page.locator('.react-flow__node').first().waitFor();
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });
});

test('the empty window has no serious accessibility violations', async ({ app, page }) => {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
});
