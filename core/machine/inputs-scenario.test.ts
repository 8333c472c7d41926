import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startRun } from '../engine/run.ts';
import { adder } from '../test-helpers/test-machines.ts';
import { values } from '../test-helpers/test-values.ts';
import { FAULT_PROFILES } from './faults.ts';
import { InputsError, inputsScenario, parseInputs, toInput } from './inputs-scenario.ts';
import type { Operation } from './operation.ts';

/** The operations that a run of the scenario executes. */
function operationsOf(json: unknown, faults: keyof typeof FAULT_PROFILES = 'none'): Operation[] {
  const scenario = inputsScenario('inputs.json', json);
  const settings = { scenario, seed: 3n, operationsMax: 100, faults: FAULT_PROFILES[faults] };
  const operations: Operation[] = [];
  void startRun(adder(), settings).advance(Number.POSITIVE_INFINITY, ({ operation }) =>
    operations.push(operation),
  );
  return operations;
}

describe('a scenario of inputs', () => {
  it('gives inputs and completions in their order, and ends', () => {
    const add = { kind: 'add', amount: 2 };
    expect(
      operationsOf([
        add,
        { kind: 'normal', input: add },
        { kind: 'trackedActionCompleted', id: 1, result: 'confirmed' },
      ]),
    ).toEqual([
      { kind: 'normal', input: add },
      { kind: 'normal', input: add },
      { kind: 'trackedActionCompleted', id: 1, result: 'confirmed' },
    ]);
  });

  it('decodes values outside JSON', () => {
    expect(operationsOf([{ kind: 'add', amount: { $bigint: '7' } }, { $set: [1] }])).toEqual([
      { kind: 'normal', input: { kind: 'add', amount: 7n } },
      { kind: 'normal', input: new Set([1]) },
    ]);
  });

  it('runs under the faults of a profile', () => {
    const inputs = Array.from({ length: 60 }, () => ({ kind: 'add', amount: 1 }));
    const kinds = operationsOf(inputs, 'crashes').map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'normal')).toHaveLength(60);
    expect(kinds).toContain('crash');
  });

  it.each([
    [{ inputs: [] }, 'inputs are an array, and this is an object'],
    [['go', { $bigint: 1 }], 'element 1: $bigint must be a decimal string'],
    [['go', { kind: 'normal' }], 'element 1: an element of the kind "normal" has an "input"'],
    [
      [{ kind: 'normal', input: 1, amount: 2 }],
      'element 0: an element of the kind "normal" has no',
    ],
    [[{ kind: 'trackedActionCompleted', result: 1 }], 'element 0: the id of an action is'],
    [[{ kind: 'trackedActionCompleted', id: 1 }], 'element 0: the completion of an action has'],
  ])('refuses %j with the place', (json, message) => {
    expect(() => inputsScenario('inputs.json', json)).toThrow(InputsError);
    expect(() => inputsScenario('inputs.json', json)).toThrow(message);
  });
});

describe('an operation as an input', () => {
  it('is read back as it was, whatever the machine is given', () => {
    fc.assert(
      fc.property(values, values, fc.boolean(), (input, kind, isElement) => {
        const given = isElement ? { kind: 'normal', input } : { kind, input };
        const operations: Operation[] = [
          { kind: 'normal', input },
          { kind: 'normal', input: given },
          { kind: 'normal', input: { kind: 'trackedActionCompleted', id: 1 } },
          { kind: 'trackedActionCompleted', id: 7n, result: input as never },
        ];
        const elements = operations.map((operation) => toInput(operation).element?.json);
        expect(parseInputs(JSON.parse(JSON.stringify(elements)))).toEqual(operations);
      }),
    );
  });

  it('does not hold crashes, faults and second deliveries', () => {
    expect(toInput({ kind: 'crash', dispatched: 0 })).toEqual({ lost: 'crash' });
    const fault = { kind: 'commitFails' } as const;
    expect(toInput({ kind: 'normal', input: 1, fault })).toMatchObject({ lost: 'fault' });
    const twice = { id: 1, result: 2 as never, isDuplicate: true } as const;
    expect(toInput({ kind: 'trackedActionCompleted', ...twice })).toMatchObject({
      lost: 'duplicate',
    });
  });
});
