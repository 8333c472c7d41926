import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SweepEntry } from '../session/model.ts';

/** What of a sweep is on the screen: its findings, the phases of its records, or the lines that no seed executed. */
export type SweepPart = 'findings' | 'lifecycle' | 'source';

/** The part on the screen; it stays while another sweep or a run is shown. */
const shownPart = createStore<{ readonly part: SweepPart }>(() => ({ part: 'findings' }));

/** Shows a part of the sweep on the screen, and of those that are shown later. */
export function showSweepPart(part: SweepPart): void {
  shownPart.setState({ part });
}

/** The part of sweeps that is on the screen. */
export function useSweepPart(): SweepPart {
  return useStore(shownPart, ({ part }) => part);
}

/** Whether a sweep has more than its findings: one that asks whether a defect is mended has not. */
export function hasParts({ settings }: SweepEntry): boolean {
  return settings.mend === undefined;
}
