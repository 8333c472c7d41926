import type { ForkChange } from '../../trace/format/fork.ts';
import { sameValue, type Value } from '../../value/value.ts';
import type { Parent } from '../../what-if/parent.ts';

/** One fork of each kind of change, at a step that brings a result and the request after it. */
export function everyChange(parent: Parent): {
  readonly from: number;
  readonly changes: readonly ForkChange[];
} {
  const steps = Array.from({ length: parent.length }, (_, at) => parent.step(at));
  const results = steps.flatMap(({ stepIndex, operation, outcome }) =>
    operation.kind === 'trackedActionCompleted' && outcome.kind === 'ok'
      ? [{ at: stepIndex, ...operation }]
      : [],
  );
  const requests = steps.flatMap(({ stepIndex, operation }) =>
    operation.kind === 'normal' ? [{ at: stepIndex, input: operation.input as Value }] : [],
  );
  const completion = results.find(
    ({ at }) => at > 2 && requests.some((request) => request.at > at),
  );
  if (!completion) throw new Error('no request comes after a result');
  const { at, id } = completion;
  const next = requests.find((request) => request.at > at)?.at ?? at;
  // Another input, if the run has one.
  const { input: own } = requests.find((request) => request.at === next) ?? { input: null };
  const { input } = requests.find((one) => !sameValue(one.input, own)) ?? { input: own };
  const result = (results.at(-1)?.result ?? completion.result) as Value;
  const changes: readonly ForkChange[] = [
    { kind: 'crash', after: at, dispatched: 0 },
    { kind: 'fault', at: next, fault: { kind: 'commitFails' } },
    { kind: 'fault', at: next, fault: { kind: 'actionRefused', action: 0 } },
    { kind: 'fault', at: next, fault: { kind: 'accessFails', access: 0 } },
    { kind: 'fault', at: next, fault: { kind: 'crashAtAccess', access: 1 } },
    { kind: 'fault', at: next, fault: { kind: 'crashBeforeCommit' } },
    { kind: 'deliver', before: at + 1, id, result: completion.result as Value },
    { kind: 'result', at, result },
    { kind: 'drop', at },
    { kind: 'move', at, before: parent.length },
    { kind: 'input', at: next, input },
    { kind: 'insert', before: at, input },
    { kind: 'remove', at },
  ];
  return { from: at, changes };
}
