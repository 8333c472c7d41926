import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Run } from '../engine/run.ts';
import { replaySource } from '../engine/simulation.ts';
import type { Executed } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { loadMachine } from './machine-loader.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-guard-'));
});

afterAll(() => rm(folder, { recursive: true }));

interface Source {
  readonly top?: string;
  /** The body of `stf`, on its line 4 from column 1. */
  readonly stf?: string;
  /** The body of `restore`, on its line 6. */
  readonly restore?: string;
  readonly async?: boolean;
  readonly more?: string;
}

let files = 0;

async function load({ top = '', stf = '', restore = '', async = false, more = '' }: Source) {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  const prefix = async ? 'async ' : '';
  await writeFile(
    path,
    [
      `import { ok, StorageError } from 'phasmoscope'; export { StorageError }; ${top}`,
      `export const machine: any = { name: 'm', description: '', initialState: () => ({ n: 0 }),`,
      `invariants: {}, ${more} ${prefix}stf(state: any, input: any, actions: any) {`,
      stf,
      `return ok(); }, ${prefix}restore(state: any, actions: any) {`,
      restore,
      'return ok(); } };',
    ].join('\n'),
  );
  return { name: `machine-${files}.ts`, ...(await loadMachine(path)) };
}

/** Loads a machine, executes one operation, and answers the step. */
async function play(source: Source, operation: Operation = { kind: 'input', input: 'go' }) {
  const { name, machine, guard, locate } = await load(source);
  const run = new Run(machine, replaySource([operation]), { guard, locate });
  let step: Executed | undefined;
  await run.advance(1, (executed) => {
    step = executed;
  });
  if (!step) throw new Error('one operation is one step');
  return { name, step };
}

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
] as const;

describe.each(REFUSED)('%s', (call, name) => {
  it('is refused in stf, with its place', async () => {
    const { name: file, step } = await play({ stf: `  ${call};` });
    expect(step.outcome).toMatchObject({ kind: 'panic', error: { name: 'SideEffectError' } });
    expect(step.findings).toMatchObject([
      {
        kind: 'rule',
        name: 'no side effects',
        message: `stf reached for ${name}, which was refused.`,
      },
    ]);
    expect(step.findings[0]?.source).toMatch(new RegExp(`^${file}:4:\\d+$`));
  });

  it('is refused in restore, with its place', async () => {
    const { name: file, step } = await play({ restore: `  ${call};` }, { kind: 'restore' });
    expect(step.findings).toMatchObject([
      { name: 'no side effects', message: `restore reached for ${name}, which was refused.` },
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

it.each([
  ['new Date(0).getTime()', 0],
  ['Math.max(1, 2)', 2],
  ['structuredClone({ a: 1 }).a', 1],
  ["new URL('http://a/b').pathname.length", 2],
  ['new TextEncoder().encode("abc").length', 3],
  ['Date.UTC(1970, 0, 1)', 0],
  ["new Intl.NumberFormat('en').format(12).length", 2],
  ['new Map([[1, 2]]).get(1)', 2],
])('%s is allowed', async (expression, value) => {
  const { step } = await play({
    stf: `state.update((draft: any) => { draft.n = ${expression}; });`,
  });
  expect(step.findings).toEqual([]);
  expect(step.after).toEqual({ n: value });
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
      `stf reached for ${name}, which was refused.`,
    ]);
  });
});

it('guards an asynchronous machine after it awaited', async () => {
  const stf = 'await Promise.resolve(); await Promise.resolve(); Math.random();';
  const { step } = await play({ async: true, stf });
  expect(step.findings.map(({ name }) => name)).toEqual(['no side effects']);
});

it('lets everything through outside of stf and restore', async () => {
  const top = `
    export const seen: any = { loaded: [Date.now(), new Date().getTime(), Math.random(),
      performance.now(), typeof crypto.randomUUID(), typeof process.pid, typeof Date()] };
    (globalThis as any).phasmoscopeTest = 1; delete (globalThis as any).phasmoscopeTest;
    class Stamp extends Date {} new Stamp(); new Date() instanceof Date;`;
  const { machine } = await load({ top, more: 'initialState: () => ({ n: Date.now() }),' });
  const state = machine.initialState?.() as { n: number };
  expect(Math.abs(state.n - Date.now())).toBeLessThan(60_000);
});

it('lets a machine tell failures of its storage from other errors', async () => {
  const { step } = await play(
    {
      stf: `try { state.current; } catch (error) {
        state.update((draft: any) => { draft.n = error instanceof StorageError ? 1 : 2; }); }`,
    },
    { kind: 'input', input: 'go', fault: { kind: 'accessFails', access: 0 } },
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
