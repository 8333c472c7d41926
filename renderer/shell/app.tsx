import { useDeferredValue, useEffect, type DragEvent, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { openDroppedFile } from '../api.ts';
import { RunsPanel } from '../runs/runs-panel.tsx';
import { seek } from '../session/cursor.ts';
import type { SweepEntry } from '../session/model.ts';
import { selectRun, selectSweep, useSession, useShownRun } from '../session/store.ts';
import { StepPanel } from '../step/step-panel.tsx';
import { SweepPage } from '../sweep/sweep-page.tsx';
import { SeekContext } from '../ui/seek.tsx';
import { Centre } from './centre.tsx';
import { CommandPalette } from './command-palette.tsx';
import { listenToKeys } from './commands.ts';
import { EmptyState } from './empty-state.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { GoToStep } from './go-to-step.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { MachineDialog } from './machine-question.tsx';
import { startPlayer } from './player.ts';
import { Problems } from './problems.tsx';
import { StatusBar } from './status-bar.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { SettingsProblem, Toolbar } from './toolbar.tsx';
import { useUi } from './ui-store.ts';
import './app.css';

/** The window. */
export function App(): ReactNode {
  const isStarted = useSession((state) => state.isStarted);
  const isEmpty = useSession((state) => state.runs.length + state.sweeps.length === 0);
  useEffect(() => listenToKeys(), []);
  useEffect(() => startPlayer(), []);
  return (
    <SeekContext value={seek}>
      <div className="window" onDragOver={allowDrop} onDrop={dropFile}>
        <Toolbar />
        <SettingsProblem />
        <Problems />
        <main className="workspace">
          <ErrorBoundary>{isStarted && (isEmpty ? <EmptyState /> : <Workspace />)}</ErrorBoundary>
        </main>
        <StatusBar />
        <CommandPalette />
        <KeyboardHelp />
        <GoToStep />
        <MachineDialog />
      </div>
    </SeekContext>
  );
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
  return sweep ? <SweepWorkspace sweep={sweep} /> : <RunWorkspace />;
}

/** A sweep has no steps, and takes the place of all panels but the list. */
function SweepWorkspace({ sweep }: { sweep: SweepEntry }): ReactNode {
  const isRunsShown = useUi((state) => state.isRunsShown);
  const panelIds = [...(isRunsShown ? ['runs'] : []), 'sweep'];
  const columns = useDefaultLayout({ id: 'sweep-columns', panelIds, storage: localStorage });
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
            <RunsPanel />
          </Panel>
          <Separator className="separator vertical" />
        </>
      )}
      <Panel id="sweep" minSize={480}>
        <SweepPage key={sweep.id} sweep={sweep} />
      </Panel>
    </Group>
  );
}

/** The panels around the run on the screen. */
function RunWorkspace(): ReactNode {
  const isRunsShown = useUi((state) => state.isRunsShown);
  const isStepShown = useUi((state) => state.isStepShown);
  const columnIds = [...(isRunsShown ? ['runs'] : []), 'centre', ...(isStepShown ? ['step'] : [])];
  const rows = useDefaultLayout({ id: 'rows', storage: localStorage });
  const columns = useDefaultLayout({ id: 'columns', panelIds: columnIds, storage: localStorage });
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
                <RunsPanel />
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
 * The timeline follows the cursor in the same frame. The panels come after it, and an arrow key that
 * is held down, or a drag, may overtake them: moving in time never waits for a large state.
 */

function TimelineOfRun(): ReactNode {
  const run = useSession(selectRun);
  return run && <TimelinePanel run={run} />;
}

function CentreOfRun(): ReactNode {
  const shown = useDeferredValue(useShownRun());
  return <Centre shown={shown} />;
}

function StepOfRun(): ReactNode {
  const shown = useDeferredValue(useShownRun());
  const trace = shown?.run.trace;
  return trace && <StepPanel trace={trace} cursor={shown.cursor.stepIndex} />;
}
