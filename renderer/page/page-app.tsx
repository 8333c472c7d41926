import { useEffect, type ReactNode } from 'react';
import { seek } from '../session/cursor.ts';
import { useTalk } from '../session/talk.ts';
import { CommandPalette } from '../shell/command-palette.tsx';
import { FollowRecord } from '../shell/follow-record.tsx';
import { GoToStep } from '../shell/go-to-step.tsx';
import { KeyboardHelp } from '../shell/keyboard-help.tsx';
import { listenToKeys } from '../shell/keyboard.ts';
import { startPlayer } from '../shell/player.ts';
import { Problems } from '../shell/problems.tsx';
import { RunWorkspace, StatusOfRun } from '../shell/run-workspace.tsx';
import { TalkOverWindow } from '../shell/talk-over-window.tsx';
import { useUi } from '../shell/ui-store.ts';
import { WatchDialog } from '../shell/watch-dialog.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { SeekContext } from '../ui/seek.tsx';
import { PageHead } from './page-head.tsx';
import { PrintedRun } from './printed-run.tsx';

/** A saved run, as the window shows it: with what needs no program behind it. */
export function PageApp({ stepsOfRun }: { stepsOfRun: number | undefined }): ReactNode {
  const dialog = useUi((state) => state.dialog);
  const isTalking = useTalk() !== undefined;
  useEffect(() => listenToKeys(), []);
  useEffect(() => startPlayer(), []);
  return (
    <SeekContext value={seek}>
      <div className="window" inert={isTalking}>
        <PageHead stepsOfRun={stepsOfRun} />
        <ErrorBoundary part="What went wrong" subject={undefined}>
          <Problems />
        </ErrorBoundary>
        <main className="workspace">
          <ErrorBoundary part="The run" subject={undefined}>
            <RunWorkspace />
          </ErrorBoundary>
        </main>
        <StatusOfRun />
        <ErrorBoundary part="The dialog" subject={dialog}>
          <CommandPalette />
          <KeyboardHelp />
          <GoToStep />
          <WatchDialog />
          <FollowRecord />
        </ErrorBoundary>
      </div>
      <TalkOverWindow />
      <PrintedRun />
    </SeekContext>
  );
}
