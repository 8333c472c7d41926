import { assertNever } from '../assert.ts';
import type { Executed } from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { ForkChange } from '../trace/format/fork.ts';
import type { PartKind } from '../trace/words/judged.ts';
import type { Value } from '../value/value.ts';
import type { Parent } from './parent.ts';

/** One part of a run, and the run without it. */
export interface Part {
  readonly kind: PartKind;
  readonly stepIndex: number;
  /** What a fork without it does otherwise than the run. */
  readonly without: readonly ForkChange[];
}

/** The parts of a run up to a step, in order. */
export function partsOf(parent: Parent, to: number): Part[] {
  const emissions = new Map<ActionId, number>();
  const parts: Part[] = [];
  for (let at = 0; at <= to && at < parent.length; at += 1) {
    const step = parent.step(at);
    parts.push(...partsAt(parent, step, emissions));
    for (const emitted of step.actions) {
      if (emitted.kind === 'tracked') emissions.set(emitted.id, at);
    }
  }
  return parts;
}

function partsAt(
  parent: Parent,
  { operation, stepIndex }: Executed,
  emissions: ReadonlyMap<ActionId, number>,
): readonly Part[] {
  const part = (kind: PartKind, ...without: ForkChange[]): Part => ({ kind, stepIndex, without });
  const take = { kind: 'remove', at: stepIndex } as const;
  const fault =
    'fault' in operation && operation.fault
      ? [part('fault', { kind: 'fault', at: stepIndex })]
      : [];
  switch (operation.kind) {
    case 'normal':
      return [part('input', take), ...fault];
    case 'trackedActionCompleted': {
      if (operation.isDuplicate) return [part('secondDelivery', take), ...fault];
      const own = part('completion', { kind: 'drop', at: stepIndex });
      const before = (emissions.get(operation.id) ?? stepIndex) + 1;
      const isLate = hasInput(parent, before, stepIndex);
      const prompt = { kind: 'move', at: stepIndex, before } as const;
      return [own, ...(isLate ? [part('delay', prompt)] : []), ...fault];
    }
    case 'loss': {
      const { id } = operation;
      const result = operation.result as Value;
      return [part('loss', take, { kind: 'deliver', before: stepIndex + 1, id, result })];
    }
    case 'crash': {
      const isInStep = stepIndex > 0 && parent.step(stepIndex - 1).outcome.kind === 'crashed';
      return isInStep ? [] : [part('crash', take)];
    }
    case 'restore':
      return fault;
    case 'settled':
      return [];
    default:
      return assertNever(operation, 'operation');
  }
}

/** Whether a request comes between two steps: time passes with each. */
function hasInput(parent: Parent, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (parent.step(at).operation.kind === 'normal') return true;
  }
  return false;
}
