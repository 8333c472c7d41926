import fc from 'fast-check';
import { expect, it } from 'vitest';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { valueAt } from '../../value/container.ts';
import type { Path } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import type { Trace } from '../trace.ts';
import { PhaseWalk, phasesIn } from './phase-walk.ts';
import { phasedKinds } from './phases.ts';
import { recordsOf } from './record-touches.ts';

const status = fc.constantFrom('open', 'paid', 'gone');
const PLAIN = { noNullPrototype: true };
const item = fc.record(
  {
    id: fc.integer({ min: 1, max: 4 }),
    status,
    step: fc.oneof(fc.record({ kind: status, at: fc.nat(3) }, PLAIN), status, fc.nat(3)),
  },
  PLAIN,
);
/** A list, a Map and an object of records, whose items come, go, move and change. */
const state = fc.record(
  {
    jobs: fc.uniqueArray(item, { maxLength: 4, selector: ({ id }) => id }),
    orders: fc
      .array(fc.tuple(fc.nat(3), item), { maxLength: 4 })
      .map((entries) => new Map(entries)),
    desks: fc.dictionary(fc.constantFrom('a', 'b'), item, PLAIN),
  },
  PLAIN,
) as fc.Arbitrary<Value>;

/** The changes of phases as the states before and after a step tell them. */
function byStates(trace: Trace, stepIndex: number): readonly string[] {
  const records = recordsOf(trace);
  return records.writtenBy(stepIndex).flatMap(({ record, before, after }) => {
    const kind = records.kindOf(record);
    const at = (path: Path | undefined, step: number) => {
      const found = path && valueAt(trace.stateAt(step), path);
      return kind && found?.found ? phasesIn(kind, found.value) : new Map<string, string>();
    };
    const [was, is] = [at(before, stepIndex - 1), at(after, stepIndex)];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((field) =>
      was.get(field) === is.get(field)
        ? []
        : [`${record.kind}.${field} ${was.get(field) ?? ''}>${is.get(field) ?? ''}`],
    );
  });
}

it('patches tell the same changes of phases as states', () => {
  fc.assert(
    fc.property(fc.array(state, { minLength: 2, maxLength: 6 }), ([first, ...states]) => {
      const trace = traceOfStates(first, states);
      const walk = new PhaseWalk(phasedKinds(trace), trace.header.initialState);
      for (const stepIndex of trace.changedSteps) {
        const told = walk
          .advance({
            patch: trace.patchAt(stepIndex),
            before: () => trace.stateAt(stepIndex - 1),
            after: () => trace.stateAt(stepIndex),
          })
          .map(({ kind, field, from, to }) => `${kind}.${field} ${from ?? ''}>${to ?? ''}`);
        expect(told.toSorted()).toEqual(byStates(trace, stepIndex).toSorted());
      }
    }),
  );
});
