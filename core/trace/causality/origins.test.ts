import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaySource } from '../../engine/replay.ts';
import { Run } from '../../engine/run.ts';
import { defineMachine, ok, type AnyMachine, type MachineTypes } from '../../machine/machine.ts';
import type { Operation } from '../../machine/operation.ts';
import { formatPath, type Path } from '../../value/path.ts';
import { findOrigin, ORIGIN } from '../questions/origin-question.ts';
import { TraceRecorder } from '../recorder.ts';
import { TraceBuilder } from '../trace-builder.ts';
import type { Trace } from '../trace.ts';
import { traceOrigin, type OriginHop } from './origins.ts';

interface Shelf extends MachineTypes {
  State: {
    slots: Map<string, { held: string }>;
    list: { id: number; held: string }[];
    total: number;
    count: number;
  };
  Input:
    | { kind: 'put'; slot: string; thing: string }
    | { kind: 'move'; from: string; to: string }
    | { kind: 'push'; from: string }
    | { kind: 'take'; to: string }
    | { kind: 'add'; cents: number }
    | { kind: 'ask'; thing: string };
  Id: number;
  Tracked: { kind: 'Fetch'; thing: string };
  Untracked: never;
  Result: { kind: 'Fetched'; label: string };
  Rejection: never;
}

const shelf = defineMachine<Shelf>({
  name: 'shelf',
  description: 'Moves things.',
  initialState: () => ({
    slots: new Map([['start', { held: 'an old vase' }]]),
    list: [],
    total: 0,
    count: 0,
  }),
  stf(state, input, actions) {
    if (input.kind === 'trackedActionCompleted') {
      const { result } = input;
      state.update((draft) => {
        draft.slots.set(`label ${input.id}`, { held: result.label });
      });
      return ok();
    }
    const asked = input.input;
    if (asked.kind === 'ask')
      actions.tracked(state.current.count, { kind: 'Fetch', thing: asked.thing });
    state.update((draft) => {
      const held = (slot: string) => draft.slots.get(slot)?.held ?? 'nothing at all';
      draft.count += 1;
      if (asked.kind === 'put') draft.slots.set(asked.slot, { held: asked.thing });
      if (asked.kind === 'move') draft.slots.set(asked.to, { held: held(asked.from) });
      if (asked.kind === 'push') draft.list.unshift({ id: draft.count, held: held(asked.from) });
      if (asked.kind === 'take') {
        const last = draft.list.pop();
        if (last) draft.slots.set(asked.to, { held: last.held });
      }
      if (asked.kind === 'add') draft.total += asked.cents;
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});

function traceOf(operations: readonly Operation[]): Trace {
  const run = new Run(shelf as AnyMachine, replaySource(operations));
  const label = { scenario: 'list', seed: 0n, operationsMax: operations.length, faults: 'none' };
  const recorder = new TraceRecorder(shelf as AnyMachine, run, label);
  const builder = new TraceBuilder();
  builder.push(`${recorder.header()}\n`);
  void run.advance(operations.length, (step) => builder.push(`${recorder.step(step)}\n`));
  if (!builder.trace) throw new Error('no trace');
  return builder.trace;
}

const inputs = (all: readonly Shelf['Input'][]): readonly Operation[] =>
  all.map((input) => ({ kind: 'normal', input }));

function hopsOf(trace: Trace, path: Path, at = trace.length - 1): readonly OriginHop[] {
  return [...traceOrigin(trace, path, at)].filter((hop) => hop !== undefined);
}

const held = (slot: string): Path => ['slots', { mapKey: slot }, 'held'];

function textOf({ stepIndex, place, source }: OriginHop): string {
  const from =
    source.kind === 'taken' ? `${source.from.in} ${formatPath(source.from.path)}` : source.kind;
  return `${stepIndex} ${place.in} ${formatPath(place.path)} < ${from}`;
}

describe('the origin of a value', () => {
  it('is the input, through the slots and the list that it went through', () => {
    const trace = traceOf(
      inputs([
        { kind: 'put', slot: 'a', thing: 'a blue lamp' },
        { kind: 'put', slot: 'b', thing: 'a red chair' },
        { kind: 'move', from: 'a', to: 'c' },
        { kind: 'push', from: 'c' },
        { kind: 'push', from: 'b' },
        { kind: 'put', slot: 'c', thing: 'something else' },
        { kind: 'take', to: 'd' },
      ]),
    );
    const hops = hopsOf(trace, held('d'));
    expect(hops.map(({ stepIndex }) => stepIndex)).toEqual([6, 3, 2, 0]);
    expect(textOf(hops.at(-1) as OriginHop)).toBe('0 state slots["a"].held < input thing');
  });

  it('is the initial state, for what was there from the start', () => {
    const trace = traceOf(inputs([{ kind: 'move', from: 'start', to: 'a' }]));
    expect(hopsOf(trace, held('a')).map(textOf)).toEqual([
      '0 state slots["a"].held < state slots["start"].held',
      '-1 state slots["start"].held < initial',
    ]);
  });

  it('is the input behind the action whose result brought it back', () => {
    const trace = traceOf([
      ...inputs([{ kind: 'ask', thing: 'a tall mirror' }]),
      {
        kind: 'trackedActionCompleted',
        id: 0,
        result: { kind: 'Fetched', label: 'a new label' },
      },
      ...inputs([{ kind: 'move', from: 'label 0', to: 'z' }]),
    ]);
    expect(hopsOf(trace, held('z')).map(textOf)).toEqual([
      '2 state slots["z"].held < state slots["label 0"].held',
      '1 state slots["label 0"].held < result label',
    ]);
  });

  it('is its earlier value and what was added, as a guess', () => {
    const trace = traceOf(
      inputs([
        { kind: 'add', cents: 250 },
        { kind: 'add', cents: 125 },
      ]),
    );
    const [sum] = hopsOf(trace, ['total']);
    expect(sum).toMatchObject({
      stepIndex: 1,
      isGuess: true,
      source: { kind: 'computed', from: ['total'], by: { in: 'input', path: ['cents'] } },
    });
    const [count] = hopsOf(trace, ['count']);
    expect(count?.source).toEqual({ kind: 'computed', from: ['count'] });
  });

  it('is a guess where several places hold the same', () => {
    const trace = traceOf(
      inputs([
        { kind: 'put', slot: 'a', thing: 'a stool' },
        { kind: 'put', slot: 'b', thing: 'a stool' },
        { kind: 'move', from: 'b', to: 'c' },
      ]),
    );
    expect(hopsOf(trace, held('c'))[0]?.isGuess).toBe(true);
    expect(hopsOf(trace, held('a'), 0)[0]?.isGuess).toBe(false);
  });

  it('is known of each part of what was put together', () => {
    const trace = traceOf(inputs([{ kind: 'put', slot: 'a', thing: 'a blue lamp' }]));
    const [made] = hopsOf(trace, ['slots', { mapKey: 'a' }]);
    expect(made?.source.kind).toBe('made');
    expect(made?.parts).toEqual([
      { path: held('a'), source: { kind: 'taken', from: { in: 'input', path: ['thing'] } } },
    ]);
  });

  it('travels between processes', () => {
    const trace = traceOf(inputs([{ kind: 'put', slot: 'a', thing: 'a blue lamp' }]));
    const asked = { kind: 'origin', path: held('a'), at: 0 } as const;
    const found = [...findOrigin(trace, asked)].filter((part) => part !== undefined);
    const decoded = found.map((part) => ORIGIN.found.parse(JSON.parse(JSON.stringify(part))).hop);
    expect(decoded).toEqual(hopsOf(trace, held('a')));
  });
});

const NAMES = ['a', 'b', 'c', 'd'] as const;
const slot = fc.constantFrom(...NAMES);

/** Moves of one thing among others that differ from it, and the steps that it went through. */
const journeys = fc
  .array(
    fc.record({
      isOwn: fc.boolean(),
      from: slot,
      to: slot,
      thing: fc.integer({ min: 100, max: 999 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((moves) => {
    const all: Shelf['Input'][] = [{ kind: 'put', slot: 'a', thing: 'the thing' }];
    let at: string = 'a';
    const through = [0];
    for (const { isOwn, from, to, thing } of moves) {
      if (isOwn && to !== at) {
        through.push(all.length);
        all.push({ kind: 'move', from: at, to });
        all.push({ kind: 'put', slot: at, thing: `other ${thing} ${all.length}` });
        at = to;
      } else if (!isOwn && from !== at) {
        all.push({ kind: 'put', slot: from, thing: `other ${thing} ${all.length}` });
      }
    }
    return { operations: inputs(all), at, through };
  });

describe('a value that was copied any number of times', () => {
  it('is followed through exactly these steps to its input', () => {
    fc.assert(
      fc.property(journeys, ({ operations, at, through }) => {
        const hops = hopsOf(traceOf(operations), held(at));
        expect(hops.map(({ stepIndex }) => stepIndex)).toEqual(through.toReversed());
        expect(hops.every(({ isGuess }) => !isGuess)).toBe(true);
        expect(hops.at(-1)?.source).toEqual({
          kind: 'taken',
          from: { in: 'input', path: ['thing'] },
        });
      }),
    );
  });
});
