import { themeSchema } from '../../../core/contract/window.ts';
import { causesOf, hasCause } from '../../../core/trace/causes.ts';
import { isStoryShown, setStoryShown } from '../../causality/story-view.ts';
import { changeFilter, filters, setFilter } from '../../session/filters.ts';
import { showRun } from '../../session/running.ts';
import { selectSweep, session } from '../../session/store.ts';
import { showSweep } from '../../session/tasks/sweep.ts';
import { sourceView } from '../../source/source-store.ts';
import { stepsView } from '../../steps/selection.ts';
import { hasParts, showSweepPart, type SweepPart } from '../../sweep/sweep-part.ts';
import { showCommandOf } from '../../words/commands.ts';
import { VIEW_IDS } from '../../words/views.ts';
import { canShow, showView } from '../panes.ts';
import { setTheme } from '../preferences.ts';
import { timelineView, ui } from '../ui-store.ts';
import {
  always,
  behavioursOf,
  currentRun,
  currentView,
  focus,
  set,
  withFound,
  withTrace,
  type Behaviour,
  type Behaviours,
} from './behaviour.ts';

const SHOW_COMMANDS = behavioursOf(VIEW_IDS, showCommandOf, (view) => ({
  isEnabled: () => canShow(view),
  run: () => showView(view),
}));

/** What is shown, and of which steps. */
export const VIEW_COMMANDS = {
  ...SHOW_COMMANDS,
  zoomIn: withTrace(() => timelineView.zoomIn()),
  zoomOut: withTrace(() => timelineView.zoomOut()),
  zoomFit: withTrace(() => timelineView.fit()),
  filterSteps: withTrace(() => focusFilter('words')),
  filterByExpression: withTrace(() => focusFilter('where')),
  onlyCause: withFound(causeAtCursor, ({ runId, cause }) => changeFilter(runId, { cause })),
  clearFilter: withFound(filteredRunId, (runId) => setFilter(runId, {})),
  toggleStory: withTrace(() => {
    setStoryShown(!isStoryShown());
    showView('causality');
  }),
  followRecord: withTrace(() => ui.setState({ dialog: 'followRecord' })),
  showSweepFindings: sweepPart('findings'),
  showSweepLifecycle: sweepPart('lifecycle'),
  showSweepSource: sweepPart('source'),
  showNeverExecuted: {
    isEnabled: () => canShow('source'),
    run: () => {
      sourceView.setState({ mode: 'run' });
      showView('source');
    },
  },
  toggleSweep: withFound(otherView, (show) => show()),
  focusState: withTrace(() => {
    showView('state');
    requestAnimationFrame(() => focus('[role="tree"]'));
  }),
  toggleTheme: always(() => setTheme(nextTheme())),
  palette: set(() => ({ dialog: 'palette' })),
  help: set(() => ({ dialog: 'help' })),
} satisfies Behaviours;

/** A command that shows a part of the sweep on the screen. */
function sweepPart(part: SweepPart): Behaviour {
  return {
    isEnabled: () => {
      const sweep = selectSweep(session.getState());
      return sweep !== undefined && hasParts(sweep);
    },
    run: () => showSweepPart(part),
  };
}

function focusFilter(field: 'words' | 'where'): void {
  stepsView.setState({ field });
  showView('steps');
  // The field is there before the next key is pressed.
  queueMicrotask(() => focus('.steps-field > input'));
}

/** A cause of which there is a finding at the cursor, and its run. */
function causeAtCursor() {
  const viewed = currentView();
  if (!viewed) return undefined;
  const { run, trace, cursor } = viewed;
  const found = causesOf(trace.findings).find((cause) => hasCause(cause, cursor));
  return found && { runId: run.id, cause: found.signature };
}

/** The run on the screen, if its steps are filtered. */
function filteredRunId(): string | undefined {
  const runId = currentRun()?.id;
  return runId !== undefined && filters.getState().filters[runId] ? runId : undefined;
}

/** Shows the sweep that was looked at last instead of a run, or the run instead of a sweep. */
function otherView(): (() => void) | undefined {
  const { shown, runs, runId, sweeps, sweepId } = session.getState();
  const run = runs.find(({ id }) => id === runId) ?? runs[0];
  const sweep = sweeps.find(({ id }) => id === sweepId) ?? sweeps[0];
  if (shown === 'run') return sweep && (() => showSweep(sweep.id));
  return run && (() => void showRun(run.id));
}

function nextTheme() {
  const { options } = themeSchema;
  return options[(options.indexOf(ui.getState().theme) + 1) % options.length] ?? 'system';
}
