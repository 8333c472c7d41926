import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { book, crash, paid, traceOf } from '../test-helpers/test-desk.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { toChromeTrace } from './chrome.ts';
import { fromItf, ItfError, toItf } from './itf.ts';

function read(lines: readonly string[]): Trace {
  const builder = new TraceBuilder();
  builder.push(lines.map((line) => `${line}\n`).join(''));
  builder.finish();
  if (!builder.trace) throw new Error('a finished trace has a header');
  return builder.trace;
}

const trace = traceOf([book('A'), book('B'), paid(1), ...crash(0)]);

/** A variable that a state does not have. */
const ABSENT = { '#unserializable': 'absent' };

describe('ITF', () => {
  it('brings back every state of an exported trace', () => {
    const again = read(fromItf(JSON.parse(JSON.stringify(toItf(trace))), 'desk'));
    expect(again.length).toBe(trace.length);
    for (let at = -1; at < trace.length; at += 1) {
      expect(again.stateAt(at)).toEqual(trace.stateAt(at));
    }
  });

  it('keeps keys that only later states have', () => {
    const lines = read(
      fromItf(
        {
          vars: ['n', 'later'],
          states: [
            { n: 1, later: ABSENT },
            { n: 1, later: 5 },
          ],
        },
        'm',
      ),
    );
    expect(lines.stateAt(-1)).toEqual({ n: 1 });
    expect(lines.stateAt(0)).toEqual({ n: 1, later: 5 });
    expect(toItf(lines)).toMatchObject({
      vars: ['n', 'later', 'mbt::actionTaken', 'mbt::nondetPicks'],
      states: [
        { n: 1, later: ABSENT },
        { n: 1, later: 5 },
      ],
    });
  });

  it('reads what Quint writes, and names the actions', () => {
    const quint = {
      '#meta': { format: 'ITF', description: 'bank.qnt' },
      vars: ['balances', 'log', 'mbt::actionTaken'],
      states: [
        {
          '#meta': { index: 0 },
          balances: { '#map': [['alice', { '#bigint': '0' }]] },
          log: { '#set': [] },
          'mbt::actionTaken': 'init',
        },
        {
          '#meta': { index: 1 },
          balances: { '#map': [['alice', { '#bigint': '10' }]] },
          log: { '#set': [{ '#tup': ['alice', { '#bigint': '10' }] }] },
          'mbt::actionTaken': 'deposit',
        },
      ],
    };
    const read1 = read(fromItf(quint, 'bank'));
    expect(read1.step(0).operation).toEqual({ kind: 'normal', input: { kind: 'deposit' } });
    expect(read1.stateAt(0)).toEqual({
      balances: new Map([['alice', 10n]]),
      log: new Set([['alice', 10n]]),
    });
  });

  it.each([
    [{}, 'not an ITF document: vars'],
    [{ vars: ['x'], states: [{}] }, 'state 0 has no variable "x"'],
    [{ vars: ['x'], states: [{ x: { '#cube': 1 } }] }, 'state 0, x: unknown tag "#cube"'],
    [
      { vars: ['x'], states: [{ x: [{ '#bigint': 1 }] }] },
      'state 0, x[0]: "#bigint" has invalid content',
    ],
  ])('refuses %j with the place', (json, message) => {
    expect(() => fromItf(json, 'bad')).toThrow(ItfError);
    expect(() => fromItf(json, 'bad')).toThrow(message);
  });

  it('refuses any other JSON with an ItfError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => fromItf(json, 'any')).toThrow(ItfError);
      }),
    );
  });
});

describe('Chrome trace events', () => {
  const { traceEvents } = JSON.parse([...toChromeTrace(trace)].join(''));
  const named = (ph: string) =>
    traceEvents
      .filter((event: { ph: string }) => event.ph === ph)
      .map(({ name }: { name: string }) => name);

  it('has a slice for each step, and an instant for crash and restore', () => {
    expect(named('X')).toHaveLength(trace.length);
    expect(named('i')).toEqual(expect.arrayContaining(['crash', 'restore']));
  });

  it('begins and ends each tracked action, with a flow to its completion', () => {
    expect(named('b')).toHaveLength(trace.spans.length);
    expect(named('e')).toHaveLength(trace.spans.length);
    const completed = trace.spans.filter(({ ended }) => ended?.how === 'completed');
    expect(named('s')).toHaveLength(completed.length);
    expect(named('f')).toHaveLength(completed.length);
  });
});
