import { describe, expect, it } from 'vitest';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import { defineScenario } from '../machine/scenario.ts';
import { jobs, jobsScenario, type Jobs } from '../test-helpers/test-machines.ts';
import { simulate } from '../test-helpers/test-simulation.ts';
import { encodeOperation, parseOperation } from '../trace/format/format.ts';
import { planChecks } from './check-plan.ts';
import { replaySource } from './replay.ts';
import { Run } from './run.ts';

const EVERYTHING = Number.POSITIVE_INFINITY;

describe('the external systems', () => {
  /** Their answers to each job, drawn from their own stream. */
  const answers = (weights: Omit<FaultProfile, 'description'>) => {
    const drawn: unknown[] = [];
    const scenario = jobsScenario({
      answer: (_, { random, strikes }) => {
        drawn.push([random.genBool(0.5), strikes()]);
        return 'done';
      },
    });
    const result = simulate(weights, { scenario, operationsMax: 100 });
    return { drawn, result };
  };

  it('draw from their own stream, whatever happens to the messages', () => {
    const { drawn } = answers({ delayed: 0.3 });
    expect(drawn.length).toBeGreaterThan(70);
    expect(answers({ duplicated: 0.5, undelivered: 0.2 }).drawn).toEqual(drawn);
  });

  it('decide the same in a replay as in the run', () => {
    const scenarioOf = () =>
      defineScenario<Jobs>({
        ...jobsScenario(),
        start(random, faults) {
          const decided: [number, boolean][] = [];
          const driver = jobsScenario().start(random, faults);
          return {
            ...driver,
            external: {
              receive(id) {
                decided.push([id, faults.strikes() && faults.strikes()]);
                return 'done';
              },
              // Draws here are not part of it.
              poll: () => void faults.strikes(),
              settled: { tells: () => JSON.stringify(decided) },
            },
          };
        },
      });
    const weights = { ...FAULT_PROFILES.chaos, externalFails: 0.5 };
    for (let seed = 0n; seed < 10n; seed += 1n) {
      const scenario = scenarioOf();
      const { steps, findings } = simulate(weights, { scenario, seed, operationsMax: 40 });
      const operations = steps.map(({ operation }) =>
        parseOperation(JSON.parse(JSON.stringify(encodeOperation(operation)))),
      );
      const source = replaySource(operations, { scenario: scenarioOf() });
      const replayed: unknown[] = [];
      void new Run(jobs(), source, { checks: planChecks(jobs(), FAULT_PROFILES.chaos) }).advance(
        EVERYTHING,
        (step) => replayed.push(...step.findings),
      );
      expect(findings).toMatchObject([{ message: expect.stringContaining('true') as string }]);
      expect(replayed).toEqual(findings);
    }
  });

  it('fail as often as the profile says, and never when it does not', () => {
    const strikes = (weights: Omit<FaultProfile, 'description'>) =>
      answers(weights).drawn.filter((each) => (each as [boolean, boolean])[1]).length;
    expect(strikes({ delayed: 0.3 })).toBe(0);
    expect(strikes({ externalFails: 1 })).toBeGreaterThan(70);
  });
});
