import { describe, expect, it } from 'vitest';
import { driveToEnd } from '../engine/driving.ts';
import { startRun } from '../engine/run.ts';
import {
  ACTION_CHARS_MAX,
  BLANK_LINES_MAX,
  PROPERTIES_MAX,
  STEP_ACTIONS_MAX,
  VALUE_LEVELS_MAX,
} from '../limits.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { resealed } from '../test-helpers/test-states.ts';
import { TraceRecorder } from './recorder.ts';
import { TraceBuilder } from './trace-builder.ts';
import type { Trace } from './trace.ts';

/** The lines of a run of forty operations. */
const LINES = record();

function record(): readonly string[] {
  const machine = adder();
  const settings = { scenario: adderScenario, seed: 3n, operationsMax: 40 };
  const run = startRun(machine, { ...settings, faults: FAULT_PROFILES.none });
  const recorder = new TraceRecorder(machine, run, {
    ...settings,
    scenario: 'adder',
    faults: 'none',
  });
  const lines = [recorder.header()];
  void driveToEnd(run, { observe: (step) => lines.push(recorder.step(step)) });
  return [...lines, recorder.end()];
}

interface Read {
  readonly trace: Trace | undefined;
  /** What is wrong; absent for a trace that was read whole. */
  readonly problem?: string;
}

function read(lines: readonly string[]): Read {
  const builder = new TraceBuilder();
  try {
    builder.push(`${lines.join('\n')}\n`);
    builder.finish();
    return { trace: builder.trace };
  } catch (error) {
    return { trace: builder.trace, problem: (error as Error).message };
  }
}

/** Changes the JSON of a line, and the digest on the closing line with it. */
function withLine(at: number, change: object): readonly string[] {
  const line = JSON.stringify({ ...(JSON.parse(LINES[at] ?? '') as object), ...change });
  return resealed(LINES.with(at, line).join('\n')).trimEnd().split('\n');
}

/** A line in the middle whose step changes the state. */
const CHANGING = LINES.findIndex((line, at) => at > 10 && line.includes('"stateHash"'));

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('the digest on the closing line', () => {
  it('opens a trace that is unchanged', () => {
    expect(read(LINES).problem).toBeUndefined();
    expect(read(LINES.map((line) => `${line}\r`)).problem).toBeUndefined();
  });

  it('shows that an input was changed, which no digest of a state covers', () => {
    const at = LINES.findIndex((line) => line.includes('"outcome":{"kind":"err"'));
    const changed = LINES[at]?.replace('"kind":"err"', '"kind":"err" ') ?? '';
    const { trace, problem } = read(LINES.with(at, changed));
    expect(problem).toContain(`Line ${LINES.length}: digest: the lines were changed or damaged`);
    expect(trace?.length).toBe(LINES.length - 2);
    expect(trace?.end).toBeUndefined();
  });

  it('covers the counts of the closing line itself', () => {
    const end = LINES.at(-1)?.replace(/"operations":\d+/, '"operations":7') ?? '';
    expect(read([...LINES.slice(0, -1), end]).problem).toContain('digest: ');
  });
});

describe('the digests of states', () => {
  it('show the step whose patch was changed, and leave open what was before it', () => {
    const changed = LINES[CHANGING]?.replace(/(\["changed",\["total"\],)(\d+)/, '$199') ?? '';
    expect(changed).not.toBe(LINES[CHANGING]);
    const { trace, problem } = read(LINES.with(CHANGING, changed));
    expect(problem).toContain(`Line ${CHANGING + 1}: stateHash: the state after the step has`);
    expect(trace?.length).toBe(CHANGING - 1);
    expect(trace?.findings.every(({ stepIndex }) => stepIndex < CHANGING - 1)).toBe(true);
  });

  it('show it also in a trace that was cut short', () => {
    const changed = LINES[CHANGING]?.replace(/(\["changed",\["total"\],)(\d+)/, '$199') ?? '';
    const { problem } = read(LINES.with(CHANGING, changed).slice(0, -1));
    expect(problem).toContain(`Line ${CHANGING + 1}: stateHash: `);
  });

  it('show an initial state that was changed', () => {
    const { problem } = read(withLine(0, { initialState: { total: 777 } }));
    expect(problem).toContain('Line 1: initialHash: the initial state has the digest');
  });
});

describe('what a step holds', () => {
  it.each([
    ['attempted', [['changed', ['nowhere', 'x'], 1]], 'The patch does not fit: nowhere'],
    ['recovered', ['nobody knows it'], 'recovered: "nobody knows it" is not one of the invariants'],
    [
      'findings',
      [{ kind: 'invariant', name: 'nobody knows it', message: 'no' }],
      'findings: "nobody knows it" is not one of the invariants',
    ],
    ['lost', [{ kind: 'untracked', action: 1 }], 'actions are lost in a crash alone'],
    ['checkpoint', 1, 'the checkpoint differs from the state'],
    [
      'lost',
      Array.from({ length: STEP_ACTIONS_MAX + 1 }, () => ({ kind: 'untracked', action: 1 })),
      'lost: a step has at most 10 000 actions',
    ],
    [
      'operation',
      { kind: 'loss', id: 1, result: nested(VALUE_LEVELS_MAX + 1) },
      'operation.result: the value is nested more than 400 levels deep',
    ],
    ['operation', nested(1_700), 'brackets lie more than 1616 levels deep in each other'],
  ])('is checked where it is read: %s', (field, content, message) => {
    const { trace, problem } = read(withLine(5, { [field]: content }));
    expect(problem).toContain('Line 6: ');
    expect(problem).toContain(message);
    expect(trace?.length).toBe(4);
  });

  it.each([
    ['discarded', [{ kind: 'untracked', action: 1 }]],
    ['attempted', [['changed', ['total'], 1]]],
  ])('is refused when a step that succeeded has %s', (field, content) => {
    const { problem } = read(withLine(CHANGING, { [field]: content }));
    expect(problem).toContain(`Line ${CHANGING + 1}: ${field}: a step that succeeded`);
  });

  it('is refused when its closing line counts more operations than steps', () => {
    const last = LINES.length - 1;
    const changed = LINES[last]?.replace(/"operations":\d+/, '"operations":999999') ?? '';
    expect(changed).not.toBe(LINES[last]);
    const { problem } = read(LINES.with(last, changed));
    expect(problem).toContain('the closing line says 999 999 operations in');
  });

  it('is refused when a number would be rounded', () => {
    const line = LINES[5]?.replace('{', '{"x":[9007199254740993],') ?? '';
    const { trace, problem } = read(LINES.with(5, line));
    expect(problem).toBe(
      'Line 6: the number 9007199254740993 at x.0 does not fit a 64-bit float (it would become ' +
        '9007199254740992): write it as {"$bigint":"9007199254740993"}',
    );
    expect(trace?.length).toBe(4);
  });

  it('is refused when an action is too large', () => {
    const action = { kind: 'untracked', action: 'x'.repeat(ACTION_CHARS_MAX) };
    const { problem } = read(withLine(5, { discarded: [action] }));
    expect(problem).toContain(
      'Line 6: discarded.0: an action has at most 4 194 304 characters, and this one 4 194 306.',
    );
  });

  it.each(['tallies', 'sometimes'])('may name at most 10 000 %s', (field) => {
    const names = Array.from({ length: PROPERTIES_MAX + 1 }, (_, at) => [`n${at}`, true]);
    const { end } = JSON.parse(LINES.at(-1) ?? '') as { readonly end: object };
    const line = { end: { ...end, [field]: Object.fromEntries(names) } };
    const { problem } = read(withLine(LINES.length - 1, line));
    expect(problem).toContain(`end.${field}`);
  });

  it('must not make the state deeper, change by change, than a value may be', () => {
    const path = Array.from({ length: 300 }, () => 0);
    const { problem } = read(withLine(5, { patch: [['changed', path, nested(101)]] }));
    expect(problem).toContain('Line 6: patch.0: the value is nested more than 400 levels deep');
  });
});

describe('limits', () => {
  it('end the reading of a file of blank lines', () => {
    const { problem } = read([
      LINES[0] ?? '',
      ...Array.from({ length: BLANK_LINES_MAX + 1 }, () => ''),
    ]);
    expect(problem).toBe(
      `Line ${BLANK_LINES_MAX + 2}: a trace has at most 1 000 lines without content here`,
    );
  });

  it('say of a machine whose state is too deep what to do', () => {
    const machine = { ...adder(), initialState: () => nested(VALUE_LEVELS_MAX + 1) as never };
    expect(() =>
      startRun(machine, {
        scenario: adderScenario,
        seed: 1n,
        operationsMax: 1,
        faults: FAULT_PROFILES.none,
      }),
    ).toThrow('nested more than 400 levels deep, which no trace can hold');
  });
});
