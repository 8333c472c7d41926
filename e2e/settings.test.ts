import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { expectStatus, launchArgs } from './helpers/window.ts';

test.describe('the settings', () => {
  test.use({
    appArgs: launchArgs({
      kind: 'machine',
      machine: { kind: 'sample', name: 'dentist-booking' },
      operationsMax: 10_000,
    }),
  });

  test('show what the runs of the session take on the disk, and limit it', async ({
    app,
    page,
  }) => {
    await expectStatus(page, '10 000 steps');
    await page.keyboard.press('Control+,');
    const dialog = page.getByRole('dialog', { name: 'Settings' });
    const room = dialog.getByRole('textbox', { name: 'Room for runs' });
    await expect(room).toHaveValue('4 GB');
    await expect(dialog).toContainText(/The runs of this session take [\d.]+ MB on the disk\./);
    expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);

    await room.fill('much');
    await expect(dialog).toContainText('Give a size from 1 MB to 1024 TB');
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await room.fill('1 MB');
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('alert')).toContainText(/take [\d.]+ MB of 1 MB/);

    await page.keyboard.press('Control+,');
    await expect(room).toHaveValue('1 MB');
  });
});
