import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replaySource } from '../../engine/replay.ts';
import { Run } from '../../engine/run.ts';
import { FAULT_PROFILES } from '../../machine/faults.ts';
import { ProblemError } from '../../problem.ts';
import { describeMachine, findFaultProfile, loadMachine } from './machine-loader.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-loader-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const MACHINE = `
import { defineMachine, ok } from 'phasmoscope';
import { advance } from './helper.ts';
import { replaySource } from '../../engine/replay.ts';
interface Types { State: { n: number }; Input: string; Id: number; Tracked: never; Untracked: never; Result: never; Rejection: never }
export const machine = defineMachine<Types>({
  name: 'mine',
  description: 'A machine outside the checkout.',
  initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n = advance(draft.n); }); return ok(); },
  restore: () => ok(),
  invariants: {},
});
export const scenarios = [];
`;

it('loads a machine of any folder, with its own imports', async () => {
  await write('helper.ts', 'export const advance = (n: number): number => n + 1;');
  const { machine, sourceHash } = await loadMachine(await write('mine.ts', MACHINE));
  const run = new Run(machine, replaySource([{ kind: 'normal', input: 'go' }]));
  void run.advance(1);
  expect(run.executor.state).toEqual({ n: 1 });
  expect(sourceHash).toMatch(/^[0-9a-f]{32}$/);
});

it('gives a source the same digest in any folder, whatever its comments', async () => {
  await write('helper.ts', 'export const advance = (n: number): number => n + 1;');
  await mkdir(join(folder, 'elsewhere'));
  await write('elsewhere/helper.ts', 'export const advance = (n: number): number => n + 1;');
  const one = await loadMachine(await write('mine.ts', MACHINE));
  const two = await loadMachine(await write('elsewhere/mine.ts', `// a comment\n${MACHINE}`));
  expect(two.sourceHash).toBe(one.sourceHash);
  const other = await loadMachine(await write('mine.ts', MACHINE.replace('n: 0', 'n: 1')));
  expect(other.sourceHash).not.toBe(one.sourceHash);
});

it("finds the author's line of a panic, through helpers and promises", async () => {
  await write(
    'helper.ts',
    '\n\nexport const advance = (n: number): number => {\n  throw new Error(`no ${n}`);\n};',
  );
  const { machine, locate } = await loadMachine(await write('panics.ts', MACHINE));
  const run = new Run(machine, replaySource([{ kind: 'normal', input: 'go' }]), { locate });
  const findings: unknown[] = [];
  void run.advance(1, (step) => findings.push(...step.findings));
  expect(findings).toMatchObject([{ kind: 'panic', message: 'no 0', source: 'helper.ts:4:9' }]);
});

/** A machine with something of its own besides. */
const withMore = (more: string) =>
  `export const machine = { name: 'a', description: 'b', initialState: () => ({}), stf() {}, restore() {}, invariants: {}, ${more} };`;

it('finds the line of an invariant that throws', async () => {
  await write('helper.ts', 'export const advance = (n: number): number => n + 1;');
  const source = MACHINE.replace(
    'invariants: {}',
    "invariants: { 'n is short': (state) => (state as any).text.length < 3 }",
  );
  const { machine, locate } = await loadMachine(await write('invariant.ts', source));
  const run = new Run(machine, replaySource([]), { locate });
  expect(run.executor.initialFindings).toMatchObject([
    {
      kind: 'invariant',
      message: expect.stringContaining('threw TypeError') as string,
      source: expect.stringMatching(/^invariant\.ts:12:\d+$/) as string,
    },
  ]);
});

it.each([
  ['a string', `'boom'`, 'threw "boom"'],
  ['nothing', 'undefined', 'threw undefined'],
  ['a symbol', `Symbol('boom')`, 'threw Symbol(boom)'],
  ['an error without places', `Object.assign(new Error('x'), { stack: 42 })`, 'x'],
])('finds where the function begins that throws %s', async (_, thrown, message) => {
  const source = `
export const machine = {
  name: 'odd', description: '', initialState: () => ({ n: 0 }),
  stf(state) {
    throw ${thrown};
  },
  restore() { return { kind: 'ok' }; },
  invariants: {
    'holds once':
      (state) => { if (state.n === 0) throw ${thrown}; return true; },
  },
};`;
  const { machine, locate } = await loadMachine(await write('odd.ts', source));
  const run = new Run(machine, replaySource([{ kind: 'normal', input: 'go' }]), { locate });
  const [initial] = run.executor.initialFindings;
  expect(initial).toMatchObject({ kind: 'invariant', source: 'odd.ts:10:8' });
  const findings: unknown[] = [];
  void run.advance(1, (step) => findings.push(...step.findings));
  expect(findings).toMatchObject([{ kind: 'panic', name: 'Error', message, source: 'odd.ts:4:3' }]);
});

it('takes waivers, with their reasons', async () => {
  const { machine } = await loadMachine(
    await write('waives.ts', withMore("waivers: { determinism: 'it is a dice' }")),
  );
  expect(machine.waivers).toEqual({ determinism: 'it is a dice' });
});

it("takes fault profiles of the machine's own", async () => {
  const source = withMore("faultProfiles: { monday: { description: 'Slow.', delayed: 1 } }");
  const loaded = await loadMachine(await write('profile.ts', source));
  expect(findFaultProfile(loaded, 'monday')).toEqual({ description: 'Slow.', delayed: 1 });
  expect(describeMachine(loaded).faultProfiles.map(({ name }) => name)).toEqual([
    ...Object.keys(FAULT_PROFILES),
    'monday',
  ]);
  expect(() => findFaultProfile(loaded, 'toString')).toThrow('no fault profile named "toString"');
});

it.each([
  [
    "waivers: { luck: 'why not' }",
    '`machine.waivers` names "luck", which is not a rule; the rules are: atomicity, determinism',
  ],
  ["records: { order: { at: 'orders' } }", '`machine.records["order"]`.at must be an array'],
  ["waivers: { atomicity: ' ' }", 'the waiver of "atomicity" must give a reason'],
  [
    "faultProfiles: { chaos: { description: 'x' } }",
    'every machine has a fault profile "chaos" already',
  ],
  ['faultProfiles: { mine: { delayed: 1 } }', 'the fault profile "mine" must have a description'],
  [
    "faultProfiles: { mine: { description: 'x', late: 1 } }",
    '.late` is not a fault; the faults are: crashAtAccess',
  ],
  [
    "faultProfiles: { mine: { description: 'x', delayed: 2 } }",
    '.delayed` must be a probability from 0 to 1',
  ],
  [
    "faultProfiles: { mine: { description: 'x', delayed: NaN } }",
    '.delayed` must be a probability from 0 to 1',
  ],
  ['faultProfiles: { mine: null }', 'the fault profile "mine" must be an object'],
])('refuses %s', async (more, cause) => {
  const error = await loadMachine(await write('more.ts', withMore(more))).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProblemError);
  expect((error as ProblemError).problem.title).toContain(cause);
});

it.each([
  ['syntax.ts', 'export const machine = {;', 'syntax.ts:1:25', 'Correct the source'],
  [
    'node.ts',
    "import fs from 'node:fs'; export const machine = fs;",
    'node.ts:1:16',
    'A machine is deterministic',
  ],
  [
    'handled.ts',
    "\nimport('node:fs').catch(() => {});",
    'handled.ts:2:8: Could not resolve "node:fs"',
    'A machine is deterministic',
  ],
  [
    'computed.ts',
    "const name = ['node', 'fs'].join(':'); import(name).catch(() => {});",
    'computed.ts:1:40: The argument of import() must be a string literal',
    'Correct the source',
  ],
  ['missing.ts', "import '../nowhere.ts';", 'missing.ts:1:8', 'Correct the source'],
  [
    'throws.ts',
    '\nthrow new Error("no luck");',
    'throws.ts:2:7: Error: no luck',
    'Correct the source',
  ],
  ['empty.ts', 'export const other = 1;', 'it exports no `machine`', 'A machine file exports'],
  [
    'shape.ts',
    'export const machine = { initialState() {} };',
    '`machine.stf` must be a function',
    'A machine file exports',
  ],
  [
    'scenario.ts',
    "export const machine = { name: 'a', description: 'b', initialState() {}, stf() {}, restore() {}, invariants: {} }; export const scenarios = [{ name: 'x' }];",
    '`scenarios[0]` must have a description',
    'A machine file exports',
  ],
  [
    'mistyped.ts',
    "export const machine = { name: 'a', description: 'b', initialState() {}, stf() {}, restor() {}, invariants: {} };",
    'mistyped.ts is not a machine file: `machine` has `restor`, which means nothing there. Did you mean `restore`?',
    'A machine file exports',
  ],
  [
    'mistyped-scenario.ts',
    "export const machine = { name: 'a', description: 'b', initialState() {}, stf() {}, restore() {}, invariants: {} }; export const scenarios = [{ name: 'x', descripton: 'y' }];",
    '`scenarios[0]` has `descripton`, which means nothing there. Did you mean `description`?',
    'A machine file exports',
  ],
])('says what is wrong with %s', async (name, text, cause, remedy) => {
  const path = await write(name, text);
  const error = await loadMachine(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  expect((error as ProblemError).problem.title).toContain(cause);
  expect((error as ProblemError).problem.remedy).toContain(remedy);
});

it('says that there is no such file', async () => {
  await expect(loadMachine(join(folder, 'nowhere.ts'))).rejects.toThrow('does not exist');
  await expect(loadMachine(folder)).rejects.toThrow('is a folder');
});

it.each([
  [
    'a name of 1 000 characters',
    `name: 'n'.repeat(1_000),`,
    '`machine.name` must have at most 200',
  ],
  [
    'thousands of invariants',
    'invariants: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [n, () => true])),',
    'there are 5 000 invariants, and the limit is 1 000: let one',
  ],
  [
    'a long name of an invariant',
    `invariants: { ['n'.repeat(300)]: () => true },`,
    'has 300 characters, and the limit is 200: give a shorter name',
  ],
  [
    'a long description',
    `description: 'd'.repeat(20_000),`,
    '`machine.description` must have at most 10 000 characters',
  ],
  [
    'what every object would inherit',
    '}; Object.prototype.polluted = 1; const rest = {',
    'adds "polluted" to Object.prototype, at limits.ts:1:',
  ],
  [
    'a getter that throws',
    `get name() { throw new Error('no'); },`,
    'threw while it was loaded, at',
  ],
])('refuses %s', async (_, member, told) => {
  const path = await write(
    'limits.ts',
    `const given = { ${member} };
    export const machine = {
      name: 'm', description: '', stf() {}, restore() {}, initialState: () => ({}), invariants: {},
    };
    Object.defineProperties(machine, Object.getOwnPropertyDescriptors(given));`,
  );
  await expect(loadMachine(path)).rejects.toThrow(told);
});

it.each([
  ['nothing', 'throw undefined;'],
  ['a text', "function fail() {\n  throw 'no';\n}\nfail();"],
  ['what throws when it is read', 'throw { toString() { throw new Error("x"); } };'],
  ['a proxy', 'throw new Proxy({}, { get() { throw new Error("x"); } });'],
])('names the line of the author at import for %s', async (_, thrown) => {
  const path = await write('thrown.ts', `const n = 1;\n${thrown}\nexport const machine = n;`);
  const line = thrown.includes('fail') ? 3 : 2;
  await expect(loadMachine(path)).rejects.toThrow(`at thrown.ts:${line}:`);
});
