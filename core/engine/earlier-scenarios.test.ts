import { describe, expect, it } from 'vitest';
import type { Operation } from '../machine/operation.ts';
import { defineScenario, type AnyScenario } from '../machine/scenario.ts';
import { jobs, jobsScenario, type Jobs } from '../test-helpers/test-machines.ts';
import { simulate } from '../test-helpers/test-simulation.ts';
import { replaySource } from './replay.ts';
import { Run } from './run.ts';

const EVERYTHING = Number.POSITIVE_INFINITY;

describe('a scenario that was written for earlier versions', () => {
  /** Jobs whose results are sent later, and one of which the scenario completes itself. */
  const scenarioOf = (
    input: 'normal' | 'input',
    completion: 'trackedActionCompleted' | 'completion',
    from: 'poll' | 'settle',
  ): AnyScenario =>
    defineScenario<Jobs>({
      ...jobsScenario(),
      start() {
        let drawn = 0;
        const due: number[] = [];
        const seen: string[] = [];
        return {
          next() {
            drawn += 1;
            if (drawn === 5) return { kind: completion, id: 1, result: 'pending' };
            return { kind: input, input: drawn % 3 === 0 ? 'refuse' : 'start' };
          },
          observe: ({ operation }) => void seen.push(operation.kind),
          tallies: () => ({
            inputs: seen.filter((kind) => kind === input).length,
            completions: seen.filter((kind) => kind === completion).length,
          }),
          external: {
            receive: (id) => void due.push(id),
            [from]() {
              const id = due.shift();
              return id === undefined ? undefined : { kind: completion, id, result: 'done' };
            },
          },
        };
      },
    });

  it.each(['poll', 'settle'] as const)('still runs, with its `%s`', (from) => {
    const [now, earlier] = [
      scenarioOf('normal', 'trackedActionCompleted', from),
      scenarioOf('input', 'completion', from),
    ].map((scenario) => simulate({ delayed: 0.3, duplicated: 0.3 }, { scenario }));
    expect(now?.completions.length).toBeGreaterThan(5);
    expect(earlier?.steps).toEqual(now?.steps);
    expect(earlier?.run.tallies).toEqual(now?.run.tallies);
    expect(earlier?.run.tallies['completions']).toBe(earlier?.completions.length);
  });

  it('replays, with its external system', () => {
    const list: Operation[] = [{ kind: 'normal', input: 'start' }, { kind: 'settled' }];
    const scenario = scenarioOf('input', 'completion', 'settle');
    const run = new Run(jobs(), replaySource(list, { scenario, rewrite: (given) => given }));
    const kinds: string[] = [];
    void run.advance(EVERYTHING, ({ operation }) => kinds.push(operation.kind));
    expect(kinds).toEqual(['normal', 'trackedActionCompleted', 'settled']);
    expect(run.tallies).toEqual({ inputs: 1, completions: 1 });
  });

  it('is refused for a kind that never existed', () => {
    const scenario = scenarioOf('dance' as 'input', 'completion', 'poll');
    expect(() => simulate({}, { scenario })).toThrow(
      'an operation must have the kind "normal" or "trackedActionCompleted"',
    );
  });
});
