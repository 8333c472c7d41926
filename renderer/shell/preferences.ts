import type { Preferences, Theme } from '../../core/contract/window.ts';
import { request } from '../api.ts';
import { ui } from './ui-store.ts';

/** Shows the window in a theme, now and at the next start. */
export function setTheme(theme: Theme): void {
  ui.setState({ theme });
  void request('setTheme', theme);
}

/** Keeps what a person has set, now and at the next start. */
export async function setPreferences(preferences: Preferences): Promise<void> {
  ui.setState({ preferences: await request('setPreferences', preferences) });
}
