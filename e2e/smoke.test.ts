import { expect, test } from './app.ts';

test('the window opens and shows the app', async ({ app, page }) => {
  await expect(page.getByRole('heading', { name: 'Phasmoscope' })).toBeVisible();
  expect(await app.evaluate(({ app: main }) => main.getName())).toBe('phasmoscope');
});

test('the page is isolated from Node', async ({ page }) => {
  expect(await page.evaluate(() => 'require' in window || 'process' in window)).toBe(false);
});
