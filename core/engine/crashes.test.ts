import { describe, expect, it } from 'vitest';
import { err, type Machine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { jobs, jobsScenario, type Jobs } from '../test-helpers/test-machines.ts';
import { simulate } from '../test-helpers/test-simulation.ts';
import { replaySource } from './replay.ts';
import { Run } from './run.ts';

const EVERYTHING = Number.POSITIVE_INFINITY;
const NO_CHECKS = { invariantsEvery: 1, closeEvery: 1, rules: {} };
const crash = (dispatched = 0) => ({ kind: 'crash', dispatched }) as const;
const restore = { kind: 'restore' } as const;

describe('a crash', () => {
  it('is followed by restores until one is handled', () => {
    const { steps } = simulate({ crashAfterCommit: 0.3, commitFails: 0.5 }, { operationsMax: 200 });
    const kinds = steps.map(({ operation, outcome }) => `${operation.kind} ${outcome.kind}`);
    const tries = kinds.join(', ').match(/crash ok(?:, restore err)*, restore ok/g) ?? [];
    expect(tries).toHaveLength(kinds.filter((kind) => kind === 'crash ok').length);
    expect(tries.some((tried) => tried.includes('restore err, restore err'))).toBe(true);
  });

  it('leaves a machine down that cannot restore', () => {
    const machine = jobs({
      restore: () => {
        throw new Error('no');
      },
    });
    const scenario = jobsScenario({ answer: () => undefined });
    const { steps } = simulate({ crashAfterCommit: 1 }, { machine, scenario, operationsMax: 1 });
    expect(steps.map(({ operation }) => operation.kind)).toEqual([
      'normal',
      'crash',
      ...Array.from({ length: 5 }, () => 'restore'),
      'settled',
    ]);
  });

  it('ends the run of a machine that stays down, which is a finding', () => {
    const machine = jobs({ restore: () => err('refused') });
    // Nothing is lost here, since no job is outstanding.
    const scenario = jobsScenario({ settled: { fails: () => false } });
    const simulated = simulate({ crashBeforeCommit: 0.3 }, { machine, scenario });
    expect(simulated.steps.at(-2)?.operation).toEqual({ kind: 'restore' });
    expect(simulated.last.operation).toEqual({ kind: 'settled', isDown: true });
    expect(simulated.last.findings).toEqual([
      {
        kind: 'settled',
        name: 'every crash is recovered from',
        stepIndex: simulated.last.stepIndex,
        message:
          'Whenever it is asked, restore answers "refused": the machine stays down after a crash.',
        shape: 'restore',
      },
    ]);
    const operations = simulated.steps.map(({ operation }) => operation);

    const found = (again: Machine<Jobs>) => {
      const names: string[] = [];
      const run = new Run(again, replaySource(operations, { scenario }), { checks: NO_CHECKS });
      void run.advance(EVERYTHING, ({ findings }) =>
        names.push(...findings.map(({ name }) => name)),
      );
      return names;
    };
    expect(found(machine)).toEqual(['every crash is recovered from']);
    expect(found(jobs())).toEqual([]);
    // The effect of a fault is not a defect.
    const fault = { kind: 'actionRefused', action: 0 } as const;
    const hit = [{ kind: 'normal', input: 'start' }, crash(2), { ...restore, fault }] as const;
    const ended = [...hit, { kind: 'settled', isDown: true }] as readonly Operation[];
    const run = new Run(jobs(), replaySource(ended, { scenario }), { checks: NO_CHECKS });
    const outcomes: unknown[] = [];
    void run.advance(EVERYTHING, ({ outcome, findings }) =>
      outcomes.push(outcome.kind, ...findings),
    );
    expect(outcomes).toEqual(['ok', 'ok', 'err', 'ok']);
  });

  it.each(['crashBeforeCommit', 'crashAfterCommit', 'crashAtAccess'] as const)(
    'ends, however often it strikes: %s',
    (fault) => {
      const { steps, last } = simulate({ [fault]: 1 }, { operationsMax: 5, checks: NO_CHECKS });
      expect(last.operation.kind).toBe('settled');
      expect(steps.filter(({ operation }) => operation.kind === 'normal')).toHaveLength(5);
    },
  );

  it('keeps the external systems from receiving actions that were not dispatched', () => {
    const received: number[] = [];
    const scenario = jobsScenario({
      answer: (id) => {
        received.push(id);
        return undefined;
      },
    });
    const { steps } = simulate({ crashAfterCommit: 0.5 }, { scenario });
    const dispatched = steps.flatMap(({ actions }, at) => {
      const next = steps[at + 1]?.operation;
      return actions
        .slice(0, next?.kind === 'crash' ? next.dispatched : undefined)
        .flatMap((action) => (action.kind === 'tracked' ? [action.id] : []));
    });
    expect(received).toEqual(dispatched);
  });
});
