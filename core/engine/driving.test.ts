import { describe, expect, it } from 'vitest';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { driveToEnd, driveToFinding, driveToStep } from './driving.ts';
import { startReplay, startRun } from './run.ts';
import type { Beat, StepWatch } from './step-watch.ts';

const start = (isAsync = false) =>
  startRun(adder(isAsync), {
    scenario: adderScenario,
    seed: 2n,
    operationsMax: 500,
    faults: FAULT_PROFILES.chaos,
  });

describe.each([
  ['that never awaits', false],
  ['that awaits', true],
])('a run of a machine %s', (_, isAsync) => {
  it('ends with pulses that add up to its steps', async () => {
    const run = start(isAsync);
    let pulsed = 0;
    let observed = 0;
    const isOver = await driveToEnd(run, {
      observe: () => (observed += 1),
      pulse: (steps) => (pulsed += steps) > 0,
    });
    expect(isOver).toBe(true);
    expect([pulsed, observed]).toEqual([run.steps, run.steps]);
  });

  it('stops at a pulse that returns false, even a later one', async () => {
    const run = start(isAsync);
    expect(await driveToEnd(run, { pulse: () => Promise.resolve(run.steps < 40) })).toBe(false);
    expect(run.steps).toBeLessThan(140);
    expect(await run.advance(1)).toBe(false);
  });

  it('ends exactly at the step that matches', async () => {
    const run = start(isAsync);
    const { step } = await driveToStep(run, ({ stepIndex }) => stepIndex === 33);
    expect([step?.stepIndex, run.steps]).toEqual([33, 34]);
    expect(await run.advance(1)).toBe(false);
  });

  it('ends exactly at the first finding that matches', async () => {
    const run = start(isAsync);
    const { finding, isStopped } = await driveToFinding(run, ({ kind }) => kind === 'rule');
    expect(isStopped).toBe(false);
    expect(finding).toMatchObject({ kind: 'rule', stepIndex: run.steps - 1 });
  });

  it('returns no finding when it ended, or was stopped, without one', async () => {
    expect(await driveToFinding(start(isAsync), () => false)).toEqual({ isStopped: false });
    const stopped = await driveToFinding(start(isAsync), () => false, { pulse: () => false });
    expect(stopped).toEqual({ isStopped: true });
  });
});

it('counts what the machine does as the time of a step, and not what is made of it', async () => {
  const beat: Beat = { step() {}, isStepping: false };
  const watch: StepWatch = {
    over: async (execute) => ({ kind: 'ended', value: await execute(beat) }),
  };
  const during = { stf: new Set<boolean>(), observe: new Set<boolean>() };
  const sound = adder();
  const machine: typeof sound = {
    ...sound,
    stf(...given) {
      during.stf.add(beat.isStepping);
      return sound.stf(...given);
    },
  };
  const operation = { kind: 'normal', input: { kind: 'add', amount: 1 } } as const;
  const run = startReplay({ machine, watch }, [operation, operation, operation]);
  await driveToEnd(run, { observe: () => during.observe.add(beat.isStepping) });
  expect(during).toEqual({ stf: new Set([true]), observe: new Set([false]) });
});

it('finds a defect in the initial state without a step', async () => {
  const machine = { ...adder(), initialState: () => ({ ...adder().initialState(), total: 100 }) };
  const run = startRun(machine, { scenario: adderScenario, seed: 1n, operationsMax: 5 });
  const { finding } = await driveToFinding(run, () => true);
  expect([finding?.stepIndex, run.steps]).toEqual([-1, 0]);
});
