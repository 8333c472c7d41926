import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaySource } from '../../engine/replay.ts';
import { Run } from '../../engine/run.ts';
import { loadMachine } from './machine-loader.ts';
import type { SourceFiles } from './source-files.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-loader-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a package of its own, outside this checkout', () => {
  /** The machine of the package, whose rule is in a file of its own. */
  const PACKAGE = {
    'package.json': '{ "name": "theirs", "type": "module" }',
    'tsconfig.json':
      '{ "compilerOptions": { "baseUrl": ".", "paths": { "@rules/*": ["rules/*"] } } }',
    'prices.json': '{ "coin": 25 }',
    'rules/add.ts':
      "import { sum } from 'modern-sum';\nexport const add = (one: number, other: number): number => sum(one, other);\n",
    'node_modules/modern-sum/package.json':
      '{ "name": "modern-sum", "type": "module", "exports": { ".": "./lib/sum.js" } }',
    'node_modules/modern-sum/lib/sum.js': 'export const sum = (a, b) => a + b;\n',
    'node_modules/old-check/package.json': '{ "name": "old-check", "main": "./check.js" }',
    'node_modules/old-check/check.js':
      'module.exports = function check(n) {\n  if (n > 60) throw new RangeError("too much: " + n);\n};\n',
    'machine.ts': `import { defineMachine, ok, type MachineTypes } from 'phasmoscope';
import check from 'old-check';
import { add } from '@rules/add.ts';
import prices from './prices.json';

interface Box extends MachineTypes { State: { cents: number }; Input: 'coin' }

export const machine = defineMachine<Box>({
  name: 'box',
  description: 'Takes coins.',
  initialState: () => ({ cents: 0 }),
  stf(state) {
    const cents = add(state.current.cents, prices.coin);
    check(cents);
    state.update((draft) => { draft.cents = cents; });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});
`,
  };

  async function writePackage(files: Readonly<Record<string, string>>): Promise<string> {
    const root = await mkdtemp(join(folder, 'package-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    return root;
  }

  it('runs with its paths, its data, and its dependencies of either kind', async () => {
    const root = await writePackage(PACKAGE);
    const { machine } = await loadMachine(join(root, 'machine.ts'));
    const run = new Run(machine, replaySource([{ kind: 'normal', input: 'coin' }]));
    void run.advance(1);
    expect(run.executor.state).toEqual({ cents: 25 });
  });

  it("has its panics located in the author's file, through a dependency", async () => {
    const root = await writePackage(PACKAGE);
    const { machine, locate } = await loadMachine(join(root, 'machine.ts'));
    const coin = { kind: 'normal', input: 'coin' } as const;
    const run = new Run(machine, replaySource([coin, coin, coin]), { locate });
    const findings: unknown[] = [];
    void run.advance(3, (step) => findings.push(...step.findings));
    expect(findings).toMatchObject([
      { name: 'RangeError', message: 'too much: 75', source: 'machine.ts:14:5' },
    ]);
  });

  it('has the place of a path that leads nowhere, and of a dependency that is missing', async () => {
    for (const [from, to, place] of [
      ['@rules/add.ts', '@rules/subtract.ts', 'machine.ts:3:21: Could not resolve "@rules/'],
      ['old-check', 'no-check', 'machine.ts:2:19: Could not resolve "no-check"'],
    ] as const) {
      const source = PACKAGE['machine.ts'].replace(from, to);
      const root = await writePackage({ ...PACKAGE, 'machine.ts': source });
      await expect(loadMachine(join(root, 'machine.ts'))).rejects.toThrow(place);
    }
  });

  it('is made of its own files, without those of its dependencies', async () => {
    const root = await writePackage(PACKAGE);
    const { own } = await sourcesOf(join(root, 'machine.ts'));
    expect(own.map((path) => relative(root, path)).toSorted()).toEqual([
      'machine.ts',
      'prices.json',
      'rules/add.ts',
    ]);
  });

  it('tells what it is made of when it cannot be bundled', async () => {
    const root = await writePackage({ ...PACKAGE, 'rules/add.ts': 'export const add = ;\n' });
    await expect(loadMachine(join(root, 'machine.ts'))).rejects.toThrow('rules/add.ts:1:20');
    const { own } = await sourcesOf(join(root, 'machine.ts'));
    expect(own.map((path) => relative(root, path)).toSorted()).toEqual([
      'machine.ts',
      'prices.json',
      'rules/add.ts',
    ]);
  });

  it('depends on settings, on those that they extend, and on where imports are looked for', async () => {
    const root = await writePackage({
      ...PACKAGE,
      'tsconfig.json': `{ // The paths stand elsewhere.
        "extends": "./tsconfig.base.json" }`,
      'tsconfig.base.json': '{ "compilerOptions": { "paths": { "@rules/*": ["./rules/*"] } } }',
      'rules/add.ts': `${PACKAGE['rules/add.ts']}import './missing';\n`,
    });
    const { others } = await sourcesOf(join(root, 'machine.ts'));
    expect(others.map((path) => relative(root, path))).toEqual(
      expect.arrayContaining([
        'tsconfig.json',
        'tsconfig.base.json',
        'package.json',
        'rules/package.json',
        'rules',
        'rules/missing.ts',
        'rules/missing/index.ts',
        'node_modules/old-check/package.json',
      ]),
    );
  });
});

/** What a machine is made of, whether it loads or not. */
async function sourcesOf(path: string): Promise<SourceFiles> {
  let sources: SourceFiles | undefined;
  await loadMachine(path, (found) => {
    sources = found;
  }).catch(() => {});
  if (!sources) throw new Error('nothing was found');
  return sources;
}
