import { goalOf, seek } from '../../session/cursor.ts';
import type { RunEntry, Viewed } from '../../session/model.ts';
import { selectRun, session } from '../../session/store.ts';
import type { CommandId } from '../../words/commands.ts';
import { ui, type Ui } from '../ui-store.ts';

/** What a command does, and when it can be done. */
export interface Behaviour {
  readonly run: () => void;
  readonly isEnabled: () => boolean;
}

/** What some of the commands do. */
export type Behaviours = Readonly<Partial<Record<CommandId, Behaviour>>>;

/** The run on the screen. */
export function currentRun(): RunEntry | undefined {
  return selectRun(session.getState());
}

/** The run on the screen, once it has a trace. */
export function currentView(): Viewed | undefined {
  return viewOf(currentRun());
}

/** A run with its cursor, once it has a trace. */
export function viewOf(run: RunEntry | undefined): Viewed | undefined {
  return run?.trace && { run, trace: run.trace, cursor: goalOf(run.id) };
}

/** A command for each of some things. */
export function behavioursOf<Id extends string, Command extends CommandId>(
  ids: readonly Id[],
  commandOf: (id: Id) => Command,
  behaviourOf: (id: Id) => Behaviour,
): Readonly<Record<Command, Behaviour>> {
  return Object.fromEntries(ids.map((id) => [commandOf(id), behaviourOf(id)])) as Readonly<
    Record<Command, Behaviour>
  >;
}

/** A command that can always be done. */
export function always(run: () => void): Behaviour {
  return { isEnabled: () => true, run };
}

/** A command that can be done while `find` finds what it is done to. */
export function withFound<Found>(
  find: () => Found | undefined,
  act: (found: Found) => void,
): Behaviour {
  return {
    isEnabled: () => find() !== undefined,
    run: () => {
      const found = find();
      if (found !== undefined) act(found);
    },
  };
}

/** A command on the trace on the screen. */
export function withTrace(act: (viewed: Viewed) => void): Behaviour {
  return withFound(currentView, act);
}

/** A command that goes to the step that `find` finds in the trace on the screen. */
export function jumpTo(find: (viewed: Viewed) => number | undefined): Behaviour {
  return withFound(() => {
    const viewed = currentView();
    return viewed && find(viewed);
  }, seek);
}

/** A command that changes what the window shows. */
export function set(change: (state: Ui) => Partial<Ui>): Behaviour {
  return always(() => ui.setState(change));
}

/** Focuses the first element that matches, and selects its text. */
export function focus(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}
