import type { Page } from '@playwright/test';

/** The dialog of the talk, the number of its note, and the heading of the note. */
export const talk = (page: Page) => page.getByRole('dialog', { name: 'Presentation' });
export const count = (page: Page) => talk(page).getByRole('status', { name: 'Note' });
export const title = (page: Page) =>
  talk(page).getByRole('region', { name: 'Note' }).getByRole('heading');
