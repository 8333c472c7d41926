import { assertNever } from '../assert.ts';
import type { EmittedAction, Executed, Outcome } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { MachineOperation } from '../machine/operation.ts';
import type { RuleName } from '../machine/rules.ts';
import type { Breach } from '../machine/state-store.ts';
import { kindOf } from '../value/label.ts';
import { quoteValue, sameValue, type Value } from '../value/value.ts';

/** @file What breaks a rule, in words. */

const NONE: readonly never[] = [];

/** One execution of the machine's code, before the commit or roll-back. */
export interface Attempt {
  readonly outcome: Outcome;
  /** The state that the attempt would commit. */
  readonly pending: Value;
  readonly actions: readonly EmittedAction[];
  /** Forbidden things that the machine did. */
  readonly breaches: readonly Breach[];
}

/** A rule that a step breaks. */
export interface Violation {
  readonly name: RuleName;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  /** The id of the tracked action that it is about, if that came from an earlier step. */
  readonly about?: ActionId;
  /** Where in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
}

/** A step as the rules see it, after its commit or roll-back. */
export interface ExaminedStep extends Pick<
  Executed,
  'outcome' | 'before' | 'after' | 'actions' | 'refused'
> {
  readonly operation: MachineOperation;
  /** Whether the result was awaited when it came, and the machine took it in. */
  readonly completes: boolean;
  /** Tracked actions under way before the step, without the action that it completes. */
  readonly outstanding: ReadonlyMap<ActionId, unknown>;
}

/** Checks what would have happened if a completion had come again. */
export function checkRepeated({ after }: ExaminedStep, again: Attempt): readonly Violation[] {
  if (again.outcome.kind === 'panic') {
    const { name, message } = again.outcome.error;
    return [
      {
        name: 'idempotent completion',
        message: 'If this completion came again, the machine would panic.',
        expected: 'an unchanged state, and no actions',
        actual: `${name}: ${message}`,
      },
    ];
  }
  if (again.outcome.kind !== 'ok') return NONE;
  const isChanged = !sameValue(again.pending, after);
  if (!isChanged && again.actions.length === 0) return NONE;
  return [repeatViolation('would, if it came again,', isChanged, again.actions)];
}

/** What restore did, in words. @param kept the tracked actions that it emits. */
export function describeRestore(outcome: Outcome, kept: readonly ActionId[]): string {
  switch (outcome.kind) {
    case 'ok':
      return `restore emits ${listIds(kept)}`;
    case 'err':
      return `restore returns the error ${quoteValue(outcome.error)}`;
    case 'panic':
      return `restore throws ${outcome.error.name}: ${outcome.error.message}`;
    case 'crashed':
    case 'hang':
      return 'restore does not finish';
    default:
      return assertNever(outcome, 'outcome');
  }
}

/**
 * A restore that relies on the memory of its process.
 *
 * @param started what it does in a process that has just started.
 * @param here what it did in this one: something else.
 * @param source where it is in the author's source, where that is known.
 */
export function memoryViolation(
  started: Attempt,
  here: Attempt,
  source: string | undefined,
): Violation {
  const described = ({ outcome, actions }: Attempt) =>
    describeRestore(
      outcome,
      trackedIn(actions).map(({ id }) => id),
    );
  const message =
    `In a process that has just started, restore ${deedOf(started, here)}: ` +
    'it relies on something outside of the state, which a crash loses.';
  const place = source === undefined ? {} : { source };
  return {
    name: 'restore is pure',
    message,
    expected: described(started),
    actual: described(here),
    ...place,
  };
}

/** What one restore does and another one did not. */
function deedOf(one: Attempt, other: Attempt): string {
  const outcome = one.outcome.kind === 'panic' ? 'throws' : 'ends in another way';
  if (!sameValue(one.outcome, other.outcome)) return outcome;
  const lost = without(other.actions, one.actions);
  if (lost.length > 0) return `does not emit ${listActions(lost)}, as it did here`;
  const more = without(one.actions, other.actions);
  if (more.length > 0) return `also emits ${listActions(more)}`;
  return sameValue(one.actions, other.actions)
    ? 'leaves another state'
    : 'emits its actions in another order';
}

function without(actions: readonly EmittedAction[], others: readonly EmittedAction[]) {
  return actions.filter((action) => !others.some((other) => sameValue(action, other)));
}

/** The first of some actions by their kinds and ids, and the number of the others. */
function listActions(actions: readonly EmittedAction[]): string {
  const names = actions.map((one) =>
    one.kind === 'tracked' ? `${kindOf(one.action)} ${quoteValue(one.id)}` : kindOf(one.action),
  );
  return listFirst(names);
}

/** A result that left the state unchanged, so that restore asks for it again. */
export function stillAsked(
  operation: MachineOperation,
  restored: ReadonlyMap<ActionId, unknown>,
): Violation[] {
  if (operation.kind !== 'trackedActionCompleted' || !restored.has(operation.id)) return [];
  const { id, result } = operation;
  return [
    {
      name: 'results update state',
      message: `The result ${quoteValue(result)} left the state unchanged: restore would ask again without end.`,
      expected: `a state from which restore does not emit ${quoteValue(id)} again`,
      actual: `restore emits ${quoteValue(id)}: ${quoteValue(restored.get(id))}`,
    },
  ];
}

/** A refused action that the state waits for nevertheless. */
export function halfDone(
  { refused, actions, outstanding }: ExaminedStep,
  restored: ReadonlyMap<ActionId, unknown>,
): Violation[] {
  // An action that is added again, and accepted then, is sent after all.
  const sent = new Set([...outstanding.keys(), ...trackedIn(actions).map(({ id }) => id)]);
  const action = trackedIn(refused).find(({ id }) => restored.has(id) && !sent.has(id));
  if (!action) return [];
  return [
    {
      name: 'atomicity',
      message:
        `The machine caught the refusal of the action ${quoteValue(action.id)} and returned ok(), ` +
        'and its state waits for the result.',
      expected: 'an error, with the state unchanged',
      actual: `restore emits ${quoteValue(action.id)}, which was never sent`,
    },
  ];
}

/** What a completion did that had come before. @param when how the sentence about it goes on. */
export function repeatViolation(
  when: string,
  isChanged: boolean,
  actions: readonly EmittedAction[],
): Violation {
  const effects = [
    ...(isChanged ? ['changed the state'] : []),
    ...actions.map(({ action }) => `emitted ${quoteValue(action)}`),
  ];
  const conditional = when.startsWith('would');
  const what = effects.map((effect) =>
    conditional ? effect.replace('changed', 'change').replace('emitted', 'emit') : effect,
  );
  return {
    name: 'idempotent completion',
    message: `This completion ${when} ${what.join(' and ')}.`,
    expected: 'an unchanged state, and no actions',
    actual: effects.join(', '),
  };
}

/** The tracked ones of some actions. */
export function trackedIn(actions: readonly EmittedAction[]) {
  return actions.filter((action) => action.kind === 'tracked');
}

/** The first of some ids, and the number of the others. */
export function listIds(ids: readonly ActionId[]): string {
  return ids.length === 0 ? 'nothing' : listFirst(ids.map(quoteValue));
}

function listFirst(texts: readonly string[]): string {
  const shown = texts.slice(0, 8).join(', ');
  return texts.length > 8 ? `${shown} and ${texts.length - 8} more` : shown;
}
