import type { EmittedAction, Outcome } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import { valueAt } from '../value/container.ts';
import { diff } from '../value/diff.ts';
import { formatPath } from '../value/path.ts';
import { quoteValue, sameValue, type Value } from '../value/value.ts';
import { listIds, type Attempt } from './violations.ts';

/** Where two executions differ that should have been the same. */
export interface Difference {
  readonly what: 'outcome' | 'state' | 'list of actions' | 'order of actions' | 'ids';
  readonly first: string;
  readonly second: string;
}

/** The first difference between two executions that should have been the same. */
export function differenceOf(first: Attempt, second: Attempt): Difference | undefined {
  if (!sameOutcome(first.outcome, second.outcome)) {
    return {
      what: 'outcome',
      first: quoteValue(first.outcome),
      second: quoteValue(second.outcome),
    };
  }
  if (first.actions.length + second.actions.length > 0) {
    const difference = differenceOfActions(first.actions, second.actions);
    if (difference) return difference;
  }
  if (sameValue(first.pending, second.pending)) return undefined;
  const path = diff(first.pending, second.pending)[0]?.path ?? [];
  const at = (state: Value) => {
    const found = valueAt(state, path);
    return `${formatPath(path)}: ${found.found ? quoteValue(found.value) : 'nothing'}`;
  };
  return { what: 'state', first: at(first.pending), second: at(second.pending) };
}

/** Most rejections are the same error object: comparing those first avoids a walk through the outcomes. */
function sameOutcome(one: Outcome, other: Outcome): boolean {
  if (one.kind !== 'err' || other.kind !== 'err') return sameValue(one, other);
  return sameValue(one.error, other.error);
}

function differenceOfActions(
  first: readonly EmittedAction[],
  second: readonly EmittedAction[],
): Difference | undefined {
  if (!sameValue(withoutIds(first), withoutIds(second))) {
    return { what: 'list of actions', first: quoteValue(first), second: quoteValue(second) };
  }
  const [ids, others] = [idsOf(first), idsOf(second)];
  if (sameValue(ids, others)) return undefined;
  // The same ids in another order are no other ids.
  const isReordered =
    others.length === ids.length && new Set([...ids, ...others]).size === ids.length;
  const what = isReordered ? 'order of actions' : 'ids';
  return { what, first: listIds(ids), second: listIds(others) };
}

function withoutIds(actions: readonly EmittedAction[]): readonly unknown[] {
  return actions.map(({ kind, action }) => [kind, action]);
}

function idsOf(actions: readonly EmittedAction[]): readonly ActionId[] {
  return actions.flatMap((action) => (action.kind === 'tracked' ? [action.id] : []));
}
