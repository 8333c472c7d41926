import { useStore } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { Theme } from '../../core/contract/window.ts';
import type { SessionPart } from '../session/persistence.ts';
import { storage } from '../session/storage.ts';
import { TimelineView } from '../timeline/timeline-view.ts';

/** Steps a second at which a run can be played. */
export const PACES = [1, 2, 5, 10, 25, 60] as const;

const TABS = ['state', 'steps', 'causality', 'difference'] as const;

/** What stands in the middle of the window. */
export type CentreTab = (typeof TABS)[number];

/** The dialog that is open, if one is. */
export type OpenDialog = 'palette' | 'help' | 'goToStep' | 'sweep' | undefined;

/** How the window is arranged: nothing here says anything about a run. */
export interface Ui {
  readonly tab: CentreTab;
  readonly isRunsShown: boolean;
  readonly isStepShown: boolean;
  readonly theme: Theme;
  readonly dialog: OpenDialog;
  readonly isPlaying: boolean;
  /** Index into {@link PACES}. */
  readonly pace: number;
}

export const ui = createStore<Ui>()(
  persist(
    (): Ui => ({
      tab: 'state',
      isRunsShown: true,
      isStepShown: true,
      theme: 'system',
      dialog: undefined,
      isPlaying: false,
      pace: 2,
    }),
    {
      name: 'phasmoscope-ui',
      version: 1,
      storage: createJSONStorage(() => storage),
      partialize: ({ isRunsShown, isStepShown, pace }) => ({ isRunsShown, isStepShown, pace }),
    },
  ),
);

/** The view in the middle, which comes back with the session. */
export const tabPart: SessionPart = {
  name: 'tab',
  keep: () => ui.getState().tab,
  recall: (kept) => {
    const tab = TABS.find((known) => known === kept);
    if (tab) ui.setState({ tab });
  },
  subscribe: (listener) =>
    ui.subscribe((now, before) => {
      if (now.tab !== before.tab) listener();
    }),
};

/** Reads from the arrangement in a component. */
export function useUi<Selected>(select: (state: Ui) => Selected): Selected {
  return useStore(ui, select);
}

/** What part of the run the timeline shows. */
export const timelineView = new TimelineView();
