import { useEffect, type DragEvent, type ReactNode } from 'react';
import { Group, Panel, useDefaultLayout } from 'react-resizable-panels';
import { openDroppedFile } from '../api.ts';
import { NoteDialog } from '../notes/note-dialog.tsx';
import { AskDialog } from '../questions/ask-dialog.tsx';
import { RunsPanel } from '../runs/runs-panel.tsx';
import { seek } from '../session/cursor.ts';
import type { RunEntry } from '../session/model.ts';
import { storage } from '../session/storage.ts';
import { selectRun, selectSweep, useSession } from '../session/store.ts';
import { useTalk } from '../session/talk.ts';
import { goToPlace } from '../source/source-store.ts';
import { MendDialog } from '../sweep/mend-dialog.tsx';
import { SweepPage } from '../sweep/sweep-page.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { PlaceContext, type Place } from '../ui/place-link.tsx';
import { SeekContext } from '../ui/seek.tsx';
import { WhatIfDialog } from '../what-if/what-if-dialog.tsx';
import { WhatIfMenu } from '../what-if/what-if-menu.tsx';
import { CommandPalette } from './command-palette.tsx';
import { EmptyState } from './empty-state.tsx';
import { FilmBar } from './film/film-bar.tsx';
import { FilmDialog } from './film/film-dialog.tsx';
import { useFilming } from './film/film.ts';
import { FollowRecord } from './follow-record.tsx';
import { GoToStep } from './go-to-step.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { listenToKeys } from './keyboard.ts';
import { MachineDialog } from './machine-question.tsx';
import { showView } from './panes.ts';
import { startPlayer } from './player.ts';
import { PreferencesDialog } from './preferences-dialog.tsx';
import { Problems } from './problems.tsx';
import { RenameFork } from './rename-fork.tsx';
import { CentreOfRun, RunsColumn, RunWorkspace, StatusOfRun } from './run-workspace.tsx';
import { TalkOverWindow } from './talk-over-window.tsx';
import { SettingsProblem, Toolbar } from './toolbar.tsx';
import { ui, useUi } from './ui-store.ts';
import { WatchDialog } from './watch-dialog.tsx';
import './app.css';

/** The window. */
export function App(): ReactNode {
  const isStarted = useSession((state) => state.isStarted);
  const isEmpty = useSession((state) => state.runs.length + state.sweeps.length === 0);
  const shownId = useSession(({ shown, runId, sweepId }) => (shown === 'run' ? runId : sweepId));
  const dialog = useUi((state) => state.dialog);
  const isTalking = useTalk() !== undefined;
  const isFilming = useFilming().progress !== undefined;
  useEffect(() => listenToKeys(), []);
  useEffect(() => startPlayer(), []);
  return (
    <SeekContext value={seek}>
      <PlaceContext value={showPlace}>
        <div
          className="window"
          onDragOver={allowDrop}
          onDrop={dropFile}
          inert={isTalking || isFilming}
        >
          <ErrorBoundary part="The toolbar" subject={shownId}>
            <Toolbar />
            <SettingsProblem />
          </ErrorBoundary>
          <ErrorBoundary part="What went wrong" subject={shownId}>
            <Problems />
          </ErrorBoundary>
          <main className="workspace">
            <ErrorBoundary part="The session" subject={shownId}>
              {isStarted && (isEmpty ? <EmptyState /> : <Workspace />)}
            </ErrorBoundary>
          </main>
          <StatusOfRun />
          <ErrorBoundary part="The dialog" subject={dialog}>
            <CommandPalette />
            <KeyboardHelp />
            <GoToStep />
            <WatchDialog />
            <PreferencesDialog />
            <FollowRecord />
            <RenameFork />
            <NoteDialog />
            <WhatIfMenu />
            <WhatIfDialog />
            <MendDialog />
            <AskDialog isOpen={dialog === 'ask'} onClose={closeDialog} />
            <MachineDialog />
            <FilmDialog />
          </ErrorBoundary>
        </div>
        <TalkOverWindow />
        <FilmBar />
      </PlaceContext>
    </SeekContext>
  );
}

function closeDialog(): void {
  ui.setState({ dialog: undefined });
}

/** Shows a place that a message names in the view of the source. */
function showPlace(place: Place): void {
  goToPlace(place);
  showView('source');
}

function allowDrop(event: DragEvent): void {
  if (event.dataTransfer.types.includes('Files')) event.preventDefault();
}

function dropFile(event: DragEvent): void {
  const [file] = event.dataTransfer.files;
  if (!file) return;
  event.preventDefault();
  openDroppedFile(file);
}

/** What is on the screen: a run, or a sweep. */
function Workspace(): ReactNode {
  const sweep = useSession(selectSweep);
  const isEmpty = useSession((state) => hasNoSteps(selectRun(state)));
  if (!sweep && !isEmpty) return <RunWorkspace list={<ListOfRuns />} />;
  return (
    <ListAndOne>
      {sweep ? (
        <ErrorBoundary part="The sweep" subject={sweep.id}>
          <SweepPage key={sweep.id} sweep={sweep} />
        </ErrorBoundary>
      ) : (
        <CentreOfRun />
      )}
    </ListAndOne>
  );
}

/** Whether a run ended without anything to show. */
function hasNoSteps(run: RunEntry | undefined): boolean {
  return run?.status === 'failed' && run.trace === undefined;
}

/** What has no steps takes the place of all panels but the list. */
function ListAndOne({ children }: { children: ReactNode }): ReactNode {
  const isRunsShown = useUi((state) => state.isRunsShown);
  const panelIds = [...(isRunsShown ? ['runs'] : []), 'sweep'];
  const columns = useDefaultLayout({ id: 'sweep-columns', panelIds, storage });
  return (
    <Group id="sweep-columns" orientation="horizontal" {...columns}>
      {isRunsShown && <RunsColumn list={<ListOfRuns />} />}
      <Panel id="sweep" minSize={480}>
        {children}
      </Panel>
    </Group>
  );
}

function ListOfRuns(): ReactNode {
  const runs = useSession((state) => state.runs);
  return (
    <ErrorBoundary part="The list of runs" subject={runs.length}>
      <RunsPanel />
    </ErrorBoundary>
  );
}
