import { readFileSync, writeFileSync } from 'node:fs';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { writeTickets } from './helpers/tickets.ts';
import { expectRun, launchArgs } from './helpers/window.ts';

/** Did the mend help, and where? On a machine outside of the checkout. */

const tickets = writeTickets();
test.use({
  appArgs: launchArgs({ kind: 'machine', machine: { kind: 'file', path: tickets.machine } }),
});

test('draws when a run was doomed before and after a change, in one picture', async ({
  app,
  page,
}) => {
  test.setTimeout(120_000);
  await expectRun(page);
  const step = page.getByRole('region', { name: 'Step', exact: true });
  await step.getByRole('button', { name: 'When was it doomed?' }).click();
  const doom = page.getByRole('region', { name: 'When was it doomed?' });
  await expect(doom).toContainText(/Decided at|No single step/, { timeout: 60_000 });
  const ask = doom.getByRole('button', { name: 'Ask again with the saved source' });
  await expect(ask).toHaveCount(0);

  const source = readFileSync(tickets.machine, 'utf8');
  const mended = source.replace(
    "if (asked.kind === 'Pay') order",
    "if (asked.kind === 'Pay' && order.status === 'held') order",
  );
  expect(mended).not.toBe(source);
  writeFileSync(tickets.machine, mended);
  await expect(page.locator('.change-line')).toContainText('is gone', { timeout: 20_000 });
  // The run before the change has its curve still.
  await page
    .getByRole('region', { name: 'Runs' })
    .getByRole('button', { name: /^Before the change/ })
    .click();
  await ask.click();
  await expect(doom).toContainText(/The change helps .+ 0 % of the runs fail/, { timeout: 60_000 });
  await expect(doom.getByRole('list', { name: 'Legend' })).toContainText('after it');
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
});
