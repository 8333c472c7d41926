import type { ReactNode } from 'react';
import type { Note } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from '../session/model.ts';
import { OnStageContext } from '../ui/on-stage.ts';
import { isViewId, VIEWS, type ViewId } from '../words/views.ts';
import { SpanStage } from './span-stage.tsx';
import { StepStage } from './step-stage.tsx';
import { StepsStage } from './steps-stage.tsx';
import './stage.css';

/** Shows a view of the current run, at its cursor. */
export type RenderView = (view: ViewId, run: RunEntry) => ReactNode;

/** What a note is on: in the view that the note names, or else in the form that its place suggests. */
export function Stage({
  note,
  run,
  trace,
  renderView,
}: {
  note: Note;
  run: RunEntry;
  trace: Trace;
  renderView: RenderView;
}): ReactNode {
  const view = viewOf(note);
  if (view) {
    // The same view stays as it is from note to note, so that what changes in it is seen to change.
    return (
      <div key={view} className="stage stage-view" data-view={view} inert>
        <p className="stage-title muted">{VIEWS[view].label}</p>
        <div className="stage-panel">
          <OnStageContext value>{renderView(view, run)}</OnStageContext>
        </div>
      </div>
    );
  }
  const { step, to, action } = note;
  if (to !== undefined) return <StepsStage key="steps" trace={trace} from={step} to={to} />;
  if (action !== undefined) {
    return <SpanStage key="span" trace={trace} emittedAt={step} id={action} />;
  }
  return <StepStage key="step" trace={trace} stepIndex={step} finding={note.finding} />;
}

function viewOf({ view, path }: Note): ViewId | undefined {
  if (isViewId(view) && view !== 'notes') return view;
  return path ? 'state' : undefined;
}
