import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CAN_MOUNT, mountSmallDisk } from '../core/node/test-helpers/small-disk.ts';
import { expect, test } from './helpers/app.ts';
import { makeFolderOutside } from './helpers/outside.ts';
import { saveInto } from './helpers/saving.ts';
import { DEMO, DEMO_FINDING, expectRun, expectStatus, expectStep } from './helpers/window.ts';

test.use({ appArgs: DEMO });

const NAME = 'dentist-booking-unchecked-mixed-operations-378.jsonl.gz';

test('a run that does not fit a disk stays open, and is saved elsewhere', async ({ app, page }) => {
  test.skip(!CAN_MOUNT, 'only root can mount a disk to fill');
  const disk = mountSmallDisk(4_096);
  try {
    await expectRun(page);
    await saveInto(app, disk.folder);
    await page.keyboard.press('Control+s');
    await expectStatus(page, `Saved ${NAME}`);
    const saved = readFileSync(join(disk.folder, NAME));

    disk.fill(4);
    await page.keyboard.press('Control+s');
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('there is no space left on the disk');
    await expect(alert).toContainText('Make room, or write to another disk.');
    expect(readdirSync(disk.folder).toSorted()).toEqual([NAME, 'filler']);
    expect(saved.equals(readFileSync(join(disk.folder, NAME)))).toBe(true);

    await page.keyboard.press('ArrowLeft');
    await expectStep(page, DEMO_FINDING.stepIndex - 1);
    const elsewhere = makeFolderOutside();
    await saveInto(app, elsewhere);
    await page.keyboard.press('Control+s');
    await expect
      .poll(() => readdirSync(elsewhere), 'the run is saved under its name, whole')
      .toEqual([NAME]);
    expect(saved.equals(readFileSync(join(elsewhere, NAME)))).toBe(true);
  } finally {
    disk.close();
  }
});
