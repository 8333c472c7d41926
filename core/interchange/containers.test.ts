import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import { exported, traceOfItf } from '../test-helpers/test-itf.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { sameValue, type Value } from '../value/value.ts';
import { fromItf } from './itf.ts';

/** A change of containers of objects, by the places of their entries in order. */
type Change =
  | { readonly kind: 'add'; readonly member: number; readonly isNested: boolean }
  | { readonly kind: 'delete' | 'again' | 'inside' | 'clear'; readonly at: number }
  | { readonly kind: 'swap'; readonly at: number; readonly to: number };

interface Boxes extends MachineTypes {
  State: {
    readonly set: Set<unknown>;
    readonly map: Map<unknown, { items: Set<unknown> }>;
    readonly list: { x: number }[];
  };
  Input: readonly Change[];
  Id: number;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: never;
}

const machine = defineMachine<Boxes>({
  name: 'boxes',
  description: 'Sets, Maps and lists of objects, which may have the same content.',
  initialState: () => ({ set: new Set(), map: new Map(), list: [] }),
  stf(state, input) {
    if (input.kind !== 'normal') return ok();
    state.update(({ set, map, list }) => {
      const nth = <Item>(items: Iterable<Item>, at: number): Item | undefined => [...items][at % 5];
      for (const change of input.input) {
        switch (change.kind) {
          case 'add': {
            const x = change.member;
            set.add({ x });
            map.set(change.isNested ? { x } : x, { items: new Set<unknown>([{ x }, x]) });
            list.splice(x, 0, { x });
            break;
          }
          case 'delete': {
            const member = nth(set, change.at);
            if (member) set.delete(member);
            map.delete(nth(map.keys(), change.at));
            list.splice(change.at, 1);
            break;
          }
          case 'again': {
            const member = nth(set, change.at);
            if (member) {
              set.delete(member);
              set.add(member);
            }
            const key = nth(map.keys(), change.at);
            const item = map.get(key);
            if (item) {
              map.delete(key);
              map.set(key, item);
            }
            break;
          }
          case 'inside': {
            map.get(nth(map.keys(), change.at))?.items.add({ x: change.at });
            const item = list[change.at];
            if (item) item.x += 1;
            break;
          }
          case 'clear':
            if (change.at === 0) set.clear();
            if (change.at === 1) map.clear();
            break;
          case 'swap': {
            const [one, other] = [list[change.at], list[change.to]];
            if (one && other) [list[change.at], list[change.to]] = [other, one];
            break;
          }
        }
      }
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
});

const place = fc.nat(4);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      member: fc.nat(3),
      isNested: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constantFrom('delete', 'again', 'inside', 'clear'), at: place }),
  fc.record({ kind: fc.constant('swap' as const), at: place, to: place }),
);

it('a trace, and its export, have every state as the machine had it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 10 }),
      (steps) => {
        const inputs = structuredClone(steps).map((input) => ({ kind: 'normal', input }) as const);
        const run = new Run(machine, replaySource(inputs));
        const label = { scenario: 'list', seed: 0n, operationsMax: steps.length, faults: 'none' };
        const recorder = new TraceRecorder(machine, run, label);
        const lines = [recorder.header()];
        const states: Value[] = [];
        void run.advance(steps.length, (step) => {
          lines.push(recorder.step(step));
          states.push(step.after as Value);
        });
        lines.push(recorder.end());
        const trace = traceOfItf(lines);
        const brought = traceOfItf(fromItf(exported(trace), 'boxes'));
        for (const [at, state] of states.entries()) {
          expect(sameValue(trace.stateAt(at), state)).toBe(true);
          expect(sameValue(brought.stateAt(at), state)).toBe(true);
        }
        // Backwards, no earlier state is at hand to build upon.
        const again = traceOfItf(lines);
        for (const at of [...states.keys()].toReversed()) {
          expect(sameValue(again.stateAt(at), states[at])).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});
