import { checkDrawing, type Drawing } from '../../drawing/drawing.ts';
import type { View, Views } from '../../machine/views.ts';
import { ProblemError, type Problem } from '../../problem.ts';
import { chooseAmong } from '../../text/choices.ts';
import { formatTime } from '../../text/quantities.ts';
import { showName } from '../../text/visible.ts';
import { describeThrown } from '../../thrown.ts';
import { TraceStepView } from '../../trace/expression/step-view.ts';
import type { Trace } from '../../trace/trace.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';

/** @file Calls the views that a machine declares with states of a recorded run. */

/** What a view shows of a step, or why it shows nothing. */
export type Drawn =
  | { readonly kind: 'drawn'; readonly stepIndex: number; readonly drawing: Drawing }
  | { readonly kind: 'undrawn'; readonly stepIndex: number; readonly problem: Problem };

/**
 * Draws a view of steps of a run. -1 is the initial state.
 *
 * @param observe is given each step in the order of `steps`; drawing stops when it returns false.
 * @throws {ProblemError} when the trace is of another machine, the machine has no such view, or the view
 * does not end.
 */
export async function drawSteps(
  loaded: LoadedMachine,
  trace: Trace,
  name: string,
  steps: readonly number[],
  observe: (drawn: Drawn) => boolean,
): Promise<void> {
  requireMachineOf(loaded, trace);
  const at = new TraceStepView(trace);
  const stateAt = (stepIndex: number) => at.moveTo(stepIndex).state;
  await drawStates(loaded, name, steps, stateAt, observe);
}

/**
 * Draws a view of the state in which the machine begins.
 *
 * @throws {ProblemError} when the machine has no such view, or the view does not end.
 */
export async function drawInitialState(
  loaded: LoadedMachine,
  name: string,
  state: unknown,
): Promise<Drawn | undefined> {
  let only: Drawn | undefined;
  await drawStates(
    loaded,
    name,
    [-1],
    () => state,
    (drawn) => {
      only = drawn;
      return true;
    },
  );
  return only;
}

async function drawStates(
  loaded: LoadedMachine,
  name: string,
  steps: readonly number[],
  stateAt: (stepIndex: number) => unknown,
  observe: (drawn: Drawn) => boolean,
): Promise<void> {
  const view = viewOf(loaded, name);
  const watched = await loaded.watch.over(async (beat) => {
    for (const stepIndex of steps) {
      const state = stateAt(stepIndex);
      beat.isStepping = true;
      const drawn = draw(loaded, name, view, state);
      beat.isStepping = false;
      beat.step();
      if (!observe({ stepIndex, ...drawn })) return;
    }
  });
  if (watched.kind === 'ended') return;
  // No line of the view runs any more, and none of what was to follow it.
  loaded.guard.abandon();
  const { limitMs, source } = watched.overrun;
  throw new ProblemError({
    title: `The view ${showName(name)} did not end within ${formatTime(limitMs)}${placed(source)}.`,
    remedy: 'Correct the view: it is called with the state of each step that is looked at.',
  });
}

/** The views that a machine declares. */
export function viewsOf({ machine }: Pick<LoadedMachine, 'machine'>): Views<unknown> {
  return machine.views ?? {};
}

function requireMachineOf({ machine }: LoadedMachine, { header }: Trace): void {
  if (machine.name === header.machine) return;
  throw new ProblemError({
    title: `The run is of the machine ${showName(header.machine)}, not of ${showName(machine.name)}.`,
    remedy: `A view of ${showName(machine.name)} does not know its states.`,
  });
}

function viewOf(loaded: LoadedMachine, name: string): (state: unknown) => View {
  const { machine } = loaded;
  const views = viewsOf(loaded);
  const view = Object.hasOwn(views, name) ? views[name] : undefined;
  if (view) return view;
  const names = Object.keys(views).map(showName);
  throw new ProblemError({
    title: `The machine ${showName(machine.name)} has no view named ${showName(name)}.`,
    remedy: chooseAmong(name, names),
  });
}

function draw(
  { guard, locate }: LoadedMachine,
  name: string,
  view: (state: unknown) => View,
  state: unknown,
):
  | { readonly kind: 'drawn'; readonly drawing: Drawing }
  | { readonly kind: 'undrawn'; readonly problem: Problem } {
  const undrawn = (said: string) =>
    ({
      kind: 'undrawn',
      problem: { title: `The view ${showName(name)} ${said}.`, remedy: 'Correct the view.' },
    }) as const;
  guard.enterAside();
  try {
    const returned: unknown = view(state);
    guard.requireBuiltIns();
    // What it returned may have getters, which are code of the author as well.
    const checked = checkDrawing(returned);
    return checked.kind === 'drawing'
      ? { kind: 'drawn', drawing: checked.drawing }
      : undrawn(checked.message);
  } catch (thrown) {
    const error = guard.causeOf(thrown);
    return undrawn(`threw ${describeThrown(error)}${placed(locate(error))}`);
  } finally {
    guard.leaveAside();
  }
}

function placed(source: string | undefined): string {
  return source === undefined ? '' : `, at ${source}`;
}
