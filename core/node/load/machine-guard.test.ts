import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MachineError } from '../../engine/initial-store.ts';
import { replaySource } from '../../engine/replay.ts';
import { Run, startRun } from '../../engine/run.ts';
import { ScenarioError } from '../../engine/scenario-guard.ts';
import { deedOf, load, play } from '../test-helpers/guarded-machine.ts';

/** Neither UTC nor English, so that what depends on it can be told from what does not. */
const ELSEWHERE = 'Asia/Kolkata';
const { TZ } = process.env;

beforeAll(() => {
  process.env['TZ'] = ELSEWHERE;
});

afterAll(() => {
  if (TZ === undefined) delete process.env['TZ'];
  else process.env['TZ'] = TZ;
});

it('is tried in a time zone that shows', () => {
  expect(new Date(0).getHours()).toBe(5);
});

/** What is out of reach, and by what name it is told. */
const REFUSED = [
  ['Date.now()', 'Date.now'],
  ['new Date()', 'new Date'],
  ['Date()', 'Date'],
  ['Math.random()', 'Math.random'],
  ['setTimeout(() => {}, 1)', 'setTimeout'],
  ["fetch('http://localhost:1')", 'fetch'],
  ['process.env', 'process.env'],
  ['process.hrtime()', 'process.hrtime'],
  ['performance.now()', 'performance.now'],
  ['crypto.randomUUID()', 'crypto.randomUUID'],
  ['globalThis.Date.now()', 'Date.now'],
  ['globalThis.process.exit()', 'process.exit'],
  ['(globalThis as any).counter = 1', 'globalThis.counter ='],
  ['delete (globalThis as any).counter', 'delete globalThis.counter'],
  ['queueMicrotask(() => {})', 'queueMicrotask'],
  ["Function('return Date.now()')()", 'Date.now'],
  ["new Function('a', 'b', 'return Date.now() + a + b')(1, 2)", 'Date.now'],
  ["({} as any).constructor.constructor('return Date.now()')()", 'Date.now'],
  ["Function('return this')().Date.now()", 'Date.now'],
  ["Function('return (function () { return globalThis })()')().Math.random()", 'Math.random'],
  ["Function('return process')().exit(3)", 'process.exit'],
  ["(setTimeout as any).constructor('return process')().exit(3)", 'process.exit'],
  ["(function* () {} as any).constructor('yield Date.now()')().next()", 'Date.now'],
  ['Function(\'return import("node:fs")\')().catch(() => {})', 'import'],
  ["(0, eval)('Date.now()')", 'Date.now'],
  ["eval('Date.now()')", 'Date.now'],
  ["(globalThis as any).eval('Date.now()')", 'Date.now'],
  ['new (new Date(0) as any).constructor()', 'new Date'],
  ['(Date.prototype.constructor as any).now()', 'Date.now'],
  ['(structuredClone(new Date(0)) as any).constructor.now()', 'Date.now'],
  ["new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).format()", 'Intl.DateTimeFormat.format'],
  [
    "new Intl.DateTimeFormat('en', { timeZone: 'UTC' }).formatToParts()",
    'Intl.DateTimeFormat.formatToParts',
  ],
  [
    "new (new Intl.DateTimeFormat('en', { timeZone: 'UTC' }) as any).constructor('en', { timeZone: 'UTC' }).format()",
    'Intl.DateTimeFormat.format',
  ],
  ["Object.defineProperty(globalThis, 'x', { value: 1 })", 'globalThis.x ='],
  ['Object.setPrototypeOf(globalThis, null)', 'Object.setPrototypeOf(globalThis)'],
  ['(Object.prototype as any).zzz = 1', 'Object.prototype.zzz ='],
  ['(Map as any).cache = 1', 'Map.cache ='],
  ['(Map as any).count ??= 1', 'Map.count ='],
  ['(Math as any).cache = 1', 'Math.cache ='],
  ['(Date as any).cache = 1', 'Date.cache ='],
  ["Object.defineProperty(Date, 'cache', { value: 1 })", 'Date.cache ='],
  ['(Date.prototype as any).cache = 1', 'Date.prototype.cache ='],
  ['(Function as any).cache = 1', 'Function.cache ='],
  ['(Intl.Collator as any).cache = 1', 'Intl.Collator.cache ='],
  ['(Error.prototype as any).cache = 1', 'Error.prototype.cache ='],
  ['Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)', 'Atomics.wait'],
] as const;

/** What is answered the same everywhere, with a finding: by what name, how, and the answer. */
const ANSWERED = [
  ['new Date(0).getHours()', 'Date.getHours', 'in UTC: use getUTCHours', 0],
  ['new Date(0).setHours(5)', 'Date.setHours', 'in UTC: use setUTCHours', 5 * 3_600_000],
  ['new Date(0).getTimezoneOffset()', 'Date.getTimezoneOffset', 'in UTC', 0],
  [
    '`${new Date(0)}`',
    'Date.toString',
    'in UTC: use toISOString',
    'Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)',
  ],
  ['new Date(0).toDateString()', 'Date.toDateString', 'in UTC: use toISOString', 'Thu Jan 01 1970'],
  [
    'new Date(0).toLocaleString()',
    'Date.toLocaleString',
    'in UTC and English: name the time zone and a locale',
    '1/1/1970, 12:00:00 AM',
  ],
  [
    "new Date(0).toLocaleDateString('de')",
    'Date.toLocaleDateString',
    'in UTC and English: name the time zone and a locale',
    '1.1.1970',
  ],
  ['new Date(1970, 0, 2).getTime()', 'new Date', 'in UTC: use Date.UTC', 86_400_000],
  ["new Date('1970-01-01T01:00').getTime()", 'new Date', 'in UTC: name the time zone', 3_600_000],
  ["Date.parse('Jan 1, 1970 01:00')", 'Date.parse', 'in UTC: name the time zone', 3_600_000],
  [
    "new Intl.DateTimeFormat('en').resolvedOptions().timeZone",
    'the time zone of Intl.DateTimeFormat',
    'in UTC: name one',
    'UTC',
  ],
  [
    'new Intl.NumberFormat().format(1234.5)',
    'Intl.NumberFormat',
    'in English: name a locale',
    '1,234.5',
  ],
  ['(1234.5).toLocaleString()', 'Number.toLocaleString', 'in English: name a locale', '1,234.5'],
  ['(1234.5).toLocaleString([])', 'Number.toLocaleString', 'in English: name a locale', '1,234.5'],
  ["'ä'.localeCompare('z')", 'String.localeCompare', 'in English: name a locale', -1],
] as const;

describe.each(ANSWERED)('%s', (call, name, how, value) => {
  it('is answered the same everywhere, and found with its place', async () => {
    const { name: file, step } = await play({
      stf: `state.update((draft: any) => { draft.n = ${call}; });`,
    });
    expect(step.after).toEqual({ n: value });
    expect(step.findings).toMatchObject([
      {
        kind: 'rule',
        name: 'no side effects',
        message: `stf ${deedOf(name)}, which was answered ${how}.`,
      },
    ]);
    expect(step.findings[0]?.source).toMatch(new RegExp(`^${file}:4:\\d+$`));
  });
});

it('tells once in a step what is asked several times', async () => {
  const { step } = await play({ stf: 'for (const at of [1, 2, 3]) new Date(at).getHours();' });
  expect(step.findings).toHaveLength(1);
});

describe.each(REFUSED)('%s', (call, name) => {
  it('is refused in stf, with its place', async () => {
    const { name: file, step } = await play({ stf: `  ${call};` });
    expect(step.outcome).toMatchObject({ kind: 'panic', error: { name: 'SideEffectError' } });
    expect(step.findings).toMatchObject([
      {
        kind: 'rule',
        name: 'no side effects',
        message: `stf ${deedOf(name)}, which was refused.`,
      },
    ]);
    expect(step.findings[0]?.source).toMatch(new RegExp(`^${file}:4:\\d+$`));
  });

  it('is refused in restore, with its place', async () => {
    const { name: file, step } = await play({ restore: `  ${call};` }, { kind: 'restore' });
    expect(step.findings).toMatchObject([
      { name: 'no side effects', message: `restore ${deedOf(name)}, which was refused.` },
    ]);
    expect(step.findings[0]?.source).toMatch(new RegExp(`^${file}:6:\\d+$`));
  });

  it('is told although the machine catches what it throws', async () => {
    const { step } = await play({ stf: `try { ${call}; } catch {}` });
    expect(step.outcome).toEqual({ kind: 'ok' });
    expect(step.findings.map((finding) => finding.name)).toEqual(['no side effects']);
  });
});

it('names the column of the call', async () => {
  const { name, step } = await play({ stf: '  const id = crypto.randomUUID();' });
  expect(step.findings[0]?.source).toBe(`${name}:4:21`);
});

it.each<[string, number | string]>([
  ['new Date(0).getTime()', 0],
  ['Math.max(1, 2)', 2],
  ['structuredClone({ a: 1 }).a', 1],
  ["new URL('http://a/b').pathname.length", 2],
  ['new TextEncoder().encode("abc").length', 3],
  ['Date.UTC(1970, 0, 1)', 0],
  ["new Intl.NumberFormat('en').format(12).length", 2],
  ['new Map([[1, 2]]).get(1)', 2],
  ["Function('a', 'b', 'return a + b')(1, 2)", 3],
  ["(0, eval)('1 + 2')", 3],
  ["new Date('1970-01-01').getTime()", 0],
  ["new Date('1970-01-01T01:00+01:00').getTime()", 0],
  ["new Date('Thu, 01 Jan 1970 00:00:00 GMT').getTime()", 0],
  ["Date.parse('Jan 31 2025 10:00 GMT+1')", 1_738_314_000_000],
  ["Date.parse('Jan 31 2025 10:00 +1')", 1_738_314_000_000],
  ["Number(Number.isNaN(Date.parse('no date')))", 1],
  ["new Function('o', 'with (o) { return a; }')({ a: 7 })", 7],
  ['new Date(new Date(5)).getUTCMilliseconds()', 5],
  ['Number(new Date(5) instanceof Date && new Date(5).constructor === Date)', 1],
  ['Number(structuredClone(new Date(5)) instanceof Date)', 1],
  ['Number((() => {}).constructor === Function && Object(Function) instanceof Function)', 1],
  ["new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo', hour: 'numeric' }).format(0)", '9 AM'],
  ["'a'.localeCompare('b', 'en')", -1],
  ["new Date(0).toLocaleDateString('en', { timeZone: 'UTC' })", '1/1/1970'],
])('%s is allowed', async (expression, value) => {
  const { step } = await play({
    stf: `state.update((draft: any) => { draft.n = ${expression}; });`,
  });
  expect(step.findings).toEqual([]);
  expect(step.after).toEqual({ n: value });
});

it('structuredClone copies large containers of a state', async () => {
  const { step } = await play({
    top: '',
    stf: `for (let at = 0; at < 3; at += 1) {
      state.update((draft: any) => {
        draft.map ??= new Map(Array.from({ length: 900 }, (_, id) => [id, { id }]));
        draft.list ??= Array.from({ length: 900 }, (_, id) => ({ id }));
        draft.map.set(at, { id: -1 });
        draft.list.push({ id: -1 });
      });
    }
    const copy: any = structuredClone(state.current);
    state.update((draft: any) => {
      draft.n = copy.map.size + copy.list.length + copy.map.get(1).id;
      delete draft.map;
      delete draft.list;
    });`.replaceAll('\n', ' '),
  });
  expect(step.findings).toEqual([]);
  expect(step.after).toEqual({ n: 1802 });
});

it('changes nothing for other code', async () => {
  await load({});
  expect(new Date(0).getHours()).toBe(5);
  expect(Object.getPrototypeOf(new Date(0))).toBe(Date.prototype);
  const { constructor } = () => {};
  expect(constructor('return this')()).toBe(globalThis);
  expect(constructor('return this')).toBeInstanceOf(Function);
  expect(inspect(() => {})).toBe('[Function (anonymous)]');
});

describe.each([
  ['Date.now', 'const now = Date.now;', 'now()', 'Date.now'],
  ['performance.now', 'const { now } = performance;', 'now()', 'performance.now'],
  ['Math.random', 'const { random } = Math;', 'random()', 'Math.random'],
  [
    'crypto.randomUUID, as the package uuid does',
    'const uuid = crypto.randomUUID && crypto.randomUUID.bind(crypto);',
    'uuid()',
    'crypto.randomUUID',
  ],
  ['setTimeout', 'const later = setTimeout;', 'later(() => {}, 1)', 'setTimeout'],
  ['globalThis', 'const all: any = globalThis;', 'all.Date.now()', 'Date.now'],
])('%s, taken when the module was loaded', (_, top, call, name) => {
  it('is refused all the same', async () => {
    const { step } = await play({ top, stf: call });
    expect(step.findings.map(({ message }) => message)).toEqual([
      `stf ${deedOf(name)}, which was refused.`,
    ]);
  });
});

it('knows who calls whatever limit of stacks is set', async () => {
  const limit = Error.stackTraceLimit;
  try {
    const top = 'Error.stackTraceLimit = 0;';
    const { step } = await play({ top, stf: "'z'.localeCompare('a');" });
    expect(step.findings.map(({ name }) => name)).toEqual(['no side effects']);
  } finally {
    Error.stackTraceLimit = limit;
  }
});

it('lets a machine extend what it may not reach for in a step', async () => {
  const top =
    'class Bus extends EventTarget { go() { return 5; } } if (new Bus().go() !== 5) throw 1;';
  await expect(load({ top })).resolves.toBeDefined();
});

it('guards an asynchronous machine after it awaited', async () => {
  const stf = 'await Promise.resolve(); await Promise.resolve(); Math.random();';
  const { step } = await play({ async: true, stf });
  expect(step.findings.map(({ name }) => name)).toEqual(['no side effects']);
});

it('lets everything through outside of a run', async () => {
  const top = `
    export const seen: any = { loaded: [Date.now(), new Date().getTime(), Math.random(),
      performance.now(), typeof crypto.randomUUID(), typeof process.pid, typeof Date()] };
    (globalThis as any).phasmoscopeTest = 1; delete (globalThis as any).phasmoscopeTest;
    class Stamp extends Date {} new Stamp(); new Date() instanceof Date;`;
  const { machine } = await load({ top, more: 'initialState: () => ({ n: Date.now() }),' });
  const state = machine.initialState?.() as { n: number };
  expect(Math.abs(state.n - Date.now())).toBeLessThan(60_000);
});

// As all machine files of these tests, these are written without types.
describe('what a run depends on besides its steps', () => {
  it('is refused in the initial state, with its place', async () => {
    const more = '\ninitialState: () => ({ n: Math.random() }),';
    const { machine, guard, locate, name } = await load({ more });
    const start = () => new Run(machine, replaySource([]), { guard, locate });
    expect(start).toThrow(MachineError);
    expect(start).toThrow('Math.random is out of reach during a run');
    expect(start).toThrow(`at ${name}:4:32`);
  });

  it('is refused in an invariant, with its place', async () => {
    const more = "\ninvariants: { 'is of today': ({ n }: any) => n < Date.now() },";
    const { machine, guard, locate, name } = await load({ more });
    const [finding] = new Run(machine, replaySource([]), { guard, locate }).executor
      .initialFindings;
    expect(finding).toMatchObject({
      kind: 'invariant',
      name: 'is of today',
      source: `${name}:4:55`,
    });
    expect(finding?.message).toContain('Date.now is out of reach during a run');
  });

  it.each([
    [
      'start',
      'start() { Math.random(); return { next: () => undefined, observe() {}, tallies: () => ({}) }; }',
    ],
    ['next', 'start: () => ({ next() { Math.random(); }, observe() {}, tallies: () => ({}) })'],
    [
      'observe',
      "start: () => ({ next: () => ({ kind: 'normal', input: 1 }), observe() { Math.random(); }, tallies: () => ({}) })",
    ],
    [
      'tallies',
      'start: () => ({ next: () => undefined, observe() {}, tallies: () => ({ n: Math.random() }) })',
    ],
  ])('is refused in %s of a scenario, with its place', async (method, start) => {
    const top = `\nexport const scenarios: any = [{ name: 's', description: '', defaults: { seed: '1', operations: 5 }, ${start} }];`;
    const { machine, guard, locate, scenarios, name } = await load({ top });
    const [scenario] = scenarios;
    if (!scenario) throw new Error('there is one');
    const runAll = () => {
      const run = startRun(machine, { scenario, seed: 1n, operationsMax: 5, locate }, { guard });
      void run.advance(5);
      return run.tallies;
    };
    expect(runAll).toThrow(ScenarioError);
    expect(runAll).toThrow(`The scenario s threw in ${method} at ${name}:2:`);
    expect(runAll).toThrow('Math.random is out of reach during a run');
    // Whoever comes after it is not kept from anything.
    expect(guard.isActive).toBe(false);
  });
});

it('lets a machine tell failures of its storage from other errors', async () => {
  const { step } = await play(
    {
      stf: `try { state.current; } catch (error) {
        state.update((draft: any) => { draft.n = error instanceof StorageError ? 1 : 2; }); }`,
    },
    { kind: 'normal', input: 'go', fault: { kind: 'accessFails', access: 0 } },
  );
  expect(step.after).toEqual({ n: 1 });
});

it('may be waived, with the reason', async () => {
  const { step } = await play({
    stf: 'try { Math.random(); } catch {}',
    more: "waivers: { 'no side effects': 'a test' },",
  });
  expect(step.findings).toEqual([]);
});
