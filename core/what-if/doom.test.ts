import { describe, expect, it } from 'vitest';
import { startRun } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, ok, type Machine, type MachineTypes } from '../machine/machine.ts';
import { defineScenario, type Driver, type Scenario } from '../machine/scenario.ts';
import type { ChaCha8Rng } from '../random/chacha8-rng.ts';
import { askDoom, pointOf, type DoomOptions } from './doom.ts';
import { parentInMemory, type Parent } from './parent.ts';

interface Coins extends MachineTypes {
  State: { heads: number; tosses: number };
  Input: boolean;
  Id: number;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: never;
}

const TOSSES = 5;

/** Fails when all tosses are heads: after k heads, with a probability of 2^(k - TOSSES). */
const coins = defineMachine<Coins>({
  name: 'coins',
  description: 'Tosses coins.',
  initialState: () => ({ heads: 0, tosses: 0 }),
  stf(state, input) {
    if (input.kind === 'normal') {
      state.update((draft) => {
        draft.tosses += 1;
        draft.heads += input.input ? 1 : 0;
      });
    }
    return ok();
  },
  restore: () => ok(),
  invariants: { 'not all are heads': ({ heads }) => heads < TOSSES },
});

const tossing = defineScenario<Coins>({
  name: 'tossing',
  description: 'Tosses a coin.',
  defaults: { seed: '1', operations: TOSSES },
  start: (random) => ({
    next: () => ({ kind: 'normal', input: random.genBool(0.5) }),
    observe() {},
    tallies: () => ({}),
  }),
});

async function runOf(
  seed: bigint,
  machine: Machine<Coins>,
  scenario: Scenario<Coins>,
  operationsMax: number,
): Promise<Parent> {
  const settings = { scenario, seed, operationsMax, faults: FAULT_PROFILES.none };
  const label = { scenario: scenario.name, seed, operationsMax, faults: 'none' };
  return parentInMemory({ machine, run: startRun(machine, settings), label });
}

async function failedRun(machine = coins, scenario = tossing, steps = TOSSES): Promise<Parent> {
  for (let seed = 0n; ; seed += 1n) {
    const parent = await runOf(seed, machine, scenario, steps);
    if (parent.step(steps - 1).findings.length > 0) return parent;
  }
}

const subject = { machine: coins, scenario: tossing };

async function ask(options: DoomOptions = {}, asked = subject, given?: Parent) {
  const parent = given ?? (await failedRun());
  const [found] = parent.step(parent.length - 1).findings;
  if (!found) throw new Error('the run does not fail');
  const failure = { signature: signatureOf(found), stepIndex: found.stepIndex };
  return askDoom(asked, parent, failure, options);
}

describe('the curve of doom', () => {
  it('agrees with the probability in closed form', async () => {
    const { points, decidedAt } = await ask();
    expect(points.map(({ from }) => from)).toEqual([0, 1, 2, 3, 4]);
    for (const { from, low, high } of points) {
      const expected = 2 ** (from - TOSSES);
      expect(low).toBeLessThanOrEqual(expected);
      expect(high).toBeGreaterThanOrEqual(expected);
    }
    // Each toss doubles it: the last one adds most.
    expect(decidedAt).toBe(TOSSES - 1);
  });

  it('finds the step that decides a long run, and leads a driver to each place once', async () => {
    const [steps, decisive, chance] = [120, 37, 0.25];
    // Whoever is doomed at the decisive toss fails at the last one.
    const doomed = defineMachine<Coins>({
      ...coins,
      stf(state, input) {
        const isHeads = input.kind === 'normal' && input.input;
        state.update((draft) => {
          if (draft.tosses === decisive && isHeads) draft.heads = 1;
          draft.tosses += 1;
        });
        return ok();
      },
      invariants: { 'the last toss passes': ({ heads, tosses }) => heads + tosses <= steps },
    });
    let shown = 0;
    const drive = (random: ChaCha8Rng): Driver<Coins> => ({
      next: () => ({ kind: 'normal', input: random.genBool(chance) }),
      observe: () => {
        shown += 1;
      },
      tallies: () => ({}),
      copy: drive,
    });
    const scenario = { ...tossing, start: drive };
    const parent = await failedRun(doomed, scenario, steps);
    shown = 0;
    const { points, decidedAt, runs } = await ask({}, { machine: doomed, scenario }, parent);
    expect(decidedAt).toBe(decisive);
    const missing = points.filter(({ from, low, high }) => {
      const expected = from <= decisive ? chance : 1;
      return low > expected || high < expected;
    });
    // A band of 95 % misses now and then.
    expect(missing.length).toBeLessThanOrEqual(1);
    const ofTails = points.reduce((sum, { from, runs: made }) => sum + made * (steps - from), 0);
    const ofPlaces = points.length * steps;
    expect(runs).toBeGreaterThan(100);
    expect(shown).toBeLessThanOrEqual(ofTails + ofPlaces + runs + steps);
  });

  it('is drawn of a machine that was changed, whose runs need not fail any more', async () => {
    const invariants = { 'not all are heads': () => true };
    const mended = { ...subject, machine: { ...coins, invariants } };
    await expect(ask({}, mended)).rejects.toThrow('does not fail for this cause');
    const { points, decidedAt } = await ask({ isChanged: true }, mended);
    expect(points.map(({ share }) => share)).toEqual(points.map(() => 0));
    expect(points.length).toBeGreaterThan(1);
    expect(decidedAt).toBeUndefined();
  });

  it('needs the scenario, which could draw otherwise', async () => {
    const asked = ask({}, { ...subject, scenario: undefined } as unknown as typeof subject);
    await expect(asked).rejects.toThrow('The machine has no scenario "tossing"');
  });

  it('is the same when it is asked again', async () => {
    expect(await ask()).toEqual(await ask());
  });

  it('ends at its number of runs, and when it is cancelled', async () => {
    const short = await ask({ runsMax: 20 });
    expect(short.runs).toBeLessThanOrEqual(24);
    // Few runs look at all of the run before they look closer.
    const few = await ask({ runsMax: 300 });
    expect(few.points.at(-1)?.from).toBe(few.failure.stepIndex);
    let asked = 0;
    const cancelled = await ask({ isCancelled: () => (asked += 1) > 10 });
    expect(cancelled).toMatchObject({ isStopped: true, runs: 10 });
  });

  it('is certain of little after few runs', () => {
    expect(pointOf(0, 4, 4)).toMatchObject({ share: 1, high: 1 });
    expect(pointOf(0, 4, 4).low).toBeCloseTo(0.51, 2);
    expect(pointOf(0, 100, 0).high).toBeCloseTo(0.037, 3);
  });
});
