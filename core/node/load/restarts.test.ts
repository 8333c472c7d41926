import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { canWatch, SweptCodeWatch } from '../coverage/swept-code.ts';
import { checkSeeds, reproduce, runSeed, shrinkSeed } from '../testing.ts';
import { withMachine } from './machine-loader.ts';
import { surveyMachine } from './machine-survey.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-restarts-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

interface Parts {
  /** At the top level of the module. */
  readonly top?: string;
  /** After an accepted input; `id` is that of its action. */
  readonly accepted?: string;
  readonly restore: string;
}

/** A machine that sends parcels. Its state knows which of them are under way. */
function machineFile({ top = '', accepted = '', restore }: Parts): string {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  writeFileSync(
    path,
    `import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';
interface Types extends MachineTypes {
  State: { next: number; open: number[] }; Input: 'send'; Id: number;
  Tracked: { kind: 'Ship' }; Untracked: never; Result: 'shipped'; Rejection: never;
}
${top}
export const machine = defineMachine<Types>({
  name: 'parcels', description: 'Sends parcels.',
  initialState: () => ({ next: 1, open: [] }),
  stf(state, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      const open = state.current.open.filter((id) => id !== input.id);
      state.update((draft) => { draft.open = open; });
      return ok();
    }
    const id = state.current.next;
    actions.tracked(id, { kind: 'Ship' });
    state.update((draft) => { draft.next += 1; draft.open.push(id); });
    ${accepted}
    return ok();
  },
  restore(state, actions) {
    ${restore}
    return ok();
  },
  invariants: {},
});
export const scenarios = [defineScenario<Types>({
  name: 'sends', description: 'Sends.', defaults: { seed: '1', operations: 60 },
  start: () => ({
    next: () => ({ kind: 'normal', input: 'send' }),
    observe() {}, tallies: () => ({}), external: { receive: () => 'shipped' },
  }),
})];
`,
  );
  return path;
}

const EMIT_OPEN = 'for (const id of state.open) actions.tracked(id, { kind: "Ship" });';
/** A restore that finds out of the state what is under way, and sends it only if memory knows it. */
const FROM_MEMORY: Parts = {
  top: 'const sent = new Set<number>();',
  accepted: 'sent.add(id);',
  restore: `for (const id of sent) if (state.open.includes(id)) actions.tracked(id, { kind: "Ship" });`,
};

it('finds a restore that emits from a variable of the module, in any number of seeds', async () => {
  const machine = machineFile(FROM_MEMORY);
  const groups = await checkSeeds({ machine, faults: 'crashes', seeds: 20 });
  expect(
    groups.map(({ name, message }) => [
      name,
      message.replaceAll(/Ship \d+(?:, Ship \d+)*/g, 'Ship #'),
    ]),
  ).toEqual([
    [
      'restore is pure',
      'In a process that has just started, restore does not emit Ship #, as it did here: it relies ' +
        'on something outside of the state, which a crash loses.',
    ],
  ]);
  const [group] = groups;
  expect(group).toMatchObject({ expected: 'restore emits nothing', shape: 'restore' });
  expect(group?.source).toMatch(/^machine-\d+\.ts:22:\d+$/);
});

it('finds it without faults as well, where a machine is checked', async () => {
  const lacksOf = (path: string) =>
    withMachine(path, async (loaded) => (await surveyMachine(loaded)).lacks);
  const [, lack, ...others] = await lacksOf(machineFile(FROM_MEMORY));
  expect(others).toEqual([]);
  expect(lack).toMatchObject({ isNeeded: true, remedy: expect.stringContaining('state alone') });
  expect(lack?.title).toMatch(
    /^In a process that has just started, restore does not emit Ship 1, as it did here: .* \(machine-\d+\.ts:22:\d+\)\.$/,
  );
  // All that is missing of the others is an invariant.
  expect(await lacksOf(machineFile({ restore: EMIT_OPEN }))).toHaveLength(1);
});

it('finds it again in the run alone, and in what is left of it', async () => {
  const machine = machineFile(FROM_MEMORY);
  const [group] = await checkSeeds({ machine, faults: 'crashes', seeds: 20 });
  if (!group) throw new Error('a seed breaks the rule');
  const seed = BigInt(group.seed);
  const { findings } = await runSeed({ machine, faults: 'crashes', seed });
  expect(findings).toContainEqual(expect.objectContaining({ message: group.message }));
  const { operations } = await shrinkSeed(
    { machine, faults: 'crashes', seed },
    ({ name }) => name === 'restore is pure',
  );
  expect(operations.length).toBeLessThanOrEqual(3);
  const found = await reproduce({ machine, faults: 'crashes', operations });
  expect(found.map(({ name }) => name)).toEqual(['restore is pure']);
});

it('reports what memory keeps a restore from, and an error that it avoids', async () => {
  const late = machineFile({
    top: 'const done = new Set<number>();',
    accepted: 'done.add(id);',
    restore:
      'for (const id of state.open) if (!done.has(id)) actions.tracked(id, { kind: "Ship" });',
  });
  const lost = machineFile({
    top: 'const sent = new Map<number, { kind: "Ship" }>();',
    accepted: 'sent.set(id, { kind: "Ship" });',
    restore: `for (const id of state.open) {
      const action = sent.get(id);
      if (!action) throw new Error("unknown");
      actions.tracked(id, action);
    }`,
  });
  const messages = async (machine: string) =>
    (await checkSeeds({ machine, faults: 'crashes', seeds: 20 }))
      .filter(({ name }) => name === 'restore is pure')
      .map(({ message }) => message);
  expect(await messages(late)).toEqual([expect.stringContaining('restore also emits Ship ')]);
  expect(await messages(lost)).toEqual([expect.stringContaining('restore throws: it relies')]);
});

it.each<[string, Parts]>([
  ['reads the state alone', { restore: EMIT_OPEN }],
  [
    'keeps results of pure functions',
    {
      top: 'const kinds = new Map<number, "Ship">();',
      accepted: 'kinds.set(id, "Ship");',
      restore: `for (const id of state.open) {
        const kind = kinds.get(id) ?? "Ship";
        kinds.set(id, kind);
        actions.tracked(id, { kind });
      }`,
    },
  ],
  [
    'builds its memory anew from the state',
    {
      top: 'const sent = new Set<number>();',
      accepted: 'sent.add(id);',
      restore:
        'sent.clear(); for (const id of state.open) sent.add(id);' +
        'for (const id of sent) actions.tracked(id, { kind: "Ship" });',
    },
  ],
])('finds nothing in a restore that %s', async (_, parts) => {
  const machine = machineFile(parts);
  expect(await checkSeeds({ machine, faults: 'crashes', seeds: 20 })).toEqual([]);
});

it('evaluates the module as it was loaded, without printing again, and only where it is asked to', async () => {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const top = 'console.log("loaded at", typeof Date.now());';
    const machine = machineFile({ top, restore: EMIT_OPEN });
    expect(await checkSeeds({ machine, faults: 'crashes', seeds: 5 })).toEqual([]);
    expect(print.mock.calls).toEqual([['loaded at number']]);
  } finally {
    print.mockRestore();
  }
});

it('gives a module that runs again variables of its own', async () => {
  const machine = machineFile({
    top: 'let n = 0; export const add = () => (n += 1);',
    restore: EMIT_OPEN,
  });
  await withMachine(machine, async ({ guard }) => {
    const add = (exported: unknown) => (exported as { add: () => number }).add();
    const one = guard.evaluateAgain();
    expect([add(one), add(one), add(guard.evaluateAgain()), add(one)]).toEqual([1, 2, 1, 3]);
  });
});

it('does not take the module that runs again for code that a seed executed', async () => {
  await withMachine(machineFile({ restore: EMIT_OPEN }), async (loaded) => {
    if (!canWatch(loaded)) throw new Error('the machine is not a child process');
    const watch = new SweptCodeWatch(loaded.bundle);
    try {
      const { guard } = await loaded.afresh();
      watch.noteLoaded();
      guard.evaluateAgain();
      expect(watch.take()).toBeUndefined();
    } finally {
      watch.close();
    }
  });
});
