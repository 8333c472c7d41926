import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run, startRun } from '../engine/run.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { ok, type Machine } from '../machine/machine.ts';
import type { Scenario } from '../machine/scenario.ts';
import { jobs, jobsScenario, type Jobs } from '../test-helpers/test-machines.ts';
import type { Fork, ForkChange, GoingOn } from '../trace/format/fork.ts';
import { startFork, type ForkSubject } from './fork.ts';
import { ForkError } from './forked-list.ts';
import { parentInMemory, type Parent } from './parent.ts';

const SCENARIO = jobsScenario({ answer: () => 'done' });
const SEED = 3n;

function subjectOf(machine: Machine<Jobs>): ForkSubject {
  const faults = FAULT_PROFILES.none;
  return { machine, scenario: SCENARIO, faults, checks: planChecks(machine, FAULT_PROFILES.chaos) };
}

async function parentOfJobs(machine = jobs()): Promise<Parent> {
  const faults = FAULT_PROFILES.none;
  const run = startRun(machine, { scenario: SCENARIO, seed: SEED, operationsMax: 6, faults });
  const label = { scenario: SCENARIO.name, seed: SEED, operationsMax: 6, faults: 'none' };
  return parentInMemory({ machine, run, label });
}

async function forked(
  changes: readonly ForkChange[],
  { from = 0, goesOn = 'sameOperations', seed, settles }: Partial<Fork> = {},
  machine = jobs(),
) {
  const parent = await parentOfJobs(machine);
  const fork: Fork = {
    from,
    changes,
    goesOn,
    ...(seed === undefined ? {} : { seed }),
    ...(settles ? { settles } : {}),
  };
  const { run } = await startFork(subjectOf(machine), parent, fork);
  const steps: Executed[] = [];
  await run.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
  return { parent, steps };
}

/** A step in short, as "start", "refuse", "done 1", "done 1 again", "crash", "restore 1,2". */
function brief({ operation, outcome, actions }: Executed): string {
  const ids = actions.flatMap((one) => (one.kind === 'tracked' ? [one.id] : [])).join(',');
  const died = outcome.kind === 'crashed' ? ' dies' : '';
  switch (operation.kind) {
    case 'normal':
      return `${String(operation.input)}${ids === '' ? '' : ` ${ids}`}${died}`;
    case 'trackedActionCompleted':
      return `${String(operation.result)} ${operation.id}${operation.isDuplicate ? ' again' : ''}${died}`;
    case 'loss':
      return `lost ${operation.id}`;
    case 'restore':
      return `restore ${ids}`;
    case 'crash':
    case 'settled':
      return operation.kind;
  }
}

const all = (parent: Parent) =>
  Array.from({ length: parent.length }, (_, at) => brief(parent.step(at)));

describe('the parent', () => {
  it('is what the tests below expect', async () => {
    expect(all(await parentOfJobs())).toEqual([
      'start 1',
      'done 1',
      'start 2',
      'done 2',
      'start 3',
      'done 3',
      'start 4',
      'done 4',
      'start 5',
      'done 5',
      'start 6',
      'done 6',
      'settled',
    ]);
  });
});

const GOING_ON_BOTH = ['sameOperations', 'scenario'] as const satisfies readonly GoingOn[];
const briefs = async (changes: readonly ForkChange[], options: Partial<Fork> = {}) =>
  (await forked(changes, options)).steps.map(brief);

describe.each(GOING_ON_BOTH)('a fork that goes on with %s', (goesOn) => {
  it('crashes after a commit, before any action is out', async () => {
    const crash: ForkChange = { kind: 'crash', after: 2, dispatched: 0 };
    const { parent, steps } = await forked([crash], { from: 3, goesOn });
    expect(steps.map(brief)).toEqual(['crash', 'restore 2', ...all(parent).slice(3)]);
  });

  it('dies inside a step, and comes back', async () => {
    const fault: ForkChange = { kind: 'fault', at: 3, fault: { kind: 'crashBeforeCommit' } };
    expect((await briefs([fault], { from: 3, goesOn })).slice(0, 5)).toEqual([
      'done 2 dies',
      'crash',
      'restore 2',
      'done 2',
      'start 3',
    ]);
  });

  it('does not crash where a fault is not reached', async () => {
    const access = { kind: 'crashAtAccess', access: 99 } as const;
    const never: ForkChange = { kind: 'fault', at: 3, fault: access };
    const { steps, parent } = await forked([never], { from: 3, goesOn });
    expect(steps.map(brief)).toEqual(all(parent).slice(3));
  });

  it('refuses an action', async () => {
    const refused: ForkChange = {
      kind: 'fault',
      at: 2,
      fault: { kind: 'actionRefused', action: 0 },
    };
    const { steps } = await forked([refused], { from: 2, goesOn });
    expect(steps[0]).toMatchObject({ operation: { input: 'start' }, outcome: { kind: 'err' } });
    // The machine keeps the number for the next one.
    expect(steps.map(brief).slice(0, 3)).toEqual(['start', 'start 2', 'done 2']);
  });

  it('delivers a completion a second time', async () => {
    const again: ForkChange = { kind: 'deliver', before: 4, id: 2, result: 'done' };
    expect((await briefs([again], { from: 4, goesOn })).slice(0, 3)).toEqual([
      'done 2 again',
      'start 3',
      'done 3',
    ]);
  });

  it('loses a completion, which comes at the end', async () => {
    const lost = await briefs([{ kind: 'drop', at: 3 }], { from: 3, goesOn });
    expect(lost.slice(0, 3)).toEqual(['lost 2', 'start 3', 'done 3']);
    expect(lost.slice(-2)).toEqual(['done 2', 'settled']);
  });

  it('changes an input', async () => {
    const changed = await briefs([{ kind: 'input', at: 2, input: 'refuse' }], { from: 2, goesOn });
    // Ids follow: what was request 3 is 2 now.
    expect(changed.slice(0, 3)).toEqual(['refuse', 'start 2', 'done 2']);
    expect(changed.at(-1)).toBe('settled');
  });

  it('inserts a request', async () => {
    const inserted = await briefs([{ kind: 'insert', before: 2, input: 'start' }], {
      from: 2,
      goesOn,
    });
    expect(inserted[0]).toBe('start 2');
    expect(inserted.filter((step) => step.startsWith('done')).length).toBe(6);
    expect(inserted.at(-1)).toBe('settled');
  });

  it('takes a request out, with what follows from it', async () => {
    const without = await briefs([{ kind: 'remove', at: 2 }], { from: 2, goesOn });
    expect(without.slice(0, 3)).toEqual(['start 2', 'done 2', 'start 3']);
    expect(without.at(-1)).toBe('settled');
  });

  it('gives a completion another result', async () => {
    const changed = await briefs([{ kind: 'result', at: 3, result: 'pending' }], {
      from: 3,
      goesOn,
    });
    expect(changed[0]).toBe('pending 2');
    // The machine asked again, and the answer comes.
    expect(changed).toContain('done 3');
    expect(changed.at(-1)).toBe('settled');
  });
});

describe('the same operations', () => {
  it('move', async () => {
    const moved = await briefs([{ kind: 'move', at: 3, before: 5 }], { from: 3 });
    expect(moved.slice(0, 3)).toEqual(['start 3', 'done 2', 'done 3']);
  });

  it('are changed in many places', async () => {
    const changes: ForkChange[] = [
      { kind: 'remove', at: 2 },
      { kind: 'drop', at: 5 },
      { kind: 'crash', after: 6, dispatched: 1 },
    ];
    const steps = await briefs(changes, { from: 2 });
    expect(steps.slice(0, 5)).toEqual(['start 2', 'lost 2', 'start 3', 'crash', 'restore 2,3']);
  });

  it('have a completion that comes earlier once, and later as a second delivery', async () => {
    const late = { kind: 'move', at: 1, before: 4 } as const;
    const early: ForkChange = { kind: 'deliver', before: 3, id: 1, result: 'done' };
    expect((await briefs([late, early], { from: 1 })).slice(0, 4)).toEqual([
      'start 2',
      'done 1',
      'done 2',
      'done 1 again',
    ]);
  });

  it('settle where the parent does not, if that is wanted', async () => {
    const cut: ForkChange[] = [{ kind: 'remove', at: 12 }];
    expect((await briefs(cut)).at(-1)).toBe('done 6');
    expect((await briefs(cut, { settles: true })).at(-1)).toBe('settled');
  });
});

describe('new draws', () => {
  it('keep the past, and follow their seed', async () => {
    const draw = async (seed: string) => {
      const { steps } = await forked([], { from: 4, goesOn: 'newDraws', seed });
      return steps.map(brief);
    };
    const seeds = await Promise.all(Array.from({ length: 20 }, (_, at) => draw(String(at + 1))));
    expect(await draw('1')).toEqual(seeds[0]);
    expect(new Set(seeds.map((steps) => steps.join())).size).toBeGreaterThan(1);
    for (const steps of seeds) expect(steps.at(-1)).toBe('settled');
  });
});

describe('a finding that was reported before the fork', () => {
  it('is not reported again', async () => {
    // Never forgets the first job, and never restores any.
    const forgetful = jobs({ restore: () => ok() });
    const checks = planChecks(forgetful, FAULT_PROFILES.chaos);
    const start = { kind: 'normal', input: 'start' } as const;
    const operations = [start, { kind: 'normal', input: 'refuse' }, start, start] as const;
    const run = new Run(forgetful, replaySource(operations), { checks });
    const label = { scenario: SCENARIO.name, seed: SEED, operationsMax: 4, faults: 'none' };
    const parent = await parentInMemory({ machine: forgetful, run, label });
    const found = (step: Executed) => step.findings.map(({ message }) => message);
    const lost = (id: number) => [`The tracked action ${id} would be lost in a crash now.`];
    expect([0, 1, 2, 3].map((at) => found(parent.step(at)))).toEqual([
      lost(1),
      [],
      lost(2),
      lost(3),
    ]);
    for (const from of [1, 2, 3]) {
      const same: Fork = { from, changes: [], goesOn: 'sameOperations' };
      const { run: fork } = await startFork(subjectOf(forgetful), parent, same);
      const steps: Executed[] = [];
      await fork.advance(Number.POSITIVE_INFINITY, (step) => steps.push(step));
      expect(steps.map(found)).toEqual([lost(1), [], lost(2), lost(3)].slice(from));
    }
  });
});

describe('the scenario of a fork whose operations are the same', () => {
  it('is shown the past only when it is asked something, and all of it', async () => {
    const seen: number[] = [];
    const watched: Scenario<Jobs> = {
      ...SCENARIO,
      start: (...given) => ({
        ...SCENARIO.start(...given),
        observe: ({ operation }) => seen.push(operation.kind === 'settled' ? -1 : seen.length),
      }),
    };
    const parent = await parentOfJobs();
    const subject = { ...subjectOf(jobs()), scenario: watched };
    const fork: Fork = { from: 4, changes: [{ kind: 'remove', at: 4 }], goesOn: 'sameOperations' };
    const { run } = await startFork(subject, parent, fork);
    await run.advance(2);
    expect([run.steps, seen]).toEqual([6, []]);
    let stirred = 0;
    await run.advance(Number.POSITIVE_INFINITY, undefined, () => (stirred += 1));
    // Whoever watches the run hears of each step that was waiting, so that it does not seem to stand still.
    expect(stirred).toBeGreaterThan(4);
    expect(seen).toEqual([...Array.from({ length: run.steps - 1 }, (__, at) => at), -1]);
  });
});

describe('what a parent does not allow', () => {
  it.each<[string, readonly ForkChange[], Partial<Fork>, string]>([
    [
      'a place before the fork',
      [{ kind: 'remove', at: 1 }],
      { from: 2 },
      'the fork begins at step 2',
    ],
    ['a place beyond the end', [{ kind: 'remove', at: 13 }], {}, 'the parent has 13 steps'],
    ['a fork beyond the end', [], { from: 14 }, 'its parent has 13 steps'],
    ['the wrong kind of step', [{ kind: 'input', at: 1, input: 'start' }], {}, 'but step 1 is'],
    ['a fault at the end', [{ kind: 'fault', at: 12 }], {}, 'no fault can strike'],
    [
      'a completion of what was not sent',
      [{ kind: 'deliver', before: 2, id: 5, result: 'done' }],
      {},
      'no tracked action 5',
    ],
    [
      'more actions out than there are',
      [{ kind: 'crash', after: 0, dispatched: 3 }],
      { from: 1 },
      'emitted 2 actions',
    ],
    ['new draws without a seed', [], { from: 1, goesOn: 'newDraws' }, 'need a seed'],
    ['a seed without new draws', [], { from: 1, goesOn: 'scenario', seed: '1' }, 'belongs to new'],
    [
      'two places where the scenario goes on',
      [
        { kind: 'remove', at: 2 },
        { kind: 'remove', at: 4 },
      ],
      { from: 2, goesOn: 'scenario' },
      'step 4 cannot be changed',
    ],
  ])('is refused: %s', async (_, changes, options, message) => {
    const refused = forked(changes, options);
    await expect(refused).rejects.toThrow(ForkError);
    await expect(refused).rejects.toThrow(message);
  });
});
