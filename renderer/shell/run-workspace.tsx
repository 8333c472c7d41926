import { useDeferredValue, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { storage } from '../session/storage.ts';
import { selectRun, useSession, useShownRun, type ShownRun } from '../session/store.ts';
import { StepPanel } from '../step/step-panel.tsx';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { Centre } from './centre.tsx';
import { StatusBar } from './status-bar.tsx';
import { TimelinePanel } from './timeline-panel.tsx';
import { useUi } from './ui-store.ts';
import { TIMELINE_PX_MIN, useRoomOfTimeline } from './use-room-of-timeline.ts';
import './app.css';

/**
 * The panels around the run on the screen.
 *
 * @param list what stands to the left of them, such as the list of runs.
 */
export function RunWorkspace({ list }: { list?: ReactNode }): ReactNode {
  const isListShown = useUi((state) => state.isRunsShown) && list !== undefined;
  const isStepShown = useUi((state) => state.isStepShown);
  const columnIds = [...(isListShown ? ['runs'] : []), 'centre', ...(isStepShown ? ['step'] : [])];
  const rows = useDefaultLayout({ id: 'rows', storage });
  const timelinePanel = useRoomOfTimeline();
  const columns = useDefaultLayout({ id: 'columns', panelIds: columnIds, storage });
  return (
    <Group id="rows" orientation="vertical" {...rows}>
      <Panel id="upper" minSize="30%">
        <Group id="columns" orientation="horizontal" {...columns}>
          {isListShown && <RunsColumn list={list} />}
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
        minSize={TIMELINE_PX_MIN}
        maxSize="60%"
        groupResizeBehavior="preserve-pixel-size"
      >
        <TimelineOfRun />
      </Panel>
    </Group>
  );
}

/** The column at the left of a group of columns, such as the list of runs. */
export function RunsColumn({ list }: { list: ReactNode }): ReactNode {
  return (
    <>
      <Panel
        id="runs"
        defaultSize={248}
        minSize={160}
        maxSize={400}
        groupResizeBehavior="preserve-pixel-size"
      >
        {list}
      </Panel>
      <Separator className="separator vertical" />
    </>
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

/** The middle of the window, with the views of a step. */
export function CentreOfRun(): ReactNode {
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

/** The last line of the window. */
export function StatusOfRun(): ReactNode {
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
