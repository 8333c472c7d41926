import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Executed } from '../machine/executed.ts';
import { FAULT_NAMES, FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import { ok } from '../machine/machine.ts';
import type { Driver } from '../machine/scenario.ts';
import {
  adder,
  adderScenario,
  jobs,
  jobsScenario,
  startJob,
  type Jobs,
} from '../test-helpers/test-machines.ts';
import { simulate } from '../test-helpers/test-simulation.ts';
import { planChecks } from './check-plan.ts';
import { replaySource } from './replay.ts';
import { Run, startRun } from './run.ts';

const EVERYTHING = Number.POSITIVE_INFINITY;
const NO_CHECKS = { invariantsEvery: 1, closeEvery: 1, rules: {} };
const restore = { kind: 'restore' } as const;

const started = ({ steps }: ReturnType<typeof simulate>) =>
  steps.filter(({ operation, outcome }) => operation.kind === 'normal' && outcome.kind === 'ok');

describe('a fault inside a step', () => {
  /** Runs steps with many accesses and many actions, and returns which of them were struck. */
  const struck = (weights: Omit<FaultProfile, 'description'>) => {
    const machine = jobs({
      stf(state, _, actions) {
        for (let access = 0; access < 10; access += 1) void state.current;
        for (let action = 0; action < 10; action += 1) {
          actions.untracked('started');
        }
        return ok();
      },
      invariants: {},
    });
    const { steps } = simulate(weights, { machine, operationsMax: 2_000, checks: NO_CHECKS });
    return new Set(
      steps.flatMap(({ operation }) => {
        if (operation.kind !== 'normal' || !operation.fault) return [];
        const { fault } = operation;
        return 'access' in fault ? [fault.access] : 'action' in fault ? [fault.action] : [];
      }),
    );
  };
  const everywhere = new Set(Array.from({ length: 10 }, (_, place) => place));

  it.each(['accessFails', 'crashAtAccess', 'actionRefused'] as const)(
    'reaches each place of a long one: %s',
    (fault) => {
      expect(struck({ [fault]: 0.5 })).toEqual(everywhere);
    },
  );
});

describe('the network', () => {
  it('delivers a completion again that a fault kept from being handled', () => {
    const result = simulate({ commitFails: 0.4, crashBeforeCommit: 0.2 });
    const failed = result.completions.filter(({ fault }) => fault !== undefined);
    expect(failed.length).toBeGreaterThan(3);
    expect(result.last.after).toMatchObject({ waiting: [], done: started(result).length });
    expect(result.findings).toEqual([]);
  });

  it('delivers a completion again at which the machine panicked', () => {
    const machine = jobs({
      stf(state, input, actions) {
        const isOdd = state.current.nextId % 2 === 1;
        if (input.kind === 'trackedActionCompleted' && isOdd) throw new Error('not now');
        return jobs().stf(state, input, actions);
      },
    });
    const result = simulate({ delayed: 0.5 }, { machine, operationsMax: 21 });
    const panicked = result.steps.filter(({ outcome }) => outcome.kind === 'panic');
    expect(panicked.length).toBeGreaterThan(3);
    expect(result.completions.some(({ isDuplicate }) => isDuplicate)).toBe(false);
    expect(result.last.after.done).toBeGreaterThan(started(result).length / 2);
  });

  it('gives up a completion at which the machine panics again and again', () => {
    const machine = jobs({
      stf(state, input, actions) {
        if (input.kind === 'trackedActionCompleted') throw new Error('never');
        return jobs().stf(state, input, actions);
      },
    });
    const result = simulate({ delayed: 0.5 }, { machine, operationsMax: 10 });
    const ids = started(result).flatMap(({ actions }) =>
      actions.flatMap((action) => (action.kind === 'tracked' ? [action.id] : [])),
    );
    const thrice = ids.flatMap((id) => [id, id, id]);
    expect(result.completions.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(thrice);
    expect(result.last.operation).toEqual({ kind: 'settled' });
  });

  it('delivers duplicates, marked as such', () => {
    const result = simulate({ duplicated: 1 });
    expect(result.completions).toHaveLength(2 * started(result).length);
    const seen = new Set<number>();
    for (const { id, isDuplicate = false } of result.completions) {
      expect(isDuplicate).toBe(seen.has(id));
      seen.add(id);
    }
  });

  it('lets late completions be overtaken', () => {
    const ids = simulate({ delayed: 0.5 }).completions.map(({ id }) => id);
    expect(ids).not.toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('keeps what is lost until the faults stop', () => {
    const result = simulate({ undelivered: 1 });
    const kinds = result.steps.map(({ operation }) => operation.kind);
    expect(kinds.indexOf('trackedActionCompleted')).toBeGreaterThan(kinds.lastIndexOf('normal'));
    expect(kinds.filter((kind) => kind === 'loss').length).toBeGreaterThan(20);
    expect(result.last.after.done).toBe(started(result).length);
  });

  it('can hold any number of messages when the faults stop', () => {
    const machine = jobs({
      stf(state, input, actions) {
        state.update((draft) => {
          if (input.kind === 'normal') draft.nextId += 1;
          else draft.done += 1;
        });
        if (input.kind === 'normal') actions.tracked(state.current.nextId, 'job');
        return ok();
      },
      invariants: {},
    });
    const { findings, last } = simulate(
      { undelivered: 1 },
      { machine, operationsMax: 25_000, checks: NO_CHECKS },
    );
    expect(last.after.done).toBe(25_000);
    expect(findings).toEqual([]);
  });
});

describe('the end of a run', () => {
  const delayed = { delayed: 0.5 };

  it('is a single step `settled`, the last one', () => {
    const { steps, last } = simulate(delayed);
    const settled = steps.filter(({ operation }) => operation.kind === 'settled');
    expect(settled).toEqual([last]);
    expect(last.findings).toEqual([]);
  });

  it('reports settled properties that fail', () => {
    const settled = {
      holds: () => true,
      fails: () => false,
      'says why': () => 'because',
      'says which': () => ({ message: 'job 1 is not paid', id: 1 }),
      // A scenario in plain JavaScript may forget to return a verdict.
      'says nothing': () => undefined as unknown as boolean,
    };
    const { findings, last } = simulate(delayed, { scenario: jobsScenario({ settled }) });
    const { stepIndex } = last;
    const kind = 'settled';
    expect(findings).toEqual([
      { kind, stepIndex, name: 'fails', message: 'does not hold', shape: 'settled' },
      { kind, stepIndex, name: 'says why', message: 'because', shape: 'settled' },
      {
        kind,
        stepIndex,
        name: 'says which',
        message: 'job 1 is not paid',
        shape: 'completion done',
        about: 1,
      },
      {
        kind,
        stepIndex,
        name: 'says nothing',
        message: 'returned undefined, which is neither a boolean, a string, nor { message, id }',
        shape: 'settled',
      },
    ]);
  });

  it('is reported when it never comes, also when the run is replayed', () => {
    const scenario = jobsScenario({ answer: () => 'pending' });
    const { steps, findings, last } = simulate(delayed, { scenario, operationsMax: 2 });
    expect(findings).toMatchObject([
      { kind: 'settled', name: 'every run settles', stepIndex: last.stepIndex },
    ]);
    const operations = steps.map(({ operation }) => operation);
    const replayed: unknown[] = [];
    const run = new Run(jobs(), replaySource(operations, { scenario }), { checks: NO_CHECKS });
    void run.advance(EVERYTHING, (step) => replayed.push(...step.findings));
    expect(replayed).toEqual(findings);

    const mended = jobs({
      stf: (state, input, actions) =>
        jobs().stf(state, 'result' in input ? { ...input, result: 'done' } : input, actions),
    });
    const mendedRun = new Run(mended, replaySource(operations, { scenario }), {
      checks: NO_CHECKS,
    });
    const ends: unknown[] = [];
    void mendedRun.advance(EVERYTHING, ({ operation, findings: left }) => {
      if (operation.kind === 'settled') ends.push(operation, left);
    });
    expect(ends).toEqual([{ kind: 'settled' }, []]);
  });

  it('is reported when it never comes before the faults stop', () => {
    // Each crash brings all jobs back, since none is ever done, and each answer may crash again.
    const machine = jobs({
      stf: (state, input, actions) => (input.kind === 'normal' ? startJob(state, actions) : ok()),
    });
    const { findings, last } = simulate(
      { crashAfterCommit: 0.3 },
      { machine, operationsMax: 20, checks: NO_CHECKS },
    );
    expect(findings).toMatchObject([
      { kind: 'settled', name: 'every run settles', stepIndex: last.stepIndex },
    ]);
  });
});

describe('without faults', () => {
  const checks = planChecks(jobs(), FAULT_PROFILES.none);
  const textOf = ({ operation }: Executed<Jobs>) =>
    operation.kind === 'trackedActionCompleted'
      ? `${operation.result} ${operation.id}`
      : operation.kind;

  it('external systems answer promptly and in order, and the end is judged', () => {
    const settled = {
      'no job is left': ({ waiting }: { waiting: readonly number[] }) => waiting.length === 0,
    };
    const { run, steps, findings } = simulate({}, { scenario: jobsScenario({ settled }), checks });
    expect(findings).toEqual([]);
    expect(run.checks.settled).toEqual({ 'no job is left': 1 });
    expect(steps.at(-1)?.operation).toEqual({ kind: 'settled' });
    for (const [at, step] of steps.entries()) {
      const [emitted] = step.actions;
      if (emitted?.kind !== 'tracked') continue;
      const next = steps[at + 1];
      expect(next && textOf(next)).toBe(`done ${emitted.id}`);
    }
  });

  it('a defect at each result is found', () => {
    const machine = jobs({
      stf(state, input, actions) {
        if (input.kind === 'trackedActionCompleted') throw new Error('results break me');
        return jobs().stf(state, input, actions);
      },
    });
    const { findings } = simulate({}, { machine, operationsMax: 3, checks });
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'panic', message: 'results break me' }),
    );
  });

  it('a run that is stopped does not check its end', () => {
    const settled = { 'no job is left': () => false };
    const settings = { scenario: jobsScenario({ settled }), seed: 1n, operationsMax: 50 };
    const run = startRun(jobs(), settings);
    expect(run.advance(20)).toBe(true);
    run.close();
    expect(run.checks.settled).toEqual({ 'no job is left': 0 });
  });

  it('an action that was never answered is judged at the end', () => {
    const settled = {
      'no job is left': ({ waiting }: { waiting: readonly number[] }) => waiting.length === 0,
    };
    const scenario = jobsScenario({ settled, answer: () => undefined });
    const { findings } = simulate({}, { scenario, checks });
    expect(findings).toMatchObject([{ kind: 'settled', name: 'no job is left' }]);
  });

  it('a machine that asks again at each answer does not keep the scenario from going on', () => {
    const scenario = jobsScenario({ answer: (id) => (id % 50 === 0 ? 'done' : 'pending') });
    const { run, last } = simulate({}, { scenario, operationsMax: 30, checks });
    expect(run.operations).toBe(30);
    expect(last.operation).toEqual({ kind: 'settled' });
  });

  it('the operations of the scenario are those under faults', () => {
    const inputsOf = ({ steps }: ReturnType<typeof simulate>) =>
      steps.flatMap(({ operation }) => (operation.kind === 'normal' ? [operation.input] : []));
    expect(inputsOf(simulate({}))).toEqual(inputsOf(simulate({ delayed: 1 })));
  });

  it.each<[which: string, change: (driver: Driver<Jobs>) => Driver<Jobs>]>([
    ['without external systems', ({ external: _, ...driver }) => driver],
    [
      'that completes its actions itself',
      ({ external = { receive: () => undefined }, ...driver }) => ({
        ...driver,
        external: { ...external, answersOnlyUnderFaults: true },
      }),
    ],
  ])('a scenario %s gives its own operations only', (_, change) => {
    const scenario = jobsScenario();
    const start = (...given: Parameters<typeof scenario.start>) => change(scenario.start(...given));
    const { steps } = simulate({}, { scenario: { ...scenario, start }, operationsMax: 5, checks });
    expect(steps.map(({ operation }) => operation.kind)).toEqual(
      Array.from({ length: 5 }, () => 'normal'),
    );
  });
});

describe('whatever strikes', () => {
  const weights = fc.record(
    Object.fromEntries(
      FAULT_NAMES.map((name) => [name, fc.double({ min: 0, max: 0.3, noNaN: true })]),
    ),
  );
  const profiles = fc.oneof(
    fc.constantFrom(...Object.values<FaultProfile>(FAULT_PROFILES)),
    weights.map((drawn): FaultProfile => ({ description: 'Drawn.', ...drawn })),
  );

  it('an err, a panic or a crash never changes the state', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt(0n, 2n ** 64n - 1n),
        profiles,
        fc.boolean(),
        async (seed, faults, isAsync) => {
          const settings = { scenario: adderScenario, seed, operationsMax: 60, faults };
          await startRun(adder(isAsync), settings).advance(EVERYTHING, (step) => {
            if (step.outcome.kind === 'ok') return;
            expect(step.after).toBe(step.before);
            expect(step.actions).toEqual([]);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a sound machine has no findings, and ends with everything done', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), weights, (seed, drawn) => {
        fc.pre(Object.values(drawn).some((weight) => weight > 0));
        const { findings, last } = simulate(drawn, { seed });
        expect(findings).toEqual([]);
        expect(last.after.waiting).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('a machine that never awaits may answer at once', () => {
    const machine = jobs({ restore: () => ok() });
    const step = new Run(machine, replaySource([restore])).advance(1);
    expect(step).toBe(true);
  });
});
