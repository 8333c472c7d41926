import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaySource } from '../../engine/replay.ts';
import { Run, startRun } from '../../engine/run.ts';
import type { Operation } from '../../machine/operation.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { deedOf, load, play } from '../test-helpers/guarded-machine.ts';

/**
 * What machine files write to the language itself, or replace in it. They are written without types, which would
 * refuse most of it.
 */

/** A message about a machine file that could not be loaded, so that its name is not known. */
const withoutNumber = (message: string) => message.replace(/machine-\d+\.ts/, 'machine.ts');

describe('what is written to the language without being spelled', () => {
  const KEY = "const key = ['ca', 'che'].join('');";

  /** Executes one input after the other; returns what was found of side effects. */
  async function findings(
    stf: string,
    steps = 2,
  ): Promise<{ file: string; found: readonly string[] }> {
    const { name: file, machine, guard, locate } = await load({ top: KEY, stf });
    const go: Operation = { kind: 'normal', input: 'go' };
    const run = new Run(machine, replaySource(Array.from({ length: steps }, () => go)), {
      guard,
      locate,
    });
    const found: string[] = [];
    await run.advance(steps, (step) => {
      for (const { name, message, source } of step.findings) {
        if (name === 'no side effects') found.push(`${message} ${source}`);
      }
    });
    return { file, found };
  }

  it.each([
    ['(Map as any)[key] = 1', 'Map.cache ='],
    ['(Object.prototype as any)[key] = 1', 'Object.prototype.cache ='],
    ['Object.assign(console, { [key]: 1 })', 'console.cache ='],
  ])('%s is found, undone, and refused from then on', async (write, name) => {
    const { file, found } = await findings(`  ${write};`);
    expect(found.at(-1)).toContain(`${deedOf(name)}, which was refused. ${file}:4:`);
    expect(({} as { cache?: unknown }).cache).toBe(undefined);
  });

  it('is found by looking when it is defined, over and over', async () => {
    const write = "Object.defineProperty(Map.prototype, 'cache', { value: 1, configurable: true })";
    const { file, found } = await findings(`${write};`, 8);
    Reflect.deleteProperty(Map.prototype, 'cache');
    const message = 'stf wrote to Map.prototype.cache, which was undone.';
    expect(found.length).toBeGreaterThan(1);
    expect(new Set(found)).toEqual(new Set([`${message} ${file}:4:8`]));
  });

  it('is refused although the first time was not looked at', async () => {
    const stf = `  if (state.current.n === 2) (WeakSet as any)[key] = 1;
      state.update((draft: any) => { draft.n = Math.min(2, draft.n + 1); });`;
    const { file, found } = await findings(stf, 20);
    expect(found.at(-1)).toContain(`wrote to WeakSet.cache, which was refused. ${file}:4:`);
  });

  it('is left alone where someone else writes it', async () => {
    const { machine } = await load({ stf: '(WeakMap as any).cache = 1;' });
    expect(machine.name).toBe('m');
    Object.assign(WeakMap, { cache: 2 });
    expect((WeakMap as unknown as { cache: number }).cache).toBe(2);
  });
});

/** Ways to replace what comes with the language, and what is replaced. */
const REPLACED = [
  ['Object.keys = (() => []) as any', 'Object.keys', () => Object.keys],
  ["JSON.stringify = (() => '{}') as any", 'JSON.stringify', () => JSON.stringify],
  ['Map.prototype.get = (() => 1) as any', 'Map.prototype.get', () => methodOf(Map, 'get')],
  [
    'Array.prototype[Symbol.iterator] = function* () {} as any',
    'Array.prototype[Symbol.iterator]',
    () => methodOf(Array, Symbol.iterator),
  ],
  ['delete (Array.prototype as any).map', 'Array.prototype.map', () => methodOf(Array, 'map')],
  [
    "Object.defineProperty(Array.prototype, 'push', { value: () => 0 })",
    'Array.prototype.push',
    () => methodOf(Array, 'push'),
  ],
  [
    'Promise.prototype.then = (() => 1) as any',
    'Promise.prototype.then',
    () => methodOf(Promise, 'then'),
  ],
  ['Promise = class {} as any', 'Promise', () => Promise],
  ['WeakSet.prototype.has = () => true', 'WeakSet.prototype.has', () => methodOf(WeakSet, 'has')],
] as const;

function methodOf(owner: { readonly prototype: object }, key: PropertyKey): unknown {
  return Reflect.get(owner.prototype, key);
}

describe.each(REPLACED)('%s', (write, name, read) => {
  it('is an error where the module does it', async () => {
    const before = read();
    const message = await load({ top: `\n${write};` }).then(String, String);
    expect(withoutNumber(message)).toContain(`The machine file replaces ${name}, at machine.ts:2:`);
    expect(read()).toBe(before);
  });

  it('is undone and found where a step does it', async () => {
    const before = read();
    const { name: file, step } = await play({
      stf: `${write}; state.update((draft: any) => { draft.n += 1; draft.list = [{ n: 1 }]; });`,
    });
    const found = step.findings.find((finding) => finding.name === 'no side effects');
    expect(found?.message).toBe(`stf wrote to ${name}, which was undone.`);
    expect(found?.source).toMatch(`${file}:4:`);
    // What the step did with a broken language is not kept.
    expect(step.outcome).toMatchObject({
      kind: 'panic',
      error: { name: 'BuiltInReplacedError', source: found?.source },
    });
    expect(step.after).toEqual({ n: 0 });
    expect(read()).toBe(before);
  });
});

describe('what the rest of a machine file replaces', () => {
  const write = 'Object.keys = (() => []) as any;';
  const { keys } = Object;

  it('is an error in a getter of what the module exports', async () => {
    const more = `\nget description() { ${write} return ''; },`;
    const message = await load({ more }).then(String, String);
    expect(withoutNumber(message)).toContain(
      'The machine file replaces Object.keys, at machine.ts:4:',
    );
    expect(Object.keys).toBe(keys);
  });

  it('is an error in the initial state', async () => {
    const more = `\ninitialState: () => { ${write} return { n: 0 }; },`;
    const { machine, guard, locate, name } = await load({ more });
    const start = () => new Run(machine, replaySource([]), { guard, locate });
    expect(start).toThrow(`Object.keys was replaced`);
    expect(start).toThrow(`at ${name}:4:`);
    expect(Object.keys).toBe(keys);
  });

  it('is a finding in an invariant', async () => {
    const more = `\ninvariants: { 'is small': () => { ${write} return true; } },`;
    const { machine, guard, locate, name } = await load({ more });
    const run = new Run(machine, replaySource([]), { guard, locate });
    const [finding] = run.executor.initialFindings;
    expect(finding).toMatchObject({ kind: 'invariant', name: 'is small' });
    expect(finding?.message).toContain('Object.keys was replaced');
    expect(finding?.source).toMatch(`${name}:4:`);
    expect(Object.keys).toBe(keys);
  });

  it('ends the run in a scenario', async () => {
    const top = `\nexport const scenarios: any = [{ name: 's', description: '', defaults: { seed: '1', operations: 5 },
      start: () => ({ next() { ${write} return { kind: 'normal', input: 1 }; }, observe() {}, tallies: () => ({}) }) }];`;
    const { machine, guard, locate, scenarios, name } = await load({ top });
    const [scenario] = scenarios;
    if (!scenario) throw new Error('there is one');
    const run = startRun(machine, { scenario, seed: 1n, operationsMax: 5, locate }, { guard });
    expect(() => run.advance(5)).toThrow(`The scenario s threw in next at ${name}:3:`);
    expect(Object.keys).toBe(keys);
  });

  it('is left alone where other code has replaced it before the run', async () => {
    const { machine, guard, locate } = await load({
      stf: 'state.update((draft: any) => { draft.n += 1; });',
    });
    const other = (object: object) => keys(object);
    Object.keys = other;
    try {
      const run = new Run(machine, replaySource([{ kind: 'normal', input: 1 }]), { guard, locate });
      await run.advance(1, (step) => expect(step.findings).toEqual([]));
      expect(Object.keys).toBe(other);
    } finally {
      Object.keys = keys;
    }
  });
});

describe('what is set up when the module is loaded', () => {
  it.each([
    [
      'a method that older runtimes lack',
      "if (!('sumOf' in Array)) { (Array as any).sumOf = (list: number[]) => list.reduce((a, b) => a + b); }",
      '(Array as any).sumOf([1, 2])',
    ],
    [
      'one that is defined',
      "Object.defineProperty(Array.prototype, 'third', { value() { return this[2]; }, configurable: true });",
      '([1, 2, 3] as any).third()',
    ],
    [
      'a global',
      "Object.defineProperty(globalThis, 'three', { value: 3 });",
      '(globalThis as any).three',
    ],
    [
      'a search for the global object',
      "const root = Function('return this')(); const { Math: all } = root;",
      'all.max(1, 3)',
    ],
    [
      'a function made of texts, with a look at what can be had',
      "let jit = false; try { new Function(''); jit = true; } catch {}",
      "jit ? new Function('a', 'return a')(3) : 0",
    ],
    [
      'a class of dates',
      'class Day extends Date { next() { return new (this.constructor as any)(+this + 1); } }',
      'Number(new Day(2).next() instanceof Day && !(new Date(2) instanceof Day)) + new Day(1).next().getTime()',
    ],
  ])('%s is there', async (_, top, expression) => {
    const { step } = await play({
      top,
      stf: `state.update((draft: any) => { draft.n = ${expression}; });`,
    });
    expect(step.findings).toEqual([]);
    expect(step.after).toEqual({ n: 3 });
  });
});

describe('packages that machines use', () => {
  it.each([
    [
      'zod, which makes functions of texts while it parses',
      `import { z } from ${JSON.stringify(join(PACKAGE_ROOT, 'node_modules/zod/index.js'))};
       const Coin = z.object({ cents: z.number(), tags: z.array(z.string()) });`,
      "Coin.parse({ cents: 3, tags: ['a'] }).cents + (Coin.safeParse({ cents: 'x' }).success ? 1 : 0)",
    ],
    [
      'nanoid, which takes randomness when it is asked',
      `import { customAlphabet } from ${JSON.stringify(join(PACKAGE_ROOT, 'node_modules/nanoid/index.browser.js'))};
       const first = customAlphabet('a', 3)();`,
      'first.length',
    ],
    [
      'mutative, which asks whether this is production',
      `import { create } from ${JSON.stringify(join(PACKAGE_ROOT, 'node_modules/mutative'))};`,
      'create({ list: new Map([[1, 2]]) }, (draft: any) => { draft.list.set(1, 3); }).list.get(1)',
    ],
  ])('%s', async (_, top, expression) => {
    const { step } = await play({
      top: top.replaceAll('\n', ' '),
      stf: `state.update((draft: any) => { draft.n = ${expression}; });`,
    });
    expect(step.findings).toEqual([]);
    expect(step.after).toEqual({ n: 3 });
  });

  it('nanoid is refused its randomness in stf', async () => {
    const top = `import { nanoid } from ${JSON.stringify(join(PACKAGE_ROOT, 'node_modules/nanoid/index.browser.js'))};`;
    const { name: file, step } = await play({ top, stf: '  nanoid();' });
    expect(step.findings).toMatchObject([
      {
        message: 'stf reached for crypto.getRandomValues, which was refused.',
        source: `${file}:4:3`,
      },
    ]);
  });
});
