import type { Page } from '@playwright/test';
import { seriousViolationsInBothThemes } from './helpers/accessibility.ts';
import { expect, test } from './helpers/app.ts';
import { expectRun, launchArgs } from './helpers/window.ts';

/** From the seed that each cause of the dentist is first found in, to what is known of it and the line that did it. */

interface Cause {
  readonly name: string;
  /** In the row of the sweep, besides the name of the requirement. */
  readonly row: string;
  readonly known: readonly RegExp[];
  /** The line of the machine that the first sentence with one leads to. */
  readonly line: string;
  /** The line that this one leads to, in another function. */
  readonly leadsTo?: string;
}

const CHECK = "trackUnlessRefused(actions, id, { kind: 'CheckStatus', reqId: id });";

const CAUSES: readonly Cause[] = [
  {
    name: 'idempotent completion',
    row: 'completion Success',
    known: [/^Traced to step \S+ \(completion Success\)/, /^Last change of request \d+: step/],
    line: 'state.update((draft) => {',
  },
  {
    name: 'tracked actions are restorable',
    row: 'completion Success',
    known: [
      /^Restore after step \S+ would not emit Release #\d+ again/,
      /had ended in step/,
      /^Last change of request \d+: step \S+, from SlotConfirmed to SlotTaken/,
    ],
    line: CHECK,
  },
  {
    name: 'results update state',
    row: 'completion Pending',
    known: [/^Last change of request \d+: step .*added it as AwaitingPreauth/],
    line: 'return ok();',
  },
  {
    name: 'atomicity',
    row: 'RequestAuto',
    known: [/the container refused Preauth #\d+/],
    line: 'return hold(state, input, slot, actions);',
    leadsTo: "actions.tracked(id, { kind: 'Preauth'",
  },
  {
    name: 'every hold is charged for a booking or released',
    row: 'actionRefused',
    known: [/the container refused Release #\d+/, /from AwaitingPreauth to SlotTaken/],
    line: "trackUnlessRefused(actions, id, { kind: 'Release', reqId: id });",
    leadsTo: 'actions.tracked(id, action);',
  },
  {
    name: 'atomicity',
    row: 'restore',
    known: [/^Restore in step \S+ did not emit \w+ #\d+ again: the container refused CheckStatus/],
    line: CHECK,
    leadsTo: 'actions.tracked(id, action);',
  },
  {
    name: 'every booking is paid for',
    row: 'completion Failed',
    known: [
      /^Traced to step \S+ \(completion Failed\): its action Preauth #\d+ had ended in step/,
      /^Last change of request \d+: step \S+, from SlotConfirmed to NoSlot/,
      /^Last change of \w+ \d\d:\d\d: step \S+ \(completion Success\)/,
    ],
    line: "setStatus(state, id, 'NoSlot');",
  },
  {
    name: 'every hold is charged for a booking or released',
    row: 'the process crashes before Release is sent',
    known: [
      /^Lost: Release #\d+ from step \S+, in the crash in step \S+, before it was sent/,
      /^Restore in step \S+ did not emit Release #\d+ again/,
    ],
    line: CHECK,
  },
];

test.use({
  appArgs: launchArgs({
    kind: 'machine',
    machine: { kind: 'sample', name: 'dentist-booking' },
    seed: '0',
    operationsMax: 1_000,
    faults: 'chaos',
  }),
});

/** What is known of a finding, in the order of its sentences. */
function knownOf(page: Page, name: string) {
  const note = page.getByRole('note', { name: `Finding: ${name}` });
  return note.getByRole('region', { name: 'What is known' }).getByRole('listitem');
}

test('each cause of the dentist is known where its finding is opened', async ({ app, page }) => {
  test.setTimeout(400_000);
  await expectRun(page);
  const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
  const groups = sweep.getByRole('list', { name: 'Findings by cause' });
  await page.keyboard.press('Control+Shift+Enter');
  await page.keyboard.type('24');
  await page.keyboard.press('Enter');
  await expect(sweep.getByRole('button', { name: 'Sweep again' })).toBeVisible({
    timeout: 240_000,
  });
  await expect(groups.getByRole('listitem')).toHaveCount(CAUSES.length);
  for (const [at, { name, row, known, line, leadsTo }] of CAUSES.entries()) {
    await test.step(`${name}: ${row}`, async () => {
      // From the example back to the sweep.
      if (at > 0) await page.keyboard.press('Control+j');
      const cause = groups.getByRole('listitem').filter({ hasText: name }).filter({ hasText: row });
      await cause.first().getByRole('button').first().press('Enter');
      const sentences = knownOf(page, name);
      // The seed is executed for it.
      const isKnown = { timeout: 60_000 };
      for (const text of known) {
        await expect(sentences.filter({ hasText: text })).toHaveCount(1, isKnown);
      }
      // The step that did it is executed again, for its line.
      const places = sentences.getByRole('button', { name: /^machine\.ts:\d+:\d+$/ });
      await expect(places.first()).toBeVisible(isKnown);
      await places.first().press('Enter');
      await expect(page.locator('.cm-line.code-place')).toContainText(line);
      if (leadsTo === undefined) return;
      await places.nth(1).press('Enter');
      await expect(page.locator('.cm-line.code-place')).toContainText(leadsTo);
    });
  }
  expect(await seriousViolationsInBothThemes(app, page)).toEqual([]);
});
