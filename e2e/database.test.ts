import { expect, test } from './helpers/app.ts';
import { expectRun, expectStatus, expectStep, launchArgs } from './helpers/window.ts';

test.use({
  appArgs: launchArgs({
    kind: 'machine',
    machine: { kind: 'sample', name: 'payment-ledger-unchecked' },
    seed: '0',
    operationsMax: 60,
    faults: 'chaos',
  }),
});

test('a machine on SQLite is stepped through, row by row', async ({ page }) => {
  await expectRun(page);
  const step = page.getByRole('region', { name: 'Step', exact: true });
  const tree = page.getByRole('tree');

  await test.step('it opens at its first finding, with the rows that the step wrote', async () => {
    await expectStep(page, 23);
    await expect(step).toContainText('idempotent completion');
    const accounts = tree.getByRole('treeitem', { name: /^accounts: Table 20/ });
    await expect(accounts).toBeVisible();
    const balance = tree.getByRole('treeitem', { name: /^balance: 13678, changed, before 8688/ });
    await expect(balance).toBeVisible();
  });

  await test.step('stepping back shows the rows as they were', async () => {
    await page.keyboard.press('ArrowLeft');
    await expectStep(page, 22);
    await expect(tree.getByRole('treeitem', { name: /balance: 13678/ })).toHaveCount(0);
  });

  await test.step('the invariant over all rows fails where money appears', async () => {
    await page
      .getByRole('region', { name: 'Runs' })
      .getByRole('list', { name: 'Findings by cause' })
      .getByRole('button', { name: /^first at step .*money is conserved/ })
      .click();
    await expectStep(page, 39);
    await expect(step).toContainText('money is conserved');
    await expect(step).toContainText('the accounts gained 2615 cents, but 0 were paid in');
  });

  await test.step('executed again, it gives the same rows', async () => {
    await page.getByRole('contentinfo').getByRole('button', { name: 'not verified' }).click();
    await expectStatus(page, 'verified', { timeout: 20_000 });
  });
});
