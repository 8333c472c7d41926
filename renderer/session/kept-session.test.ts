import { describe, expect, it } from 'vitest';
import { mutationsOf } from '../../core/test-helpers/mutations.ts';
import { EMPTY_REPORT } from '../../core/test-helpers/test-report.ts';
import { readSession } from './kept-session.ts';

const machine = { kind: 'sample', name: 'desk' };
const settings = { scenario: 'rush-hour', seed: '7', operationsMax: 60, faults: 'none' };
const failure = { kind: 'invariant', name: 'a', message: 'b', signature: '["a"]' };
const curve = {
  status: 'completed',
  points: [{ from: 0, runs: 10, failed: 1, share: 0.1, low: 0, high: 0.4 }],
  runs: 10,
};

const report = {
  ...EMPTY_REPORT,
  count: 2,
  seeds: 2,
  groups: [
    {
      ...failure,
      count: 1,
      seed: '1',
      failing: ['1'],
      stepIndex: 4,
      operations: 3,
      shape: 'input Ask',
      about: ['ticket', { number: 3 }],
    },
  ],
  sometimes: [{ name: 'full', reached: true, seeds: 1 }],
  shards: [{ index: 1, total: 1, isCancelled: false }],
};

/** A session as this version keeps it, with everything in it. */
const SESSION = {
  runs: {
    runs: [
      {
        id: 'run-file',
        origin: { kind: 'file', path: '/desk.jsonl' },
        isRerun: false,
        isHeldBack: false,
      },
      {
        id: 'run-seed',
        origin: { kind: 'machine', machine, settings },
        name: 'the first',
        status: 'completed',
        isRerun: false,
        isHeldBack: false,
        failures: [failure, { ...failure, kind: 'rule' }],
        verified: { kind: 'agrees' },
        answersOf: 'abc',
        answers: {
          explanation: {
            cause: { signature: 's', stepIndex: 4 },
            status: 'completed',
            needs: [[0], [1]],
            made: 2,
            of: 2,
          },
          crashes: {
            status: 'completed',
            steps: 4,
            findings: [{ kind: 'rule', name: 'n', message: 'm' }],
            verdicts: [[0, -1, 0, 0]],
          },
          doom: { ...curve, cause: { signature: 's', stepIndex: 4 } },
        },
      },
      {
        id: 'run-shrunk',
        origin: {
          kind: 'shrunk',
          machine: { kind: 'file', path: '/desk.ts' },
          settings,
          signature: '["a"]',
        },
        status: 'failed',
        problem: { title: 'It failed.', remedy: 'Try again.' },
        isRerun: true,
        change: { beforeId: 'run-seed', stepIndex: 2 },
        isHeldBack: true,
        isEmpty: true,
      },
      {
        id: 'run-fork',
        origin: { kind: 'fork', machine, settings, parentId: 'run-seed', fork: '{}' },
        status: 'cancelled',
        isRerun: false,
        remakes: 'run-seed',
        isHeldBack: false,
        isPastExecuted: true,
      },
    ],
    runId: 'run-seed',
    shown: 'run',
    isRunOnSave: false,
  },
  sweeps: {
    draft: { by: 'count', count: '200', time: '1m', from: '0', hasCoverage: true },
    sweeps: [
      {
        id: 'sweep-1',
        machine,
        settings: { scenario: 'rush-hour', operationsMax: 60, faults: 'none', from: '0', count: 2 },
        status: 'completed',
        report,
        source: { texts: [{ path: 'desk.ts', text: 'let x;' }], sourceHash: 'abc' },
      },
      {
        id: 'sweep-2',
        machine,
        settings: { scenario: 'rush-hour', operationsMax: 60, faults: 'none', from: '0', count: 2 },
        status: 'cancelled',
        report,
      },
    ],
    sweepId: 'sweep-1',
  },
};
const WHOLE = readSession(JSON.stringify(SESSION));

describe('a session', () => {
  it('is read whole', () => {
    const { lost, unknown, ...kept } = WHOLE;
    expect({ lost, unknown }).toEqual({ lost: [], unknown: [] });
    expect(kept).toEqual(SESSION);
  });

  it.each([
    ['is cut', JSON.stringify(SESSION).slice(0, 300)],
    ['is empty', ''],
    ['is a list', '[]'],
    ['is nothing', 'null'],
    ['is deeper than any', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('of which the file %s is lost as a whole, and that is said', (_, text) => {
    const { runs, lost } = readSession(text);
    expect(runs.runs).toEqual([]);
    expect(lost[0]).toContain('all of it');
  });

  it('names what cannot be read, by what a person knows it by', () => {
    const [file, seed, ...others] = SESSION.runs.runs;
    const runs = [
      { ...file, status: 'paused' },
      { ...seed, origin: { ...seed?.origin, kind: 'dream' } },
      ...others,
    ];
    const reading = readSession(JSON.stringify({ ...SESSION, runs: { ...SESSION.runs, runs } }));
    expect(reading.lost).toEqual(['"status" of the run of /desk.jsonl', 'the run "the first"']);
    expect(reading.runs.runs.map(({ id }) => id)).toEqual(['run-file', 'run-shrunk', 'run-fork']);
  });

  it('does not execute a run again of which it cannot read how it was: its trace would be written over', () => {
    const runs = [{ ...SESSION.runs.runs[1], status: 'paused' }];
    expect(readSession(JSON.stringify({ runs: { runs } })).runs.runs).toMatchObject([
      { id: 'run-seed', status: 'completed' },
    ]);
  });

  it('names what only a newer version knows', () => {
    const [file] = SESSION.runs.runs;
    const runs = [{ ...file, pinned: true, origin: { ...file?.origin, part: 2 } }];
    const { unknown } = readSession(JSON.stringify({ runs: { runs }, version: 9 }));
    expect(unknown).toEqual(['runs.runs[].origin.part', 'runs.runs[].pinned', 'version']);
  });

  it('of an earlier version, which kept the cursors with the runs, is read whole', () => {
    const runs = [{ ...SESSION.runs.runs[0], cursor: 2, isCursorTouched: true }];
    const { lost, unknown } = readSession(JSON.stringify({ runs: { runs }, parts: {} }));
    expect([...lost, ...unknown]).toEqual([]);
  });
});

/** The members without which a run is none. */
const NEEDED = ['id', 'origin'];

/** What must be as it was whatever was changed elsewhere, by the list that was changed. */
function othersOf(list: readonly { readonly id: string }[], changedAt: unknown) {
  return list.filter((_, index) => index !== changedAt).map(({ id }) => id);
}

describe('a session of which one place is changed', () => {
  // The second sweep has the report of the first one.
  const mutations = [...mutationsOf(SESSION)].filter(({ at }) => at[2] !== 1 || at[4] !== 'report');

  it('keeps every entry that can be read, and says what is lost', () => {
    for (const { at, what, text } of mutations) {
      const place = `${at.join('.')}: ${what}`;
      const reading = readSession(text);
      const [top, list, index, member] = at;
      const isOneRun = top === 'runs' && list === 'runs' && index !== undefined;
      const isOneSweep = top === 'sweeps' && list === 'sweeps' && index !== undefined;
      const [runs, sweeps] = [reading.runs.runs, reading.sweeps.sweeps];
      const isOfRuns =
        at.length === 0 || (top === 'runs' && (list === undefined || list === 'runs'));
      const isOfSweeps =
        at.length === 0 || (top === 'sweeps' && (list === undefined || list === 'sweeps'));
      if (isOneRun || !isOfRuns) {
        const others = othersOf(WHOLE.runs.runs, isOneRun ? index : undefined);
        const found = runs.filter(({ id }) => others.includes(id));
        const expected = WHOLE.runs.runs.filter(({ id }) => others.includes(id));
        expect(found, place).toEqual(expected);
      }
      if (isOneSweep || !isOfSweeps) {
        const others = othersOf(WHOLE.sweeps.sweeps, isOneSweep ? index : undefined);
        expect(
          sweeps.map(({ id }) => id),
          place,
        ).toEqual(expect.arrayContaining(others));
      }
      if (isOneRun && typeof member === 'string' && !NEEDED.includes(member)) {
        expect(
          runs.map(({ id }) => id),
          place,
        ).toEqual(WHOLE.runs.runs.map(({ id }) => id));
      }
      const isLess =
        runs.length < WHOLE.runs.runs.length || sweeps.length < WHOLE.sweeps.sweeps.length;
      // An empty list may have been kept.
      const isEmpty = what === 'missing' || (at.length === 2 && what === 'list');
      if (isLess && !isEmpty) expect(reading.lost, place).not.toEqual([]);
      // What was read can be kept again, and what a newer version has added is kept or named.
      const keptAgain = JSON.stringify(reading);
      if (what === 'one more' && reading.lost.length === 0) {
        expect(keptAgain, place).toContain('fromTheFuture');
      }
    }
    expect(mutations.length).toBeGreaterThan(1_000);
  });
});
