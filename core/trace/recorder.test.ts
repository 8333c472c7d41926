import { expect, it } from 'vitest';
import { startRun } from '../engine/run.ts';
import {
  ACTION_CHARS_MAX,
  BIGINT_CHARS_MAX,
  NAME_CHARS_MAX,
  NAMES_MAX,
  STEP_ACTIONS_MAX,
} from '../limits.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, ok, type Actions, type MachineTypes } from '../machine/machine.ts';
import { defineScenario, type Driver } from '../machine/scenario.ts';
import { recordRun } from './recorder.ts';
import { TraceBuilder } from './trace-builder.ts';

interface Growing extends MachineTypes {
  State: { n: number; huge: bigint };
  Input: number;
}

/** The step at which the machine goes beyond a limit. */
const BEYOND = 5;

/** Records a machine, and reads what was recorded. */
async function record(
  step: (actions: Actions<Growing>, grow: (huge: bigint) => void) => void,
  driver: Partial<Driver<Growing>> = {},
) {
  const machine = defineMachine<Growing>({
    name: 'growing',
    description: '',
    initialState: () => ({ n: 0, huge: 0n }),
    stf(state, _, actions) {
      const grow = (huge: bigint) => state.update((draft) => void (draft.huge = huge));
      if (state.current.n === BEYOND) step(actions, grow);
      state.update((draft) => void (draft.n += 1));
      return ok();
    },
    restore: () => ok(),
    invariants: {},
  });
  const scenario = defineScenario<Growing>({
    name: 'up',
    description: '',
    defaults: { seed: '1', operations: 10 },
    start: () => ({
      next: () => ({ kind: 'normal', input: 1 }),
      observe() {},
      tallies: () => ({}),
      ...driver,
    }),
  });
  const settings = { seed: 1n, operationsMax: 10 };
  const run = startRun(machine, { scenario, faults: FAULT_PROFILES.none, ...settings });
  const label = { scenario: 'up', faults: 'none', ...settings };
  const lines: string[] = [];
  const problem = await recordRun({ machine, run, label }, (line) => lines.push(line)).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  const builder = new TraceBuilder();
  builder.push(`${lines.join('\n')}\n`);
  builder.finish();
  return { problem, trace: builder.trace };
}

it.each<[string, Parameters<typeof record>[0], string]>([
  [
    'a bigint',
    (_, grow) => grow(10n ** BigInt(BIGINT_CHARS_MAX)),
    'A bigint has more than 100 000 digits',
  ],
  [
    'actions',
    (actions) => {
      for (let made = 0; made <= STEP_ACTIONS_MAX; made += 1) actions.untracked('x');
    },
    'actions: a step has at most 10 000 actions, and this one 10 001. Emit the others in later',
  ],
  [
    'the size of an action',
    (actions) => {
      actions.untracked('small');
      actions.tracked(1, { photo: 'x'.repeat(ACTION_CHARS_MAX) });
    },
    'actions.1: an action has at most 4 194 304 characters, and this one 4 194 316. Keep large data',
  ],
])('ends before a step that no trace can hold, and can be read: %s', async (_, step, message) => {
  const { problem, trace } = await record(step);
  expect(problem).toContain(message);
  expect(trace?.length).toBe(BEYOND);
  expect(trace?.end?.isStopped).toBe(true);
});

it.each<[string, Partial<Driver<Growing>>, string]>([
  [
    'a goal with a long name',
    { sometimes: () => ({ ['n'.repeat(NAME_CHARS_MAX + 1)]: true }) },
    'in sometimes: among the goals, the name "nnnn',
  ],
  [
    'a goal that is not true or false',
    { sometimes: () => ({ reached: 1 as never }) },
    'in sometimes: "reached" must be true or false, not a number',
  ],
  [
    'a tally that is not a number',
    { tallies: () => ({ made: Number.NaN }) },
    'in tallies: "made" must be a finite number, not NaN',
  ],
])('ends in full when the scenario gives %s', async (_, driver, message) => {
  const { problem, trace } = await record(() => {}, driver);
  expect(problem).toContain(message);
  expect([trace?.length, trace?.end?.isStopped]).toEqual([10, true]);
});

it.each([
  [
    'a long name',
    { ['n'.repeat(300)]: () => true },
    'in settled: among the settled properties, the name "nnn',
  ],
  [
    'too many',
    Object.fromEntries(Array.from({ length: NAMES_MAX + 1 }, (_, at) => [at, () => true])),
    'there are 1 001 settled properties, and the limit is 1 000: let one of them cover several',
  ],
  ['no function', { holds: true as never }, '"holds" must be a function, not a boolean'],
])('does not begin with settled properties that are wrong: %s', async (_, settled, message) => {
  const external = { receive: () => undefined, settled };
  await expect(record(() => {}, { external })).rejects.toThrow(message);
});
