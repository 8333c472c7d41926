import { themeSchema, type Preferences, type Theme } from '../../core/contract/window.ts';
import { causesOf, findingsAt, hasCause } from '../../core/trace/causes.ts';
import type { StepGlance } from '../../core/trace/glance.ts';
import { possibleAt, POSSIBLE_IDS, type PossibleId } from '../../core/trace/possible-changes.ts';
import { LinesNotLoaded } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { request } from '../api.ts';
import { isStoryShown, setStoryShown } from '../causality/story-view.ts';
import { goalOf, seek } from '../session/cursor.ts';
import { changeFilter, filters, setFilter } from '../session/filters.ts';
import { isForkable, openNearest } from '../session/forks.ts';
import { markedBeside, toggleMarked } from '../session/marked-steps.ts';
import type { RunEntry } from '../session/model.ts';
import { findCrash, isOtherFault, isRejected, type Direction } from '../session/navigation.ts';
import { showNotice } from '../session/notices.ts';
import { chooseAndOpen } from '../session/opening.ts';
import { toggleRunOnSave } from '../session/reruns.ts';
import { cancelRun, showRun, startRun } from '../session/running.ts';
import { saveTrace } from '../session/saving.ts';
import { readSettings } from '../session/settings.ts';
import { counterpartOf, findingToShrink, goToCounterpart, shrinkTo } from '../session/shrinks.ts';
import { selectCursor, selectMachine, selectRun, selectSweep, session } from '../session/store.ts';
import { askDoom, isDoomAskable } from '../session/tasks/doom.ts';
import { explainFinding, isExplainable } from '../session/tasks/explain.ts';
import { cancelSweep, showSweep } from '../session/tasks/sweep.ts';
import { isVerifiable, verifyTrace } from '../session/tasks/verify.ts';
import {
  chooseWatch,
  foldWatches,
  goAlongWatch,
  watchesOf,
  type WatchGoal,
  type Watches,
} from '../session/watches.ts';
import { askWhatIf } from '../session/what-if.ts';
import { copySteps } from '../steps/copy-steps.ts';
import { stepsView } from '../steps/selection.ts';
import { isPressOf, parseKeys } from '../ui/keys.ts';
import {
  COMMAND_IDS,
  COMMANDS,
  showCommandOf,
  type CommandId,
  tryCommandOf,
  type ShowCommandId,
  type TryCommandId,
} from '../words/commands.ts';
import { formatStepIndex } from '../words/format.ts';
import { VIEW_IDS } from '../words/views.ts';
import {
  canShow,
  canSplit,
  closePane,
  focusPaneBeside,
  hasOtherPanes,
  showView,
  splitPane,
} from './panes.ts';
import { arrangeFor } from './presets.ts';
import { PACES, timelineView, ui, type Ui } from './ui-store.ts';

/** What a command does, and when it can be done. */
interface Behaviour {
  readonly run: () => void;
  readonly isEnabled: () => boolean;
}

const always = () => true;
const currentRun = (): RunEntry | undefined => selectRun(session.getState());
const currentSweep = () => selectSweep(session.getState());
const hasTrace = () => currentRun()?.trace !== undefined;

/** The trace on the screen, and the step that is looked at, or will be in a moment. */
interface Viewed {
  readonly trace: Trace;
  readonly cursor: number;
}

function currentView(): Viewed | undefined {
  const state = session.getState();
  const run = selectRun(state);
  return run?.trace && { trace: run.trace, cursor: goalOf(run.id) };
}

function withTrace(act: (viewed: Viewed) => void): Behaviour {
  return {
    isEnabled: hasTrace,
    run: () => {
      const viewed = currentView();
      if (viewed) act(viewed);
    },
  };
}

function jump(direction: Direction, isWanted: (glance: StepGlance) => boolean): Behaviour {
  return jumpTo((trace, cursor) => trace.findStep(cursor, direction, isWanted));
}

function jumpTo(find: (trace: Trace, cursor: number) => number | undefined): Behaviour {
  const target = () => {
    const viewed = currentView();
    return viewed && find(viewed.trace, viewed.cursor);
  };
  return {
    isEnabled: () => target() !== undefined,
    run: () => {
      const stepIndex = target();
      if (stepIndex !== undefined) seek(stepIndex);
    },
  };
}

function move(stride: number): Behaviour {
  return withTrace(({ cursor }) => seek(cursor + stride));
}

function set(change: (state: Ui) => Partial<Ui>): Behaviour {
  return { isEnabled: always, run: () => ui.setState(change) };
}

function canVerify(): boolean {
  const run = currentRun();
  return run !== undefined && isVerifiable(run) && !isBusy(run);
}

function isBusy(run: RunEntry | undefined): boolean {
  const isExplaining = run?.explanation?.status === 'running';
  return run?.status === 'running' || run?.verification?.kind === 'running' || isExplaining;
}

/** Runs while a run goes on are refused by the toolbar as well, so that its button can say why. */
function canRun(): boolean {
  const state = session.getState();
  return (
    selectMachine(state)?.info !== undefined &&
    selectRun(state)?.status !== 'running' &&
    readSettings(state.settings).kind === 'ok'
  );
}

function hasCounterpart(): boolean {
  const state = session.getState();
  const run = selectRun(state);
  if (!run) return false;
  return counterpartOf(run, selectCursor(state, run.id).stepIndex, state.runs) !== undefined;
}

/** Shows the sweep that was looked at last instead of a run, or the run instead of a sweep. */
function otherView(): (() => void) | undefined {
  const { shown, runs, runId, sweeps, sweepId } = session.getState();
  const run = runs.find(({ id }) => id === runId) ?? runs[0];
  const sweep = sweeps.find(({ id }) => id === sweepId) ?? sweeps[0];
  if (shown === 'run') return sweep && (() => showSweep(sweep.id));
  return run && (() => void showRun(run.id));
}

/** The finding that the run on the screen can be shrunk to. */
function currentFinding() {
  const state = session.getState();
  const run = selectRun(state);
  return run && findingToShrink(run, selectCursor(state, run.id));
}

const hasFinding = (glance: StepGlance) => glance.hasFinding;
const hasChangedState = (glance: StepGlance) => glance.hasChangedState;

const SHOW_BEHAVIOURS = Object.fromEntries(
  VIEW_IDS.map((view) => [
    showCommandOf(view),
    { isEnabled: () => canShow(view), run: () => showView(view) },
  ]),
) as Readonly<Record<ShowCommandId, Behaviour>>;

const TRY_BEHAVIOURS = Object.fromEntries(
  POSSIBLE_IDS.map((chosen) => [
    tryCommandOf(chosen),
    { isEnabled: () => isPossible(chosen), run: () => askWhatIf({ chosen }) },
  ]),
) as Readonly<Record<TryCommandId, Behaviour>>;

/** Whether something can be tried at the cursor; while its step is not at hand, it may be. */
function isPossible(chosen: PossibleId): boolean {
  const viewed = isForkable(currentRun()) ? currentView() : undefined;
  if (!viewed) return false;
  try {
    return possibleAt(viewed.trace, viewed.cursor).some(({ id }) => id === chosen);
  } catch (error) {
    if (error instanceof LinesNotLoaded) return true;
    throw error;
  }
}

/** The finding under the cursor, if its run can be asked about it. */
function askable(isAskable: (run: RunEntry) => boolean) {
  const run = currentRun();
  const viewed = currentView();
  if (!run || !viewed || !isAskable(run)) return undefined;
  const finding = findingsAt(viewed.trace, viewed.cursor).find(({ stepIndex }) => stepIndex >= 0);
  return finding && { runId: run.id, finding };
}

const BEHAVIOURS: Readonly<Record<CommandId, Behaviour>> = {
  openTrace: { isEnabled: always, run: () => void chooseAndOpen('trace') },
  openMachine: { isEnabled: always, run: () => void chooseAndOpen('machine') },
  saveTrace: {
    isEnabled: () => hasTrace() || currentSweep() !== undefined,
    run: () => void saveTrace(),
  },
  preferences: set(() => ({ dialog: 'preferences' })),
  run: { isEnabled: canRun, run: () => void startRun() },
  sweep: {
    isEnabled: () => selectMachine(session.getState())?.info !== undefined,
    run: () => ui.setState({ dialog: 'sweep' }),
  },
  shrink: {
    isEnabled: () => currentFinding() !== undefined,
    run: () => {
      const finding = currentFinding();
      if (finding) shrinkTo(finding);
    },
  },
  cancel: {
    isEnabled: () => isBusy(currentRun()) || currentSweep()?.status === 'running',
    run: () => {
      const run = currentRun();
      if (run) void cancelRun(run);
      const sweep = currentSweep();
      if (sweep) cancelSweep(sweep);
    },
  },
  verify: {
    isEnabled: canVerify,
    run: () => void verifyTrace(),
  },
  askRuns: { isEnabled: always, run: () => ui.setState({ dialog: 'ask' }) },
  explain: {
    isEnabled: () => askable(isExplainable) !== undefined,
    run: () => {
      const found = askable(isExplainable);
      if (found) void explainFinding(found.runId, found.finding);
    },
  },
  doom: {
    isEnabled: () => askable(isDoomAskable) !== undefined,
    run: () => {
      const found = askable(isDoomAskable);
      if (found) void askDoom(found.runId, found.finding);
    },
  },
  openNearest: {
    isEnabled: () => currentRun()?.explanation?.explained?.nearest !== undefined,
    run: () => {
      const run = currentRun();
      if (run) openNearest(run);
    },
  },
  whatIf: { isEnabled: () => isForkable(currentRun()), run: () => askWhatIf() },
  ...TRY_BEHAVIOURS,
  renameFork: {
    isEnabled: () => currentRun()?.origin.kind === 'fork',
    run: () => ui.setState({ dialog: 'renameFork' }),
  },
  toggleRunOnSave: { isEnabled: always, run: toggleRunOnSave },
  settings: { isEnabled: always, run: () => focus('[aria-label="Seed"]') },
  stepForward: move(1),
  stepBack: move(-1),
  tenForward: move(10),
  tenBack: move(-10),
  firstStep: withTrace(() => seek(-1)),
  lastStep: withTrace(({ trace }) => seek(trace.length - 1)),
  nextFinding: jump('next', hasFinding),
  previousFinding: jump('previous', hasFinding),
  nextChange: jump('next', hasChangedState),
  previousChange: jump('previous', hasChangedState),
  nextCrash: jumpTo((trace, cursor) => findCrash(trace, cursor, 'next')),
  previousCrash: jumpTo((trace, cursor) => findCrash(trace, cursor, 'previous')),
  nextFault: jump('next', isOtherFault),
  previousFault: jump('previous', isOtherFault),
  nextRejected: jump('next', isRejected),
  previousRejected: jump('previous', isRejected),
  nextShown: jumpTo((_, cursor) => shownBeside(cursor, 'next')),
  previousShown: jumpTo((_, cursor) => shownBeside(cursor, 'previous')),
  nextWatched: alongWatch('next', 'changes'),
  previousWatched: alongWatch('previous', 'changes'),
  nextTrue: alongWatch('next', 'becomesTrue'),
  previousTrue: alongWatch('previous', 'becomesTrue'),
  nextMarked: jumpToMarked('next'),
  previousMarked: jumpToMarked('previous'),
  goToStep: withTrace(() => ui.setState({ dialog: 'goToStep' })),
  counterpart: { isEnabled: hasCounterpart, run: () => void goToCounterpart() },
  play: withTrace(() => ui.setState(({ isPlaying }) => ({ isPlaying: !isPlaying }))),
  faster: set(({ pace }) => ({ pace: Math.min(pace + 1, PACES.length - 1) })),
  slower: set(({ pace }) => ({ pace: Math.max(pace - 1, 0) })),
  zoomIn: withTrace(() => timelineView.zoomIn()),
  zoomOut: withTrace(() => timelineView.zoomOut()),
  zoomFit: withTrace(() => timelineView.fit()),
  ...SHOW_BEHAVIOURS,
  filterSteps: withTrace(() => focusFilter('words')),
  filterByExpression: withTrace(() => focusFilter('where')),
  onlyCause: {
    isEnabled: () => causeAtCursor() !== undefined,
    run: () => {
      const run = currentRun();
      if (run) changeFilter(run.id, { cause: causeAtCursor() });
    },
  },
  toggleStory: withTrace(() => {
    setStoryShown(!isStoryShown());
    showView('causality');
  }),
  followRecord: withTrace(() => ui.setState({ dialog: 'followRecord' })),
  clearFilter: {
    isEnabled: () => currentFilter() !== undefined,
    run: () => {
      const run = currentRun();
      if (run) setFilter(run.id, {});
    },
  },
  copySteps: withTrace(() => void copySteps('text')),
  copyStepsAsJson: withTrace(() => void copySteps('json')),
  markStep: withTrace(({ cursor }) => markStep(cursor)),
  watch: withTrace(() => ui.setState({ dialog: 'watch', watchEdited: undefined })),
  nextWatch: chooseBeside(1),
  previousWatch: chooseBeside(-1),
  foldWatches: withWatches((machine, { isFolded }) => foldWatches(machine, !isFolded)),
  toggleSweep: {
    isEnabled: () => otherView() !== undefined,
    run: () => otherView()?.(),
  },
  toggleRuns: set(({ isRunsShown }) => ({ isRunsShown: !isRunsShown })),
  toggleStep: set(({ isStepShown }) => ({ isStepShown: !isStepShown })),
  focusState: {
    isEnabled: hasTrace,
    run: () => {
      showView('state');
      requestAnimationFrame(() => focus('[role="tree"]'));
    },
  },
  splitBeside: { isEnabled: canSplit, run: () => splitPane('beside') },
  splitBelow: { isEnabled: canSplit, run: () => splitPane('below') },
  closePane: { isEnabled: hasOtherPanes, run: () => closePane() },
  nextPane: { isEnabled: hasOtherPanes, run: () => focusPaneBeside(1) },
  previousPane: { isEnabled: hasOtherPanes, run: () => focusPaneBeside(-1) },
  arrangeOne: withTrace(() => arrangeFor('one')),
  arrangeDebugging: withTrace(() => arrangeFor('debugging')),
  arrangeComparing: withTrace(() => arrangeFor('comparing')),
  arrangePresenting: withTrace(() => arrangeFor('presenting')),
  toggleTheme: { isEnabled: always, run: () => setTheme(nextTheme(ui.getState().theme)) },
  palette: set(() => ({ dialog: 'palette' })),
  help: set(() => ({ dialog: 'help' })),
};

function jumpToMarked(direction: Direction): Behaviour {
  return jumpTo((_, cursor) => {
    const run = currentRun();
    return run && markedBeside(run.id, cursor, direction);
  });
}

function markStep(stepIndex: number): void {
  const run = currentRun();
  if (!run || stepIndex < 0) return;
  const isMarked = toggleMarked(run.id, stepIndex);
  showNotice(`${isMarked ? 'Marked' : 'No longer marked:'} ${formatStepIndex(stepIndex)}`);
}

function alongWatch(direction: Direction, goal: WatchGoal): Behaviour {
  return withWatches(() => {
    const run = currentRun();
    if (run) goAlongWatch(run, direction, goal);
  });
}

function withWatches(act: (machine: string, watches: Watches) => void): Behaviour {
  const current = () => {
    const machine = currentRun()?.trace?.header.machine;
    if (machine === undefined) return undefined;
    const watches = watchesOf(machine);
    return watches.expressions.length === 0 ? undefined : { machine, watches };
  };
  return {
    isEnabled: () => current() !== undefined,
    run: () => {
      const found = current();
      if (found) act(found.machine, found.watches);
    },
  };
}

/** Chooses another watch, and goes on at the other end after the last one. */
function chooseBeside(stride: 1 | -1): Behaviour {
  return withWatches((machine, { expressions, chosen = '' }) => {
    const { length } = expressions;
    const next = expressions[(expressions.indexOf(chosen) + stride + length) % length];
    if (next !== undefined) chooseWatch(machine, next);
  });
}

/** The filter of the run on the screen, if it has one. */
function currentFilter() {
  const run = currentRun();
  return run && filters.getState().filters[run.id];
}

/** The nearest step on one side that the filter of the run on the screen shows. */
function shownBeside(cursor: number, direction: Direction): number | undefined {
  const run = currentRun();
  const found = run && filters.getState().found[run.id]?.steps;
  if (!found) return undefined;
  const index =
    direction === 'next' ? found.countBefore(cursor + 1) : found.countBefore(cursor) - 1;
  return index >= 0 && index < found.length ? found.at(index) : undefined;
}

/** A cause of which there is a finding at the cursor. */
function causeAtCursor(): string | undefined {
  const viewed = currentView();
  if (!viewed) return undefined;
  const { trace, cursor } = viewed;
  return causesOf(trace.findings).find((cause) => hasCause(cause, cursor))?.signature;
}

function focusFilter(field: 'words' | 'where'): void {
  stepsView.setState({ field });
  showView('steps');
  // The field is there before the next key is pressed.
  queueMicrotask(() => focus('.steps-field > input'));
}

function focus(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}

function nextTheme(theme: Theme): Theme {
  const { options } = themeSchema;
  return options[(options.indexOf(theme) + 1) % options.length] ?? 'system';
}

/** Shows the window in a theme, now and at the next start. */
export function setTheme(theme: Theme): void {
  ui.setState({ theme });
  void request('setTheme', theme);
}

/** Keeps what a person has set, now and at the next start. */
export async function setPreferences(preferences: Preferences): Promise<void> {
  ui.setState({ preferences: await request('setPreferences', preferences) });
}

/** Whether a command can be done now. */
export function isEnabled(command: CommandId): boolean {
  return BEHAVIOURS[command].isEnabled();
}

/** Does a command, if it can be done now. */
export function runCommand(command: CommandId): void {
  if (isEnabled(command)) BEHAVIOURS[command].run();
}

/** Does the command that the menu names. */
export function runCommandNamed(name: string): void {
  if (Object.hasOwn(COMMANDS, name)) runCommand(name as CommandId);
}

/** Listens to the keyboard until the returned function is called. */
export function listenToKeys(): () => void {
  const bindings = COMMAND_IDS.flatMap((id) =>
    COMMANDS[id].keys.map((keys) => ({ id, keys, binding: parseKeys(keys) })),
  );
  const bound = new Set(bindings.map(({ binding }) => binding.key.toLowerCase()));
  const isBound = (key: string) => bound.has(key.toLowerCase());
  const handler = (event: KeyboardEvent) => {
    // What an input method composes is text.
    if (event.isComposing) return;
    const found = bindings.find(({ binding }) => isPressOf(event, binding, isBound));
    if (found) press(event, found.id, found.keys);
  };
  const early = (event: KeyboardEvent) => {
    if (takesFirst(event)) handler(event);
  };
  const late = (event: KeyboardEvent) => {
    if (!takesFirst(event)) handler(event);
  };
  window.addEventListener('keydown', early, { capture: true });
  window.addEventListener('keydown', late);
  return () => {
    window.removeEventListener('keydown', early, { capture: true });
    window.removeEventListener('keydown', late);
  };
}

/**
 * Controls that keep the focus after they were used would consume keys that the person no longer
 * means for them, so the window takes those keys first: a closed picker would pick something else
 * unseen by letters and arrows, and the run that was clicked in the list, and is shown already,
 * would be pressed again by Space.
 */
function takesFirst({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[aria-haspopup="listbox"]') !== null) return true;
  return key === ' ' && isOnShown(target);
}

/** Whether a press would show what is shown already. */
function isOnShown(target: HTMLElement): boolean {
  return target.closest('button[aria-current="true"]') !== null;
}

function press(event: KeyboardEvent, command: CommandId, keys: string): void {
  const isChord = keys.includes('$mod') || keys.startsWith('F1');
  if (event.defaultPrevented || (!isChord && belongsToControl(event))) return;
  event.preventDefault();
  event.stopPropagation();
  runCommand(command);
}

/** Plain keys are for what is being typed in, chosen from, or pressed. */
function belongsToControl({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, textarea, select, [role="listbox"], [role="menu"], [role="dialog"]')) {
    return true;
  }
  const isPressKey = (key === ' ' && !isOnShown(target)) || key === 'Enter';
  return isPressKey && target.closest('button, a, [role="button"], [role="treeitem"]') !== null;
}
