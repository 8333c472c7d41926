import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../machine/operation.ts';
import {
  book,
  crash,
  desk,
  doubled,
  extend,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../test-helpers/test-desk.ts';
import { alignTraces } from './alignment.ts';
import { formatHeader } from './format.ts';
import { TraceBuilder } from './trace-builder.ts';
import type { Trace } from './trace.ts';

const RUN: readonly Operation[] = [
  book('Room 1'),
  paid(1),
  book('Room 2'),
  nothing,
  paid(2),
  extend('Room 1'),
];
const run = traceOf(RUN);

/** "both 0 0 4", "onlyB 4 4 2". */
const brief = (a: Trace, b: Trace) =>
  alignTraces(a, b).stretches.map(({ kind, ...at }) => `${kind} ${at.a} ${at.b} ${at.length}`);

describe('two runs side by side', () => {
  it('are one stretch when they are the same', () => {
    expect(brief(run, traceOf(RUN))).toEqual(['both 0 0 6']);
    expect([...alignTraces(run, traceOf(RUN)).pairs()]).toEqual([]);
  });

  it('stand beside each other around what only one of them has', () => {
    const other = traceOf(RUN.toSpliced(3, 1, ...crash(0), doubled(1)));
    expect(brief(run, other)).toEqual(['both 0 0 3', 'onlyA 3 3 1', 'onlyB 4 3 3', 'both 4 6 2']);
  });

  it('differ where the same request went otherwise', () => {
    const refused = withFault(RUN[2] as Operation, { kind: 'actionRefused', action: 0 });
    const other = traceOf(RUN.with(2, refused));
    expect(brief(run, other)).toEqual(['both 0 0 6']);
    const pairs = [...alignTraces(run, other).pairs()];
    expect(pairs[0]).toMatchObject({ a: 2, b: 2 });
    expect(pairs[0]?.parts).toContain('actions');
    // The steps before are the same, and so is what did nothing in both.
    expect(pairs.some(({ a }) => a < 2 || a === 3)).toBe(false);
  });

  it('cover each run once and in order, and align nothing that differs', () => {
    const operation = fc.constantFrom(...RUN, ...crash(0));
    const machine: typeof desk = { ...desk, invariants: {} };
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 12 }),
        fc.array(operation, { maxLength: 12 }),
        (one, other) => {
          const [a, b] = [traceOf(one, 'none', machine), traceOf(other, 'none', machine)];
          let [nextA, nextB] = [0, 0];
          for (const stretch of alignTraces(a, b).stretches) {
            expect([stretch.a, stretch.b]).toEqual([nextA, nextB]);
            for (let at = 0; stretch.kind === 'both' && at < stretch.length; at += 1) {
              expect(a.step(nextA + at).operation).toEqual(b.step(nextB + at).operation);
            }
            if (stretch.kind !== 'onlyB') nextA += stretch.length;
            if (stretch.kind !== 'onlyA') nextB += stretch.length;
          }
          expect([nextA, nextB]).toEqual([a.length, b.length]);
        },
      ),
    );
  });

  it('are compared by what their lines say, in whatever order', () => {
    const builder = new TraceBuilder();
    const { header, length } = run;
    const lines = run.lines(0, length).map((line, at) => {
      const { step, ...rest } = JSON.parse(line) as { step: number; outcome: object };
      return JSON.stringify(
        at === 3 ? { outcome: { kind: 'crashed' }, ...omit(rest), step } : { ...rest, step },
      );
    });
    builder.push([formatHeader(header), ...lines, ''].join('\n'));
    const other = builder.trace as Trace;
    const pairs = [...alignTraces(run, other).pairs()];
    expect(pairs.map(({ a }) => a)).toEqual([3]);
  });
});

function omit({ outcome: _, ...rest }: { readonly outcome: object }): object {
  return rest;
}
