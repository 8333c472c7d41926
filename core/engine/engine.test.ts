import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../keys-of.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { ok } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { ChaCha8Rng } from '../random/chacha8-rng.ts';
import { adder, adderScenario, type Adder } from '../test-helpers/test-machines.ts';
import { hashValue } from '../value/hash.ts';
import type { Value } from '../value/value.ts';
import { replaySource } from './replay.ts';
import { Run, startRun } from './run.ts';
import { ScenarioError } from './scenario-guard.ts';
import { scenarioSource } from './simulation.ts';

const PROFILES = keysOf(FAULT_PROFILES);

/** Inputs that do not depend on the outcomes of earlier ones. */
const inputsOnly = {
  ...adderScenario,
  start: (random: ChaCha8Rng) => ({
    next: () => add(random.genRange('i32', 1, 20)),
    observe() {},
    tallies: () => ({}),
  }),
} as typeof adderScenario;

const EVERYTHING = Number.POSITIVE_INFINITY;

async function replay(isAsync: boolean, ...operations: Operation[]) {
  const run = new Run(adder(isAsync), replaySource(operations));
  const steps: Executed<Adder>[] = [];
  await run.advance(EVERYTHING, (step) => steps.push(step as Executed<Adder>));
  return { run, steps };
}

const input = (value: Adder['Input']): Operation => ({ kind: 'normal', input: value });
const add = (amount: number) => input({ kind: 'add', amount });
const totals = (steps: readonly Executed<Adder>[]) => steps.map(({ after }) => after.total);

describe.each([
  ['a synchronous machine', false],
  ['an asynchronous machine', true],
])('%s', (_, isAsync) => {
  it('commits what an accepted input changed, and dispatches its actions', async () => {
    const { run, steps } = await replay(isAsync, add(5), add(6));
    expect(totals(steps)).toEqual([5, 11]);
    expect(steps[0]?.actions).toEqual([
      { kind: 'tracked', id: 0, action: { kind: 'confirm', amount: 5 } },
      { kind: 'untracked', action: { kind: 'notify' } },
    ]);
    // The last step's actions are still on their way: a crash could lose them.
    expect([...run.executor.outstanding.keys()]).toEqual([0]);
  });

  it('gives an invariant the last state for which it held', async () => {
    const seen: (readonly [number | undefined, number])[] = [];
    const watched = {
      ...adder(isAsync),
      invariants: {
        'not 11': (state: { total: number }, before: { total: number } | undefined) => {
          seen.push([before?.total, state.total]);
          return state.total !== 11;
        },
      },
    };
    const run = new Run(watched, replaySource([add(5), add(6), add(1)]));
    await run.advance(EVERYTHING);
    expect(seen).toEqual([
      [undefined, 0],
      [0, 5],
      [5, 11],
      [5, 12],
    ]);
  });

  it('leaves the state unchanged after a rejection', async () => {
    const { steps } = await replay(isAsync, add(5), input({ kind: 'refuse' }));
    expect(steps[1]).toMatchObject({ outcome: { kind: 'err', error: 'refused' }, findings: [] });
    expect(steps[1]?.after).toBe(steps[0]?.after);
  });

  it('rolls back and finds a rejection after a change', async () => {
    const { steps } = await replay(isAsync, add(5), input({ kind: 'changeThenRefuse', amount: 7 }));
    const [before, refused] = steps;
    expect(refused?.after).toBe(before?.after);
    expect(refused?.attempted.total).toBe(12);
    expect(refused?.actions).toEqual([]);
    expect(refused?.discarded).toHaveLength(2);
    expect(refused?.findings).toMatchObject([{ kind: 'rule', name: 'atomicity', stepIndex: 1 }]);
  });

  it('rolls back a panic and finds it', async () => {
    const { steps } = await replay(isAsync, add(5), input({ kind: 'throw' }), add(1));
    expect(totals(steps)).toEqual([5, 5, 6]);
    expect(steps[1]?.findings).toEqual([
      {
        stepIndex: 1,
        kind: 'panic',
        name: 'RangeError',
        message: 'out of range',
        shape: 'input throw',
      },
    ]);
  });

  it('catches a machine that writes to the state in place', async () => {
    const { steps } = await replay(isAsync, add(5), input({ kind: 'mutateInPlace' }));
    expect(steps[1]?.findings).toMatchObject([
      { kind: 'panic', name: 'TypeError', message: expect.stringContaining('state.update') },
    ]);
    expect(steps[1]?.after).toBe(steps[0]?.after);
  });

  it('catches a machine that writes to its input', async () => {
    const machine = {
      ...adder(isAsync),
      stf: ((_state, given) => {
        // Both are read-only to TypeScript. The adder has no result that is a list.
        if (given.kind === 'normal') (given.input as { amount: number }).amount = 0;
        else (given.result as unknown as string[]).length = 0;
        return ok();
      }) as ReturnType<typeof adder>['stf'],
    };
    const completion = { kind: 'trackedActionCompleted', id: 1, result: ['confirmed'] } as const;
    const run = new Run(machine, replaySource([add(1), completion]));
    const found: unknown[] = [];
    await run.advance(EVERYTHING, ({ findings }) => found.push(...findings));
    const kind = 'panic';
    const message = expect.stringContaining('read only property') as string;
    expect(found).toMatchObject([
      { kind, name: 'TypeError', stepIndex: 0, message },
      { kind, name: 'TypeError', stepIndex: 1, message },
    ]);
  });

  it('catches a machine that returns neither ok nor err', async () => {
    const { steps } = await replay(isAsync, input({ kind: 'answerNothing' }));
    expect(steps[0]?.findings).toMatchObject([
      { kind: 'panic', message: 'stf must return ok() or err(why), not nothing' },
    ]);
  });

  it('loses the actions that a crash kept from being dispatched, and calls restore', async () => {
    const { run, steps } = await replay(
      isAsync,
      add(5),
      add(6),
      { kind: 'crash', dispatched: 0 },
      { kind: 'restore' },
      add(1),
    );
    expect(steps[2]?.lost.map(({ kind }) => kind)).toEqual(['tracked', 'untracked']);
    expect(steps[3]?.actions).toEqual([
      { kind: 'tracked', id: 0, action: { kind: 'confirm', amount: 5 } },
      { kind: 'tracked', id: 1, action: { kind: 'confirm', amount: 6 } },
    ]);
    expect(steps[2]?.after).toBe(steps[1]?.after);
    expect([...run.executor.outstanding.keys()]).toEqual([0, 1]);
  });

  it('ends a tracked action with its completion', async () => {
    const { run, steps } = await replay(
      isAsync,
      add(5),
      { kind: 'trackedActionCompleted', id: 0, result: 'denied' },
      { kind: 'trackedActionCompleted', id: 9, result: 'denied' },
    );
    expect(totals(steps)).toEqual([5, 0, 0]);
    expect(steps[2]?.outcome).toEqual({ kind: 'err', error: 'unknown' });
    expect([...run.executor.outstanding.keys()]).toEqual([]);
  });
});

describe('invariants', () => {
  it('are findings when they begin to fail, and recover', async () => {
    const { steps } = await replay(false, add(13), add(1), add(100), add(1));
    expect(
      steps.map(({ findings }) => findings.map(({ name, message }) => [name, message])),
    ).toEqual([
      [['the total is no 13', 'does not hold']],
      [],
      [['the total is below 100', 'the total is 114']],
      [],
    ]);
    expect(steps[1]?.recovered).toEqual(['the total is no 13']);
  });

  it('are evaluated again only when the state has changed', async () => {
    const { run } = await replay(
      false,
      add(1),
      input({ kind: 'refuse' }),
      input({ kind: 'refuse' }),
      add(1),
    );
    // Two invariants: the initial state and two changes, then two steps without a change.
    expect(run.executor.checks).toMatchObject({ evaluated: 6, carriedOver: 4 });
  });
});

describe('a run', () => {
  const start = (
    seed: bigint,
    faults: keyof typeof FAULT_PROFILES,
    isAsync = false,
    operationsMax = 60,
  ) =>
    new Run(
      adder(isAsync),
      scenarioSource({
        scenario: adderScenario,
        seed,
        operationsMax,
        faults: FAULT_PROFILES[faults],
      }),
    );

  async function hashes(run: Run, slice: number) {
    const seen: string[] = [];
    while (
      await run.advance(slice, ({ after, operation, outcome }) =>
        seen.push(`${operation.kind} ${outcome.kind} ${hashValue(after as Value)}`),
      )
    );
    return seen;
  }

  const seeds = fc.bigInt(0n, 2n ** 64n - 1n);
  const faults = fc.constantFrom(...keysOf(FAULT_PROFILES));

  it('is the same in slices of any size, awaiting or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        faults,
        fc.integer({ min: 1, max: 70 }),
        async (seed, profile, slice) => {
          const whole = await hashes(start(seed, profile), EVERYTHING);
          expect(await hashes(start(seed, profile), slice)).toEqual(whole);
          expect(await hashes(start(seed, profile, true), slice)).toEqual(whole);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('leaves the state unchanged after every err and panic', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, faults, async (seed, profile) => {
        await start(seed, profile).advance(EVERYTHING, ({ outcome, before, after }) => {
          if (outcome.kind !== 'ok') expect(after).toBe(before);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('draws the same inputs under every fault profile', async () => {
    const inputs = async (profile: keyof typeof FAULT_PROFILES) => {
      const seen: unknown[] = [];
      const run = startRun(adder(), {
        scenario: inputsOnly,
        seed: 7n,
        operationsMax: 200,
        faults: FAULT_PROFILES[profile],
      });
      await run.advance(EVERYTHING, ({ operation }) => {
        if (operation.kind === 'normal') seen.push(operation.input);
      });
      return seen;
    };
    const faultless = await inputs('none');
    expect(faultless).toHaveLength(200);
    for (const profile of PROFILES) expect(await inputs(profile)).toEqual(faultless);
  });

  it('counts operations apart from crashes and restores', async () => {
    const run = start(7n, 'crashes', false, 300);
    await run.advance(EVERYTHING);
    expect(run.operations).toBe(300);
    expect(run.steps).toBeGreaterThan(300);
  });

  it('reports a scenario that gives a value that is not plain data', () => {
    const date = { kind: 'normal', input: { when: new Date(0) } } as const;
    const run = new Run(adder(), replaySource([date]));
    expect(() => run.advance(EVERYTHING)).toThrow(ScenarioError);
    expect(() => new Run(adder(), replaySource([date])).advance(1)).toThrow(
      'The input holds a Date (path: when)',
    );
  });

  it('keeps a scenario from changing an operation in place', () => {
    const reused = { kind: 'normal' as const, input: { kind: 'refuse' as const } };
    const scenario = {
      ...adderScenario,
      start: () => ({
        next: () => {
          reused.input = { kind: 'refuse' };
          return reused;
        },
        observe() {},
        tallies: () => ({}),
      }),
    } as typeof adderScenario;
    const run = startRun(adder(), { scenario, seed: 1n, operationsMax: 5 });
    expect(() => run.advance(EVERYTHING)).toThrow(ScenarioError);
  });

  it('names the scenario that threw', () => {
    const broken = {
      ...adderScenario,
      start: () => ({
        next: () => {
          throw new Error('no more ideas');
        },
        observe() {},
        tallies: () => ({}),
      }),
    };
    const source = scenarioSource({ scenario: broken, seed: 1n, operationsMax: 5 });
    expect(() => new Run(adder(), source).advance(1)).toThrow(ScenarioError);
    expect(() => new Run(adder(), source).advance(1)).toThrow('everything threw in next');
  });

  it.each(['next', 'observe', 'tallies'])('says that a driver has no %s', (method) => {
    const scenario = {
      ...adderScenario,
      start: (...given: Parameters<typeof adderScenario.start>) => ({
        ...adderScenario.start(...given),
        [method]: undefined,
      }),
    } as never;
    expect(() => scenarioSource({ scenario, seed: 1n, operationsMax: 1 })).toThrow(
      `What \`start\` of the scenario everything returns has no method \`${method}\`. Add it, for example`,
    );
  });

  it.each<[external: unknown, told: string]>([
    [
      { acknowledge() {} },
      'has no method `receive`. Add it, for example `receive: () => undefined`.',
    ],
    [{ recieve() {} }, 'has `recieve`, which means nothing there. Did you mean `receive`?'],
    [
      { receive() {}, settld: {} },
      'has `settld`, which means nothing there. Did you mean `settled`?',
    ],
    ['a bank', 'must be an object, not a string.'],
  ])('says what is wrong with external systems: %o', (external, told) => {
    const scenario = {
      ...adderScenario,
      start: (...given: Parameters<typeof adderScenario.start>) => ({
        ...adderScenario.start(...given),
        external,
      }),
    } as never;
    expect(() => scenarioSource({ scenario, seed: 1n, operationsMax: 1 })).toThrow(
      `\`external\` of the scenario everything ${told}`,
    );
  });
});
