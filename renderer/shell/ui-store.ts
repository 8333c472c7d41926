import { useStore } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import type { Preferences, Theme } from '../../core/contract/window.ts';
import { SESSION_BYTES_MAX, TIME_LIMIT_MS } from '../../core/text/quantities.ts';
import type { Room } from '../session/arrangement.ts';
import { storage } from '../session/storage.ts';
import { TimelineView } from '../timeline/timeline-view.ts';

/** Steps a second at which a run can be played. */
export const PACES = [1, 2, 5, 10, 25, 60] as const;

/** The dialog that is open, if one is. */
export type OpenDialog =
  | 'palette'
  | 'help'
  | 'goToStep'
  | 'preferences'
  | 'followRecord'
  | 'renameFork'
  | 'sweep'
  | 'watch'
  | 'ask'
  | undefined;

/** How the window is arranged: nothing here says anything about a run. */
export interface Ui {
  /** The room in the middle of the window; `undefined` before it is laid out. */
  readonly room: Room | undefined;
  readonly isRunsShown: boolean;
  readonly isStepShown: boolean;
  readonly theme: Theme;
  readonly preferences: Preferences;
  readonly dialog: OpenDialog;
  /** The watch that the dialog for one changes; absent for a new one. */
  readonly watchEdited: string | undefined;
  /** What the timeline was given beyond its lanes when it was last on the screen, in pixels. */
  readonly timelineGivenPx: number | undefined;
  readonly isPlaying: boolean;
  /** Index into {@link PACES}. */
  readonly pace: number;
}

export const ui = createStore<Ui>()(
  persist(
    (): Ui => ({
      room: undefined,
      isRunsShown: true,
      isStepShown: true,
      theme: 'system',
      preferences: { timeLimitMs: TIME_LIMIT_MS, sessionBytesMax: SESSION_BYTES_MAX, editor: '' },
      dialog: undefined,
      watchEdited: undefined,
      timelineGivenPx: undefined,
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

/** Reads from the arrangement in a component. */
export function useUi<Selected>(select: (state: Ui) => Selected): Selected {
  return useStore(ui, select);
}

/** What part of the run the timeline shows. */
export const timelineView = new TimelineView();
