import fc from 'fast-check';
import { expect, it } from 'vitest';
import { values } from '../test-helpers/test-values.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import { encodeValue } from '../value/encoding.ts';
import { sameValue } from '../value/same-value.ts';
import type { Value } from '../value/value.ts';
import { ServiceLogError, ServiceLogReader } from './service-log.ts';

/** The trace that a log becomes. */
function traceOf(lines: readonly unknown[]) {
  const reader = new ServiceLogReader();
  const builder = new TraceBuilder();
  for (const line of lines) builder.addLine(reader.read(JSON.stringify(line)));
  builder.addLine(reader.close());
  if (!builder.trace) throw new Error('a log has a first line');
  return builder.trace;
}

const head = (state: Value) => ({ 'phasmoscope-log': 1, service: 's', state: encodeValue(state) });

it('gives every state back that was logged', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 6 }), ([first, ...states]) => {
      const steps = states.map((state, at) => ({ input: at, state: encodeValue(state) }));
      const trace = traceOf([head(first), ...steps]);
      for (const [at, state] of [first, ...states].entries()) {
        // As elsewhere, the order of the fields of an object is no part of its value.
        expect(sameValue(trace.stateAt(at - 1), state)).toBe(true);
      }
    }),
  );
});

it('keeps integers of any length, and leaves texts alone', () => {
  const reader = new ServiceLogReader();
  const line = `{"phasmoscope-log":1,"service":"s","state":[9007199254740993,-18446744073709551616,
    1234567890123456, 0.1234567890123456, "9007199254740993", "\\"9007199254740993"]}`;
  expect(JSON.parse(reader.read(line)).initialState).toEqual([
    { $bigint: '9007199254740993' },
    { $bigint: '-18446744073709551616' },
    1234567890123456,
    0.1234567890123456,
    '9007199254740993',
    '"9007199254740993',
  ]);
});

it.each([
  ['no JSON', '{', 'it is not JSON'],
  ['no input', '{"state":1}', 'either "input" or "completed"'],
  ['both', '{"input":1,"completed":1,"result":2}', 'either "input" or "completed"'],
  ['no result', '{"completed":1}', '"result" is missing'],
  ['a wrong id', '{"completed":[],"result":2}', 'must be a number or a string'],
  ['an action without its content', '{"input":1,"emitted":[{"id":1}]}', '"action" is missing'],
  ['another key', '{"input":1,"sate":1}', 'sate'],
])('refuses a step with %s', (_, line, problem) => {
  const reader = new ServiceLogReader();
  reader.read(JSON.stringify(head(0)));
  expect(() => reader.read(line)).toThrow(ServiceLogError);
  expect(() => reader.read(line)).toThrow(problem);
});
