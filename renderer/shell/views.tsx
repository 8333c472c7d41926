import {
  ArrowRightLeft,
  Braces,
  Columns2,
  FileCode,
  GitCompare,
  List,
  Shapes,
  StickyNote,
  SquareTerminal,
  Waypoints,
  Workflow,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { BesidePanel } from '../beside/beside-panel.tsx';
import { CausalityGraph } from '../causality/causality-graph.tsx';
import { ConsolePanel } from '../console/console-panel.tsx';
import { DifferencePanel } from '../difference/difference-panel.tsx';
import { DrawingPanel } from '../drawing/drawing-panel.tsx';
import { LifecycleView } from '../lifecycle/lifecycle-view.tsx';
import { NotesPanel } from '../notes/notes-panel.tsx';
import { SequenceView } from '../sequence/sequence-view.tsx';
import { compareWith } from '../session/cursor.ts';
import { hasDifference, type Cursor, type RunEntry } from '../session/model.ts';
import { session } from '../session/store.ts';
import { SourcePanel } from '../source/source-panel.tsx';
import { StatePanel } from '../state-tree/state-panel.tsx';
import { StepsPanel } from '../steps/steps-panel.tsx';
import { isViewInPages, VIEW_IDS, type ViewId } from '../words/views.ts';

/** The step that a view shows. */
export interface ViewProps {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly cursor: Cursor;
}

interface View {
  readonly icon: LucideIcon;
  /** Whether a run has such a view; every run has it by default. */
  readonly isAvailable?: (run: RunEntry) => boolean;
  readonly render: (props: ViewProps) => ReactNode;
}

/** What the views show. Their names and keys are in {@link VIEWS}; adding one takes an entry in both. */
const SHOWN: Readonly<Record<ViewId, View>> = {
  state: {
    icon: Braces,
    render: ({ trace, cursor: { stepIndex, compareWith: comparedStep } }) => (
      <StatePanel
        trace={trace}
        cursor={stepIndex}
        compareWith={comparedStep}
        onCompareWith={compareWith}
      />
    ),
  },
  steps: {
    icon: List,
    render: ({ run, cursor }) => <StepsPanel run={run} cursor={cursor.stepIndex} />,
  },
  causality: {
    icon: Waypoints,
    render: ({ run, trace, cursor }) => (
      <CausalityGraph run={run} trace={trace} steps={run.steps} cursor={cursor.stepIndex} />
    ),
  },
  sequence: {
    icon: ArrowRightLeft,
    render: ({ run, trace, cursor }) => (
      <SequenceView runId={run.id} trace={trace} steps={run.steps} cursor={cursor.stepIndex} />
    ),
  },
  lifecycle: {
    icon: Workflow,
    render: ({ run, trace, cursor }) => (
      <LifecycleView trace={trace} steps={run.steps} cursor={cursor.stepIndex} />
    ),
  },
  console: {
    icon: SquareTerminal,
    render: ({ run, trace, cursor }) => (
      <ConsolePanel trace={trace} steps={run.steps} cursor={cursor.stepIndex} />
    ),
  },
  source: {
    icon: FileCode,
    render: ({ run, trace, cursor }) => (
      <SourcePanel run={run} trace={trace} cursor={cursor.stepIndex} />
    ),
  },
  drawing: {
    icon: Shapes,
    // A saved page has no machine that could draw.
    isAvailable: (run) => !session.getState().isPage || run.drawings !== undefined,
    render: ({ run, trace, cursor }) => <DrawingPanel run={run} trace={trace} cursor={cursor} />,
  },
  notes: {
    icon: StickyNote,
    render: ({ run, cursor }) => <NotesPanel run={run} cursor={cursor.stepIndex} />,
  },
  difference: {
    icon: GitCompare,
    isAvailable: hasDifference,
    render: ({ run }) => <DifferencePanel run={run} />,
  },
  beside: {
    icon: Columns2,
    render: ({ run, trace, cursor }) => (
      <BesidePanel run={run} trace={trace} cursor={cursor.stepIndex} />
    ),
  },
};

/** Whether a run has a view. */
export function isViewOf(run: RunEntry | undefined, view: ViewId): boolean {
  if (session.getState().isPage && !isViewInPages(view)) return false;
  return run?.trace !== undefined && (SHOWN[view].isAvailable?.(run) ?? true);
}

/** The views that a run has, in the order in which they are listed. */
export function viewsOf(run: RunEntry): readonly ViewId[] {
  return VIEW_IDS.filter((view) => isViewOf(run, view));
}

/** The icon of a view. */
export function ViewIcon({ view }: { view: ViewId }): ReactNode {
  const { icon: Icon } = SHOWN[view];
  return <Icon size={14} strokeWidth={1.75} aria-hidden />;
}

/** Shows a view of a step. */
export function ViewOfStep({ view, ...props }: ViewProps & { view: ViewId }): ReactNode {
  return SHOWN[view].render(props);
}
