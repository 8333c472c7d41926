import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

/** Every second input forgets the action of the one before, whose id is too large for JSON. */
const FORGETS = `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'forgets', description: '',
  initialState: () => ({ given: 0, waits: [] }),
  stf(state, input, actions) {
    const { given } = state.current;
    const id = 2n ** 60n + BigInt(given);
    const isKept = given % 2 === 0;
    state.update((draft) => { draft.given += 1; draft.waits = isKept ? [id] : []; });
    if (isKept) actions.tracked(id, 'go');
    return ok();
  },
  restore(state, actions) {
    for (const id of state.waits) actions.tracked(id, 'go');
    return ok();
  },
  invariants: {},
});
export const scenarios = [defineScenario({
  name: 's', description: '', defaults: { seed: '1', operations: 20 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'x' }), observe() {}, tallies: () => ({}) }),
})];
`;

const ABOUT = { $bigint: '1152921504606846976' };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-bigint-'));
  await writeFile(join(folder, 'forgets.ts'), FORGETS);
});

afterAll(() => rm(folder, { recursive: true }));

async function jsonOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout } = await runCommandLine(args, folder);
  expect([status, stdout]).toEqual([1, expect.any(String)]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

it('writes the ids of actions that findings are about, whatever their size', async () => {
  const crashes = ['forgets.ts', '--faults', 'crashes'];
  const { findings } = await jsonOf('run', ...crashes, '--json');
  expect(findings).toContainEqual(expect.objectContaining({ about: ABOUT }));
  await runCommandLine(['record', ...crashes, '--out', 'lost.jsonl'], folder);
  const shown = await runCommandLine(['show', 'lost.jsonl', '--json'], folder);
  expect([shown.status, shown.stdout]).toEqual([0, expect.stringContaining(ABOUT.$bigint)]);
});

it('keeps them in the report of a sweep, and when reports are merged', async () => {
  const sweep = ['sweep', 'forgets.ts', '--faults', 'crashes', '--count', '2'];
  const { groups } = await jsonOf(...sweep, '--report', 'report.json', '--json');
  expect(groups).toContainEqual(expect.objectContaining({ about: ABOUT }));
  const written = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as {
    readonly groups: unknown;
  };
  const merged = await jsonOf('merge', 'report.json', '--json');
  expect([written.groups, merged['groups']]).toEqual([groups, groups]);
});
