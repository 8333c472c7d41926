import { useDeferredValue, useEffect, type DragEvent, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { openDroppedFile } from '../api.ts';
import { AskDialog } from '../questions/ask-dialog.tsx';
import { RunsPanel } from '../runs/runs-panel.tsx';
import { seek } from '../session/cursor.ts';
import type { RunEntry } from '../session/model.ts';
import { storage } from '../session/storage.ts';
import {
  selectRun,
  selectSweep,
  useSession,
  useShownRun,
  type ShownRun,
} from '../session/store.ts';
import { goToPlace } from '../source/source-store.ts';
import { StepPanel } from '../step/step-panel.tsx';
import { MendDialog } from '../sweep/mend-dialog.tsx';
import { SweepPage } from '../sweep/sweep-page.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { PlaceContext, type Place } from '../ui/place-link.tsx';
import { SeekContext } from '../ui/seek.tsx';
import { WhatIfDialog } from '../what-if/what-if-dialog.tsx';
import { WhatIfMenu } from '../what-if/what-if-menu.tsx';
import { Centre } from './centre.tsx';
import { CommandPalette } from './command-palette.tsx';
import { EmptyState } from './empty-state.tsx';
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
import { StatusBar } from './status-bar.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { SettingsProblem, Toolbar } from './toolbar.tsx';
import { ui, useUi } from './ui-store.ts';
import { useRoomOfTimeline } from './use-room-of-timeline.ts';
import { WatchDialog } from './watch-dialog.tsx';
import './app.css';

/** The window. */
export function App(): ReactNode {
  const isStarted = useSession((state) => state.isStarted);
  const isEmpty = useSession((state) => state.runs.length + state.sweeps.length === 0);
  const shownId = useSession(({ shown, runId, sweepId }) => (shown === 'run' ? runId : sweepId));
  const dialog = useUi((state) => state.dialog);
  useEffect(() => listenToKeys(), []);
  useEffect(() => startPlayer(), []);
  return (
    <SeekContext value={seek}>
      <PlaceContext value={showPlace}>
        <div className="window" onDragOver={allowDrop} onDrop={dropFile}>
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
            <WhatIfMenu />
            <WhatIfDialog />
            <MendDialog />
            <AskDialog isOpen={dialog === 'ask'} onClose={closeDialog} />
            <MachineDialog />
          </ErrorBoundary>
        </div>
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
  if (!sweep && !isEmpty) return <RunWorkspace />;
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
      {isRunsShown && (
        <>
          <Panel
            id="runs"
            defaultSize={248}
            minSize={160}
            maxSize={400}
            groupResizeBehavior="preserve-pixel-size"
          >
            <ListOfRuns />
          </Panel>
          <Separator className="separator vertical" />
        </>
      )}
      <Panel id="sweep" minSize={480}>
        {children}
      </Panel>
    </Group>
  );
}

/** The panels around the run on the screen. */
function RunWorkspace(): ReactNode {
  const isRunsShown = useUi((state) => state.isRunsShown);
  const isStepShown = useUi((state) => state.isStepShown);
  const columnIds = [...(isRunsShown ? ['runs'] : []), 'centre', ...(isStepShown ? ['step'] : [])];
  const rows = useDefaultLayout({ id: 'rows', storage });
  const timelinePanel = useRoomOfTimeline();
  const columns = useDefaultLayout({ id: 'columns', panelIds: columnIds, storage });
  return (
    <Group id="rows" orientation="vertical" {...rows}>
      <Panel id="upper" minSize="30%">
        <Group id="columns" orientation="horizontal" {...columns}>
          {isRunsShown && (
            <>
              <Panel
                id="runs"
                defaultSize={248}
                minSize={160}
                maxSize={400}
                groupResizeBehavior="preserve-pixel-size"
              >
                <ListOfRuns />
              </Panel>
              <Separator className="separator vertical" />
            </>
          )}
          <Panel id="centre" minSize={320}>
            <CentreOfRun />
          </Panel>
          {isStepShown && (
            <>
              <Separator className="separator vertical" />
              <Panel
                id="step"
                defaultSize={340}
                minSize={240}
                maxSize={560}
                groupResizeBehavior="preserve-pixel-size"
              >
                <StepOfRun />
              </Panel>
            </>
          )}
        </Group>
      </Panel>
      <Separator className="separator horizontal" />
      <Panel
        id="timeline"
        panelRef={timelinePanel}
        defaultSize={244}
        minSize={176}
        maxSize="60%"
        groupResizeBehavior="preserve-pixel-size"
      >
        <TimelineOfRun />
      </Panel>
    </Group>
  );
}

/*
 * Each panel is caught by itself: what one of them cannot show keeps nobody from the others, from
 * the list of runs or from the commands.
 *
 * The timeline follows the cursor in the same frame. The panels come after it, and an arrow key that
 * is held down, or a drag, may overtake them: moving in time never waits for a large state.
 */

/**
 * The run and cursor of the panels, which come after the timeline once the person moves in time. What
 * is shown first, and wherever the cursor goes by itself, is one picture.
 */
function useRunOfPanels(): ShownRun | undefined {
  const now = useShownRun();
  const late = useDeferredValue(now);
  const isBehind =
    late?.run.id !== now?.run.id ||
    late?.run.trace === undefined ||
    (now?.cursor.isTouched === false && late.cursor.stepIndex !== now.cursor.stepIndex);
  return isBehind ? now : late;
}

function ListOfRuns(): ReactNode {
  const runs = useSession((state) => state.runs);
  return (
    <ErrorBoundary part="The list of runs" subject={runs.length}>
      <RunsPanel />
    </ErrorBoundary>
  );
}

function TimelineOfRun(): ReactNode {
  const run = useSession(selectRun);
  const place = placeOf(useShownRun());
  if (!run) return null;
  return (
    <ErrorBoundary part="The timeline" subject={place}>
      <TimelinePanel run={run} />
    </ErrorBoundary>
  );
}

function CentreOfRun(): ReactNode {
  const shown = useRunOfPanels();
  const place = placeOf(shown);
  return (
    <ErrorBoundary part="The middle of the window" subject={place}>
      <Centre shown={shown} />
    </ErrorBoundary>
  );
}

function StepOfRun(): ReactNode {
  const shown = useRunOfPanels();
  const place = placeOf(shown);
  const trace = shown?.run.trace;
  if (!trace) return null;
  return (
    <ErrorBoundary part="The step" subject={place}>
      <StepPanel trace={trace} steps={shown.run.steps} cursor={shown.cursor.stepIndex} />
    </ErrorBoundary>
  );
}

function StatusOfRun(): ReactNode {
  const place = placeOf(useShownRun());
  return (
    <ErrorBoundary part="The status" subject={place} fallback={<footer className="status-bar" />}>
      <StatusBar />
    </ErrorBoundary>
  );
}

/** Where the person looks: a run and a step of it. */
function placeOf(shown: ShownRun | undefined): string {
  return `${shown?.run.id} ${shown?.cursor.stepIndex}`;
}
