import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { driveToEnd } from '../engine/driving.ts';
import { startRun } from '../engine/run.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { ok, type Machine } from '../machine/machine.ts';
import type { Driver, Scenario } from '../machine/scenario.ts';
import { jobs, jobsScenario, type Jobs } from '../test-helpers/test-machines.ts';
import { forkOfCrash, formatFork, parseFork } from '../trace/format/fork.ts';
import { crashEverywhere, verdictInBrief, type CrashVerdict } from './crash-everywhere.ts';
import { startFork } from './fork.ts';
import { parentInMemory } from './parent.ts';

async function crashed(machine: Machine<Jobs>, scenario: Scenario<Jobs> = jobsScenario()) {
  const faults = FAULT_PROFILES.none;
  const settings = { scenario, seed: 3n, operationsMax: 3, faults };
  const label = { scenario: scenario.name, seed: 3n, operationsMax: 3, faults: 'none' };
  const parent = await parentInMemory({ machine, run: startRun(machine, settings), label });
  const checks = planChecks(machine, FAULT_PROFILES.chaos);
  const { verdicts } = await crashEverywhere({ machine, scenario, faults, checks }, parent);
  return verdicts;
}

/** "0 inside: fine", "0 after 1: fails". */
function brief({ point, verdict }: CrashVerdict): string {
  const { change, stepIndex } = point;
  const where = change.kind === 'crash' ? `after ${change.dispatched}` : 'inside';
  return `${stepIndex} ${where}: ${verdict}`;
}

/** The scenario, with a system that notices what it is asked twice. */
function noticing(): Scenario<Jobs> {
  const plain = jobsScenario();
  return {
    ...plain,
    start: (...given) => {
      const asked = new Map<number, number>();
      const receive = (id: number) => {
        asked.set(id, (asked.get(id) ?? 0) + 1);
        return 'done' as const;
      };
      const settled = { 'nothing is asked twice': () => [...asked.values()].every((n) => n === 1) };
      return { ...plain.start(...given), external: { receive, settled } };
    },
  };
}

/** The same, with a driver that tells of each step that it is shown, and can be copied if that is wanted. */
function tellingNoticing(tell: () => void, isCopied: boolean): Scenario<Jobs> {
  const plain = jobsScenario();
  const drive = (
    asked: Map<number, number>,
    ...given: Parameters<Scenario<Jobs>['start']>
  ): Driver<Jobs> => {
    const receive = (id: number) => {
      asked.set(id, (asked.get(id) ?? 0) + 1);
      return 'done' as const;
    };
    const settled = { 'nothing is asked twice': () => [...asked.values()].every((n) => n === 1) };
    return {
      ...plain.start(...given),
      external: { receive, settled },
      observe: tell,
      ...(isCopied ? { copy: (...streams) => drive(new Map(asked), ...streams) } : {}),
    };
  };
  return { ...plain, start: (...given) => drive(new Map(), ...given) };
}

describe('crashing everywhere', () => {
  it('finds nothing in a machine that recovers', async () => {
    const verdicts = await crashed(jobs());
    expect(verdicts.map(brief).slice(0, 6)).toEqual([
      '0 inside: fine',
      '0 after 0: fine',
      '0 after 1: fine',
      '0 after 2: fine',
      '1 inside: fine',
      '1 after 0: fine',
    ]);
    expect(verdicts.every(({ verdict }) => verdict === 'fine')).toBe(true);
  });

  it('finds what restore forgets, exactly where something is outstanding', async () => {
    const verdicts = await crashed(jobs({ restore: () => ok() }));
    expect(verdicts.map(brief).slice(0, 8)).toEqual([
      '0 inside: fine',
      '0 after 0: fails',
      '0 after 1: fails',
      '0 after 2: fails',
      '1 inside: fails',
      '1 after 0: fine',
      '2 inside: fine',
      '2 after 0: fails',
    ]);
    expect(verdicts[1]?.findings).toMatchObject([{ name: 'tracked actions are restorable' }]);
  });

  it('does not find what the machine may lose, as it says', async () => {
    const waivers = { 'tracked actions are restorable': 'they are asked for again' };
    const verdicts = await crashed({ ...jobs({ restore: () => ok() }), waivers });
    expect(verdicts.every(({ verdict }) => verdict === 'fine')).toBe(true);
  });

  it('finds what no rule can: a system that is asked twice', async () => {
    const verdicts = await crashed(jobs(), noticing());
    const fails = verdicts.filter(({ verdict }) => verdict === 'fails').map(brief);
    // When the action was out before the crash, restore sends it again.
    expect(fails).toContain('0 after 1: fails');
    expect(fails).not.toContain('0 after 0: fails');
    expect(fails).not.toContain('0 inside: fails');
  });

  it('is the fork of the whole run that ends with the step, point by point', async () => {
    const machine = jobs();
    const scenario = noticing();
    const faults = FAULT_PROFILES.none;
    const settings = { scenario, seed: 3n, operationsMax: 3, faults };
    const label = { scenario: scenario.name, seed: 3n, operationsMax: 3, faults: 'none' };
    const parent = await parentInMemory({ machine, run: startRun(machine, settings), label });
    const subject = { machine, scenario, faults };
    const { verdicts } = await crashEverywhere(subject, parent);
    for (const verdict of verdicts) {
      const fork = forkOfCrash(verdictInBrief(verdict));
      expect(parseFork(formatFork(fork))).toEqual(fork);
      const { run } = await startFork(subject, parent, fork);
      const found: string[] = [];
      await driveToEnd(run, {
        observe: ({ findings }) => found.push(...findings.map(({ name }) => name)),
      });
      expect(found).toEqual(verdict.findings.map(({ name }) => name));
    }
  });

  it('shows a driver that can be copied each step of the run once, with the same verdicts', async () => {
    const verdicts = await crashed(jobs(), noticing());
    let shown = 0;
    const tell = () => (shown += 1);
    expect(await crashed(jobs(), tellingNoticing(tell, true))).toEqual(verdicts);
    const withCopies = shown;
    shown = 0;
    expect(await crashed(jobs(), tellingNoticing(tell, false))).toEqual(verdicts);
    expect(withCopies).toBeLessThan(shown);
  });

  it('refuses a driver that is its own copy', async () => {
    const own = noticing();
    const start: Scenario<Jobs>['start'] = (...given) => {
      const driver = { ...own.start(...given), copy: () => driver };
      return driver;
    };
    await expect(crashed(jobs(), { ...own, start })).rejects.toThrow(
      'threw in copy: TypeError: it must return another driver, not itself',
    );
  });

  it('ends early when it is cancelled', async () => {
    const machine = jobs();
    const scenario = jobsScenario();
    const faults = FAULT_PROFILES.none;
    const settings = { scenario, seed: 3n, operationsMax: 3, faults };
    const label = { scenario: scenario.name, seed: 3n, operationsMax: 3, faults: 'none' };
    const parent = await parentInMemory({ machine, run: startRun(machine, settings), label });
    let asked = 0;
    const isCancelled = () => (asked += 1) > 1;
    const { verdicts, isStopped } = await crashEverywhere({ machine, scenario }, parent, {
      isCancelled,
    });
    expect(isStopped).toBe(true);
    expect(new Set(verdicts.map(({ point }) => point.stepIndex))).toEqual(new Set([0]));
  });
});
