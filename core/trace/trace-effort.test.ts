import { expect, it } from 'vitest';
import { THOROUGH_DIGESTS } from '../limits.ts';
import { effort } from '../value/effort.ts';
import { hashValue, type Digests } from '../value/hash.ts';
import { applyPatches } from '../value/patch.ts';
import { Tuple } from '../value/tuple.ts';
import { countUnshared } from '../value/unshared.ts';
import { freeze, type Value } from '../value/value.ts';
import { formatHeader, formatStep, stepWith, type Step } from './format/format.ts';
import { closingLine } from './format/seal.ts';
import { DigestError } from './rebuilt-states.ts';
import { TraceBuilder } from './trace-builder.ts';

function headerOf(initialState: Value, digests: Digests = 'whole'): string {
  return formatHeader({
    machine: 'm',
    scenario: 's',
    seed: '0',
    operationsMax: 1,
    faults: 'none',
    invariants: [],
    rules: [],
    waivers: {},
    digests,
    initialState,
    initialHash: hashValue(initialState, digests),
    initialFindings: [],
  });
}

function stepOf(stepIndex: number, parts: Partial<Step>): string {
  return formatStep(stepWith({ stepIndex, operation: { kind: 'normal', input: 0 }, ...parts }));
}

function read(lines: readonly string[], options = {}) {
  const builder = new TraceBuilder(options);
  const checks = { evaluated: 0, carriedOver: 0, skipped: 0, rules: {}, settled: {} };
  const steps = lines.length - 1;
  const end = closingLine(lines, { steps, operations: steps, tallies: {}, sometimes: {}, checks });
  let problem = '';
  try {
    builder.push([...lines, end].map((line) => `${line}\n`).join(''));
    builder.finish();
  } catch (error) {
    problem = (error as Error).message;
  }
  if (!builder.trace) throw new Error(`no trace: ${problem}`);
  return { trace: builder.trace, problem };
}

const set = (index: number, value: Value) => [
  { kind: 'changed' as const, path: ['x', index], value },
];

it('changes large lists at the effort of what is touched, also when the change is rolled back', () => {
  const initialState = { x: Array.from({ length: 100_000 }, () => 0) };
  const lines = [headerOf(initialState)];
  for (let at = 0; at < 500; at += 1) {
    lines.push(stepOf(at, { outcome: { kind: 'err', error: 1 }, attempted: set(at, 1) }));
  }
  const before = effort();
  const { trace, problem } = read(lines);
  expect(problem).toBe('');
  expect(trace.length).toBe(500);
  expect(effort() - before).toBeLessThan(50_000_000);
});

it.each(['ok', 'err'] as const)(
  'finds objects in a Set by content at the effort of what is touched, when all steps end %s',
  (kind) => {
    const steps = 2_000;
    let state: Value = freeze({
      s: new Set(Array.from({ length: 4 * steps }, (_, at) => ({ at }))),
    });
    const lines = [headerOf(state, 'parts')];
    for (let at = 0; at < steps; at += 1) {
      const patch = [
        { kind: 'removed', path: ['s', { mapKey: { at: 4 * steps - 1 - at } }] } as const,
      ];
      if (kind === 'ok') {
        state = freeze(applyPatches(state, [patch]));
        lines.push(stepOf(at, { patch, stateHash: hashValue(state) }));
      } else {
        lines.push(stepOf(at, { outcome: { kind, error: 1 }, attempted: patch }));
      }
    }
    const before = effort();
    const { trace, problem } = read(lines, { digests: { free: 0, perStep: 0, perChar: 0 } });
    expect(problem).toBe('');
    expect(trace.length).toBe(steps);
    expect(effort() - before).toBeLessThan(steps * 20_000);
  },
);

it('opens up to the line whose changes take more effort than any recorded ones', () => {
  // Members of the same content are looked at one after another.
  const members = new Set<Value>(Array.from({ length: 8_000 }, () => ({ same: true })));
  const attempted = Array.from({ length: 4_000 }, () => ({
    kind: 'removed' as const,
    path: ['s', { mapKey: { same: true } }],
  }));
  const line = stepOf(1, { outcome: { kind: 'err', error: 1 }, attempted });
  const { trace, problem } = read([headerOf({ s: members }), stepOf(0, {}), line]);
  expect(problem).toContain('Line 3: attempted: applying the changes of the steps up to here');
  expect(problem).toContain('limit of 5 000 000 000 units');
  expect(trace.length).toBe(1);
});

it('compares the digests that were left out while reading when a state is shown', () => {
  const long = 'a'.repeat(1_500_000);
  const state = (first: number) => ({ x: [first, long] });
  const lines = [headerOf(state(0))];
  for (let at = 0; at < 8; at += 1) {
    const stateHash = at < 4 ? hashValue(state(at + 1), 'whole') : '0'.repeat(32);
    lines.push(stepOf(at, { patch: set(0, at + 1), stateHash }));
  }
  const { trace, problem } = read(lines);
  expect(problem).toBe('');
  expect(trace.stateAt(3)).toMatchObject({ x: { 0: 4 } });
  for (const at of [5, 4, 5]) {
    expect(() => trace.stateAt(at)).toThrow(DigestError);
    expect(() => trace.stateAt(at)).toThrow(`Step ${at}: stateHash: the state after the step has`);
  }
  const thorough = read(lines, { digests: THOROUGH_DIGESTS });
  expect(thorough.problem).toContain('Line 6: stateHash: the state after the step has the digest');
  expect(thorough.trace.length).toBe(4);
});

it('compares no more than a limit of digests where the closing line is missing', () => {
  const long = 'a'.repeat(2_000_000);
  const state = (first: number) => ({ x: [first, long] });
  const hashes = [0, 1].map((first) => hashValue(state(first), 'whole'));
  const builder = new TraceBuilder();
  builder.push(`${headerOf(state(0))}\n`);
  for (let at = 0; at < 70; at += 1) {
    const first = (at + 1) % 2;
    builder.push(`${stepOf(at, { patch: set(0, first), stateHash: hashes[first] ?? '' })}\n`);
  }
  const before = effort();
  expect(() => builder.finish()).toThrow('the closing line is missing');
  expect(effort() - before).toBeLessThan(2 * THOROUGH_DIGESTS.free);
  expect(builder.trace?.length).toBe(70);
});

it('counts what two states do not share', () => {
  const list = { x: Array.from({ length: 10_000 }, (_, at) => ({ at })), y: [1, 2] };
  const first = freeze(applyPatches(freeze(list), [set(0, 1)]));
  const wide = freeze(applyPatches(first, [set(0, 2)]));
  const other = freeze(applyPatches(wide, [[{ kind: 'changed', path: ['y'], value: [1, 3, 4] }]]));
  const changed = freeze(applyPatches(wide, [set(9_000, 2)]));
  expect(countUnshared(wide, changed, 10_000)).toBeLessThan(100);
  expect(countUnshared(wide, wide, 100)).toBe(0);
  expect(countUnshared(wide, other, 100)).toBe(5);
  expect(countUnshared(null, wide, 100)).toBeGreaterThan(100);
  const copied = freeze({ x: Tuple.from(Array.from({ length: 10_000 }, () => 0)) });
  expect(countUnshared(wide, copied, 1_000_000)).toBe(10_001);
});
