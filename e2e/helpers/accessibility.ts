import { AxeBuilder } from '@axe-core/playwright';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect } from './app.ts';

/** Shows the windows in a theme, whatever the system's theme is, and waits until they are in it. */
export async function setTheme(app: ElectronApplication, theme: 'light' | 'dark'): Promise<void> {
  await app.evaluate(({ nativeTheme }, source) => {
    nativeTheme.themeSource = source;
  }, theme);
  for (const page of app.windows()) {
    await expect.poll(() => themeOf(page), 'the theme of the window').toBe(theme);
  }
}

/** The theme that a window is painted in. */
async function themeOf(page: Page): Promise<'light' | 'dark'> {
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  return isDark ? 'dark' : 'light';
}

/**
 * Returns the accessibility violations of the window as it is now, each with its elements.
 *
 * @param rules axe's rules by name; all of them by default.
 */
export async function seriousViolations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // In an Electron window there is no second page in which axe could finish its work.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules ? axe.withRules([...rules]) : axe).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

/**
 * Returns the accessibility violations of the window as it is now, in the light theme and then in
 * the dark one. The two differ in colours only.
 */
export async function seriousViolationsInBothThemes(
  app: ElectronApplication,
  page: Page,
): Promise<string[]> {
  await setTheme(app, 'light');
  const light = await seriousViolations(page);
  await setTheme(app, 'dark');
  return [...light, ...(await seriousViolations(page, ['color-contrast']))];
}
