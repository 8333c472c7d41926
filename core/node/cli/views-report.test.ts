import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-views-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** A counter whose view cannot draw the state in which it stands at 2. */
const COUNTER = `import { defineMachine, defineScenario, ok } from 'phasmoscope';
  export const machine = defineMachine({ name: 'counting', description: '', initialState: () => ({ n: 0 }),
    stf: (state) => { state.update((draft) => { draft.n += 1; }); return ok(); },
    restore: () => ok(), invariants: {},
    views: { board: ({ n }) => ({ kind: 'table', columns: ['n'],
      rows: n === 2 ? ['two'] : [{ id: 'n', cells: [n] }] }) } });
  export const scenarios = [defineScenario({ name: 's', description: '',
    defaults: { seed: '1', operations: 4 },
    start: () => ({ next: () => ({ kind: 'normal', input: 'go' }), observe() {}, tallies: () => ({}) }) })];`;

it('warns of a state that a view has not drawn, with the reason', async () => {
  writeFileSync(join(folder, 'counting.ts'), COUNTER);
  await runCommandLine(['record', 'counting.ts', '--out', 'run.jsonl'], folder);
  const options = ['--html', 'run.html', '--views', '--machine', 'counting.ts'];
  // Whether the page can be written depends on a build of the window; its drawings are made before.
  const { stderr } = await runCommandLine(['report', 'run.jsonl', ...options], folder);
  expect(stderr).toMatch(/^warning: The view board .*rows\[0\].*the state after step 1;/);
  expect(stderr).toContain('1 of 5 states is not drawn.');
});
