import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { howToRun } from './export-test-command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-export-test-'));
  mkdirSync(join(folder, 'configured/findings'), { recursive: true });
  writeFileSync(join(folder, 'configured/vite.config.ts'), '');
  writeFileSync(join(folder, 'configured/vitest.config.ts'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('how an exported test is run', () => {
  it('says where it must lie if a configuration decides that', () => {
    const root = join(folder, 'configured');
    const test = join(root, 'findings/left.test.ts');
    const { command, remarks } = howToRun(test, root);
    expect(command).toBe(`npx vitest run ${test}`);
    expect(remarks).toEqual([
      expect.stringContaining(`"include" in ${join(root, 'vitest.config.ts')}`),
    ]);
    // Vitest takes the configuration above the folder that it is run in.
    expect(howToRun(test, join(root, 'findings')).remarks).toEqual(remarks);
  });

  it('names the root of a test that lies outside of the folder', () => {
    const test = join(folder, 'left.test.ts');
    const { command, remarks } = howToRun(test, join(folder, 'configured'));
    expect([command, remarks]).toEqual([`npx vitest run --root ${folder} ${test}`, []]);
  });

  it('quotes what a shell would take apart', () => {
    const root = join(folder, "it's here; $(false)");
    const test = join(root, 'left.test.ts');
    const quoted = (path: string) => `'${path.replaceAll("'", String.raw`'\''`)}'`;
    expect(howToRun(test, join(folder, 'configured')).command).toBe(
      `npx vitest run --root ${quoted(root)} ${quoted(test)}`,
    );
  });

  it('says which names vitest takes for tests', () => {
    const { remarks } = howToRun(join(folder, 'left.ts'), folder);
    expect(remarks).toEqual([expect.stringContaining('left.test.ts')]);
  });
});

/** A machine that breaks its invariant at its first step. */
const BROKEN = `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'broken', description: '', initialState: () => ({ n: 0 }), restore: () => ok(),
  stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
  invariants: { 'n stays 0': ({ n }) => n === 0 },
});
export const scenarios = [defineScenario({
  name: 's', description: '', defaults: { seed: '1', operations: 1 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'go' }), observe() {}, tallies: () => ({}) }),
})];
`;

it.each([
  ['machines #1 of 100% ?', 'tests #2 50%25'],
  ['.', 'in here'],
  ['ёж & <b>', '.'],
])(
  'the exported test finds a machine in %j from %j',
  async (machineFolder, testFolder) => {
    const machine = join(folder, 'odd', machineFolder, 'my machine #3%.ts');
    const test = join(folder, 'odd', testFolder, 'left #4%.test.ts');
    for (const path of [machine, test]) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(machine, BROKEN);
    const run = (...args: readonly string[]) => runCommandLine(args, folder);
    expect((await run('record', machine, '--out', 'odd.jsonl')).status).toBe(1);
    const { status } = await run('export-test', 'odd.jsonl', '--machine', machine, '--out', test);
    expect(status).toBe(0);
    const [, url] =
      /new URL\((".*?"|'.*?'), import\.meta\.url\)/.exec(readFileSync(test, 'utf8')) ?? [];
    const text = JSON.parse(`"${url?.slice(1, -1)}"`) as string;
    expect(fileURLToPath(new URL(text, pathToFileURL(test)))).toBe(machine);
  },
  60_000,
);
