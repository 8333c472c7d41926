import { ShieldAlert } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { closeRun } from '../session/closing.ts';
import { cameToNothing, type RunEntry } from '../session/model.ts';
import { titleOf } from '../session/names.ts';
import { useProblems } from '../session/notices.ts';
import { openHeldBack } from '../session/running.ts';
import type { ShownRun } from '../session/store.ts';
import { ShrinkingView } from '../sweep/shrinking-view.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { ChangeLine } from './change-line.tsx';
import { Panes } from './pane-tree.tsx';
import './centre.css';

/** The middle of the window: the state, or other views of the same step. */
export const Centre = memo(function Centre({ shown }: { shown: ShownRun | undefined }): ReactNode {
  const run = shown?.run;
  if (!shown || !run?.trace) {
    if (run?.isHeldBack) return <HeldBack run={run} />;
    const isShrinking = run?.origin.kind === 'shrunk' && run.status === 'running';
    return isShrinking ? <ShrinkingView run={run} /> : <Waiting run={run} />;
  }
  return (
    <div className="centre">
      <ChangeLine run={run} />
      <Panes run={run} trace={run.trace} cursor={shown.cursor} />
    </div>
  );
});

/** Stands for a run during which the window had died: opening it again may end the same way. */
function HeldBack({ run }: { run: RunEntry }): ReactNode {
  const { origin } = run;
  return (
    <Panel label="Views of the step">
      <Placeholder icon={ShieldAlert} title="The window ended while this was open">
        <p className="muted">
          <span className="data">{origin.kind === 'file' ? origin.path : titleOf(run)}</span> may be
          too large for the memory at hand. It is not opened again by itself.
        </p>
        <Button onPress={() => void openHeldBack(run.id)}>Open it again</Button>
        <Button onPress={() => closeRun(run)}>Close it</Button>
      </Placeholder>
    </Panel>
  );
}

function Waiting({ run }: { run: RunEntry | undefined }): ReactNode {
  const problems = useProblems();
  // The banner over the window says why, until it is dismissed.
  const isSaid = run?.status === 'failed' && problems.some(({ about }) => about === run.id);
  return (
    <Panel label="Views of the step">
      <Placeholder title={run?.status === 'failed' ? describeFailure(run) : undefined}>
        {!isSaid && <p className="muted">{describeWaiting(run)}</p>}
        {run && cameToNothing(run) && <Button onPress={() => closeRun(run)}>Close it</Button>}
      </Placeholder>
    </Panel>
  );
}

function describeFailure({ origin }: RunEntry): string {
  switch (origin.kind) {
    case 'file':
      return 'Nothing could be read';
    case 'shrunk':
      return 'The run could not be shrunk';
    case 'fork':
      return 'The fork could not be made';
    case 'machine':
      return 'The run recorded no steps';
    default:
      return assertNever(origin, 'origin');
  }
}

function describeWaiting(run: RunEntry | undefined): string | undefined {
  if (!run) return 'Choose a run on the left, or run a seed.';
  switch (run.status) {
    case 'failed':
      return run.problem?.title;
    case 'cancelled':
      return 'Cancelled before the first step.';
    case 'completed':
      return 'There is nothing to show.';
    case 'running':
    case 'waiting':
      return 'Opening…';
    default:
      return assertNever(run.status, 'status');
  }
}
