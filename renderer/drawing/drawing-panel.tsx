import { Shapes, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { changesBetween } from '../../core/drawing/changes.ts';
import type { Drawing } from '../../core/drawing/drawing.ts';
import type { Problem } from '../../core/problem.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { openMachineOn, useIsAllowed, useMachineOf } from '../session/machine-of-run.ts';
import { findMachine } from '../session/machines.ts';
import type { Cursor, RunEntry } from '../session/model.ts';
import { useSession } from '../session/store.ts';
import { Placeholder } from '../ui/placeholder.tsx';
import { Segments } from '../ui/segments.tsx';
import { WithoutMachine } from '../ui/without-machine.tsx';
import { formatStepIndex } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { CalendarForm } from './calendar-form.tsx';
import { BarsForm, LinesForm } from './chart-forms.tsx';
import { GraphForm } from './graph-form.tsx';
import type { FormProps } from './marks.ts';
import { CardsForm, GridForm } from './place-forms.tsx';
import { TableForm } from './table-form.tsx';
import { useDrawing, useDrawnBefore, type ShownDrawing } from './use-drawing.ts';
import './drawing-panel.css';

export interface DrawingPanelProps {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly cursor: Cursor;
}

/** The views that the author of a machine declares, at the cursor, with what changed marked. */
export function DrawingPanel(props: DrawingPanelProps): ReactNode {
  const { drawings } = props.run;
  if (drawings) return <DrawnBefore drawings={drawings} {...props} />;
  return <DrawnByMachine {...props} />;
}

function DrawnByMachine(props: DrawingPanelProps): ReactNode {
  const { run } = props;
  const ref = useMachineOf(run);
  const isAllowed = useIsAllowed(run);
  const info = useSession(() => ref && findMachine(ref)?.info);
  if (!ref || !info || !isAllowed) {
    const name = shownLine(run.trace?.header.machine ?? 'its machine');
    return (
      <WithoutMachine
        icon={Shapes}
        name={name}
        isOpen={ref !== undefined}
        action="Draw its states"
        onAllow={() => void openMachineOn(run)}
      >
        {`The views are functions of the machine ${name}, which are given the states of this run.`}
      </WithoutMachine>
    );
  }
  if (info.views.length === 0) return <WithoutViews name={info.name} />;
  return <Drawn machine={ref} sourceHash={info.sourceHash} names={info.views} {...props} />;
}

/** The view of each machine that was looked at last. */
const chosen = new Map<string, string>();

/** The view that is looked at, and the way to another one. */
function useChosenView(
  { header: { machine } }: Trace,
  names: readonly string[],
): readonly [view: string, choose: (name: string) => void] {
  const [picked, pick] = useState(() => chosen.get(machine));
  const view = picked !== undefined && names.includes(picked) ? picked : (names[0] ?? '');
  const choose = (name: string) => {
    chosen.set(machine, name);
    pick(name);
  };
  return [view, choose];
}

/** The step whose state is drawn, and the one that it is marked against. */
function stepsOf({
  trace,
  cursor,
}: DrawingPanelProps): readonly [stepIndex: number, before: number] {
  const stepIndex = Math.min(cursor.stepIndex, trace.length - 1);
  return [stepIndex, Math.max(cursor.compareWith ?? stepIndex - 1, -1)];
}

function Drawn({
  machine,
  sourceHash,
  names,
  ...props
}: DrawingPanelProps & {
  machine: MachineRef;
  sourceHash: string;
  names: readonly string[];
}): ReactNode {
  const { run, trace } = props;
  const [view, choose] = useChosenView(trace, names);
  const steps = stepsOf(props);
  const shown = useDrawing({ run, trace, view, sourceHash }, steps, machine);
  const waiting =
    run.status === 'running' || run.status === 'waiting'
      ? 'The view is drawn when the run has ended.'
      : 'Drawing …';
  return <Picture {...{ names, view, choose, steps, shown, waiting }} />;
}

/** The views in a saved page. */
function DrawnBefore({
  drawings,
  ...props
}: DrawingPanelProps & { drawings: NonNullable<RunEntry['drawings']> }): ReactNode {
  const names = [...drawings.keys()];
  const [view, choose] = useChosenView(props.trace, names);
  const steps = stepsOf(props);
  const shown = useDrawnBefore(drawings.get(view) ?? NOTHING_DRAWN, props.trace, steps);
  return <Picture {...{ names, view, choose, steps, shown, waiting: '' }} />;
}

const NOTHING_DRAWN: ReadonlyMap<number, string> = new Map();

function Picture({
  names,
  view,
  choose,
  steps: [stepIndex, compared],
  shown: { at, before, problem },
  waiting,
}: {
  names: readonly string[];
  view: string;
  choose: (name: string) => void;
  steps: readonly [stepIndex: number, before: number];
  shown: ShownDrawing;
  /** What is said until there is a drawing. */
  waiting: string;
}): ReactNode {
  const failed = problem ?? (at?.kind === 'undrawn' ? at.problem : undefined);
  return (
    <section className="drawing-panel" aria-label="Views of the machine" aria-busy={!at && !failed}>
      <div className="view-bar">
        <Segments
          label="View"
          options={names.map((id) => ({ id, label: shownLine(id) }))}
          selected={view}
          onSelect={choose}
        />
        <span className="muted small truncate">
          {stepIndex < 0
            ? 'initial state'
            : `${formatStepIndex(stepIndex)}, marked against ${formatStepIndex(compared)}`}
        </span>
      </div>
      <div className="drawing-place">
        {failed ? (
          <Failed problem={failed} />
        ) : at?.kind === 'drawn' ? (
          <Form
            drawing={at.drawing}
            before={before?.kind === 'drawn' ? before.drawing : undefined}
          />
        ) : (
          <Placeholder>
            <p className="muted">{waiting}</p>
          </Placeholder>
        )}
      </div>
    </section>
  );
}

function Form({ drawing, before }: { drawing: Drawing; before: Drawing | undefined }): ReactNode {
  const changes = changesBetween(before, drawing);
  const same = before?.kind === drawing.kind ? before : undefined;
  const props = { drawing, before: same, changes };
  switch (drawing.kind) {
    case 'table':
      return <TableForm {...(props as FormProps<'table'>)} />;
    case 'calendar':
      return <CalendarForm {...(props as FormProps<'calendar'>)} />;
    case 'grid':
      return <GridForm {...(props as FormProps<'grid'>)} />;
    case 'cards':
      return <CardsForm {...(props as FormProps<'cards'>)} />;
    case 'bars':
      return <BarsForm {...(props as FormProps<'bars'>)} />;
    case 'lines':
      return <LinesForm {...(props as FormProps<'lines'>)} />;
    case 'graph':
      return <GraphForm {...(props as FormProps<'graph'>)} />;
    default:
      return assertNever(drawing, 'drawing');
  }
}

function Failed({ problem: { title, remedy } }: { problem: Problem }): ReactNode {
  return (
    <Placeholder icon={TriangleAlert} ink="ink-finding" title={shownLine(title)}>
      {remedy !== undefined && <p className="muted">{shownLine(remedy)}</p>}
    </Placeholder>
  );
}

function WithoutViews({ name }: { name: string }): ReactNode {
  return (
    <Placeholder icon={Shapes} title="This machine declares no views">
      <p className="muted">
        A view draws a state as the people of its domain know it: a table, a calendar, cards, a
        chart. Add <code className="data">views: {'{ … }'}</code> to {shownName(name)};
        core/machine/README.md shows how.
      </p>
    </Placeholder>
  );
}
