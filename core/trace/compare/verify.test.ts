import { describe, expect, it } from 'vitest';
import { driveToEnd } from '../../engine/driving.ts';
import type { StepWatch } from '../../engine/step-watch.ts';
import { adder } from '../../test-helpers/test-machines.ts';
import { resealed } from '../../test-helpers/test-states.ts';
import { readTrace, recordAdder } from '../../test-helpers/test-traces.ts';
import type { Trace } from '../trace.ts';
import { Verifier } from './verify.ts';

describe('verification', () => {
  async function verify(trace: Trace, machine = adder()) {
    const verifier = new Verifier(trace, machine);
    while (await verifier.advance(7));
    return verifier;
  }

  it('agrees with the machine that was recorded, awaiting or not', async () => {
    const trace = readTrace(recordAdder(6n, 'crashes', 100).text);
    const { difference, steps } = await verify(trace);
    expect([difference, steps]).toEqual([undefined, trace.length]);
    expect((await verify(trace, adder(true))).difference).toBeUndefined();
  });

  it('shows whoever watches for steps that do not end that each has ended', async () => {
    const trace = readTrace(recordAdder(6n, 'crashes', 100).text);
    let ended = 0;
    const watch: StepWatch = {
      over: async (execute) => ({
        kind: 'ended',
        value: await execute({ step: () => (ended += 1), isStepping: false }),
      }),
    };
    await driveToEnd(new Verifier(trace, adder(), { watch }));
    expect(ended).toBe(trace.length);
  });

  it('names the first step that differs, with expected and actual', async () => {
    const trace = readTrace(recordAdder(6n, 'none', 100).text);
    const changed = adder();
    const other = {
      ...changed,
      stf: (...args: Parameters<typeof changed.stf>) => {
        const [state, input] = args;
        if (
          state.current.log.length === 3 &&
          input.kind === 'normal' &&
          input.input.kind === 'add'
        ) {
          return { kind: 'err', error: 'refused' } as const;
        }
        return changed.stf(...args);
      },
    };
    const { difference } = await verify(trace, other);
    expect(difference).toMatchObject({
      kind: 'step',
      fields: expect.arrayContaining(['outcome', 'actions', 'patch']),
      expected: { outcome: { kind: 'ok' } },
      actual: { outcome: { kind: 'err', error: 'refused' } },
    });
  });

  it('ignores how an earlier version worded a rule', async () => {
    const { text } = recordAdder(6n, 'none', 100);
    const words =
      /"message":"The machine (?:returned an error|panicked) after[^"]*",("expected":"[^"]*","actual":"[^"]*",)?/g;
    expect(text).toMatch(words);
    const trace = readTrace(
      resealed(text.replaceAll(words, '"message":"It was said otherwise.",')),
    );
    expect((await verify(trace)).difference).toBeUndefined();
  });

  it('names the part of the header that differs', async () => {
    const trace = readTrace(recordAdder(6n, 'none', 10).text);
    const machine = { ...adder(), invariants: { 'all is well': () => true } };
    expect((await verify(trace, machine)).difference).toMatchObject({
      kind: 'header',
      part: 'invariants',
      actual: ['all is well'],
    });
  });

  it('names an initial state that differs', async () => {
    const trace = readTrace(recordAdder(6n, 'none', 10).text);
    const other = { ...adder(), initialState: () => ({ total: 1, log: [], waiting: new Map() }) };
    expect((await verify(trace, other)).difference).toMatchObject({
      kind: 'initialState',
      states: { places: [{ path: 'total', expected: '0', actual: '1' }], more: 0 },
    });
  });
});
