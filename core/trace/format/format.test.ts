import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmittedAction } from '../../machine/executed.ts';
import type { Finding } from '../../machine/finding.ts';
import type { RecordKind } from '../../machine/records.ts';
import { anyStep } from '../../test-helpers/any-step.ts';
import { Table } from '../../value/table.ts';
import { differingParts } from '../compare/differing-parts.ts';
import {
  formatEnd,
  formatHeader,
  formatStep,
  stepWith,
  parseLine,
  STEP_PARTS,
  type Step,
  type StepPart,
} from './format.ts';
import type { TraceHeader } from './header.ts';
import { TRACE_VERSION } from './upgrades.ts';

const HASH = '0123456789abcdef0123456789abcdef';

const QUIET: Step = stepWith({ stepIndex: 0, operation: { kind: 'normal', input: null } });

function readStep(text: string): Step {
  const line = parseLine(text);
  if (line.kind !== 'step') throw new Error(`a step was written, and a ${line.kind} was read`);
  return line.step;
}

/** One step of each kind, with every part and every form of it somewhere. */
const STEPS: Readonly<Record<string, Partial<Step>>> = {
  'an input that changed the state': {
    operation: {
      kind: 'normal',
      input: { kind: 'Book', at: 12n },
      externalFailures: [true, false],
    },
    actions: [
      { kind: 'tracked', id: 7n, action: { kind: 'Hold' } },
      { kind: 'untracked', action: new Set(['Mail']) },
    ],
    patch: [
      { kind: 'changed', path: ['next'], value: -0 },
      { kind: 'added', path: ['rooms', { mapKey: 'A' }], value: new Map([['nights', 1]]) },
      { kind: 'removed', path: ['rooms', { mapKey: 3n }] },
      { kind: 'spliced', path: ['log'], index: 2, removed: 1, inserted: [undefined, { $a: 1 }] },
    ],
    stateHash: HASH,
    recovered: ['rooms are apart'],
    checkpoint: { state: { rows: new Table([[1, { id: 1 }]]) } },
  },
  'a rejected duplicate in which a fault struck': {
    operation: {
      kind: 'trackedActionCompleted',
      id: 'a',
      result: undefined,
      isDuplicate: true,
      fault: { kind: 'actionRefused', action: 0 },
    },
    outcome: { kind: 'err', error: { kind: 'Unknown', id: Number.NaN } },
    discarded: [{ kind: 'untracked', action: 'Mail' }],
    refused: [{ kind: 'tracked', id: 'b', action: 'Refund' }],
    attempted: [{ kind: 'changed', path: [], value: null }],
  },
  'a panic with findings': {
    outcome: { kind: 'panic', error: { name: 'TypeError', message: 'x', source: 'a.ts:1:2' } },
    findings: [
      finding('panic', { message: 'x', source: 'a.ts:1:2' }),
      finding('rule', { expected: 'this', actual: 'that' }),
      finding('invariant', {
        source: 'a.ts:3:4',
        caught: { kind: 'StorageFailed', stepIndex: 0, what: 'access 1', source: 'a.ts:5:6' },
      }),
    ],
  },
  'a step that the process died in': {
    operation: { kind: 'normal', input: 1, fault: { kind: 'crashAtAccess', access: 2 } },
    outcome: { kind: 'crashed' },
  },
  'a step that did not end, and what it printed': {
    outcome: { kind: 'hang', limitMs: 500, source: 'a.ts:1:2' },
    findings: [finding('hang', { source: 'a.ts:1:2' })],
    output: [
      { level: 'log', text: 'one\ntwo' },
      { level: 'stderr', text: '\u001b[2J' },
    ],
  },
  'a crash': {
    operation: { kind: 'crash', dispatched: 1 },
    lost: [{ kind: 'tracked', id: 1, action: [] }],
  },
  'a restore': { operation: { kind: 'restore', fault: { kind: 'commitFails' } } },
  'a loss': { operation: { kind: 'loss', id: 1, result: { kind: 'Paid' } } },
  'the end of a run': {
    operation: { kind: 'settled', isEndless: true, isDown: true },
    findings: [finding('settled', {})],
  },
};

function finding(kind: Finding['kind'], more: Partial<Finding>): Finding {
  return { stepIndex: 0, kind, name: 'one', message: 'failed', shape: 'input Book', ...more };
}

describe('the line of a step', () => {
  it.each(Object.entries(STEPS))('of %s is what it always was', (_, parts) => {
    const step = { ...QUIET, ...parts };
    expect(formatStep(step)).toMatchSnapshot();
    expect(readStep(formatStep(step))).toEqual(step);
  });

  it('restores the step that was written, and the same line', () => {
    fc.assert(
      fc.property(anyStep, (step) => {
        const text = formatStep(step);
        const again = readStep(text);
        expect(again).toEqual(step);
        expect(formatStep(again)).toBe(text);
      }),
    );
  });

  it.each([1, 2, 3])('of version %i names what stf is given in other words', (version) => {
    const kinds = [
      ['input', { kind: 'normal', input: { kind: 'input' } }],
      ['completion', { kind: 'trackedActionCompleted', id: 1, result: { kind: 'completion' } }],
    ] as const;
    for (const [earlier, operation] of kinds) {
      const step = { ...QUIET, operation };
      const text = formatStep(step).replace(operation.kind, earlier);
      expect(parseLine(text, version)).toEqual({ kind: 'step', step });
      expect(() => parseLine(text)).toThrow('operation.kind: ');
    }
  });

  it('leaves out what is empty', () => {
    expect(formatStep(QUIET)).toBe(
      '{"step":0,"operation":{"kind":"normal","input":null},"outcome":{"kind":"ok"}}',
    );
  });

  it.each([
    ['"outcome":{"kind":"fine"}', 'outcome.kind: '],
    ['"operation":{"kind":"normal"}', 'operation.input: is missing'],
    ['"operation":{"kind":"crash","dispatched":-1}', 'operation.dispatched: '],
    [
      '"operation":{"kind":"loss","id":{},"result":1}',
      'operation.id: must be a number, a string or a bigint',
    ],
    [
      '"actions":[{"kind":"untracked","action":{"$x":1}}]',
      'actions.0.action: "$x" is not a known encoding',
    ],
    ['"patch":[["removed",["a"]],["spliced",["b"],0,"1",[]]]', 'patch.1.3: '],
    ['"patch":[["changed",["a"],{"$x":1}]]', 'patch.0: "$x" is not a known encoding'],
    ['"stateHash":"12"', 'stateHash: must be 32 hexadecimal digits'],
    ['"findings":[{"kind":"rule","name":"one"}]', 'findings.0.message: '],
    ['"recovered":"all"', 'recovered: '],
    ['"checkpoint":{"$map":1}', 'checkpoint: $map must be a list'],
  ])('with %s is refused with the field', (fields, message) => {
    const line = `${formatStep(QUIET).slice(0, -1)},${fields}}`;
    expect(() => parseLine(line)).toThrow(message);
  });
});

describe('the parts in which two steps differ', () => {
  /** For each part two values that differ. */
  const EXAMPLES: { readonly [Name in StepPart]: readonly [Step[Name], Step[Name]] } = {
    operation: [QUIET.operation, { kind: 'normal', input: 1 }],
    outcome: [QUIET.outcome, { kind: 'crashed' }],
    actions: actionExamples(),
    discarded: actionExamples(),
    refused: actionExamples(),
    lost: actionExamples(),
    patch: [[], [{ kind: 'removed', path: ['a'] }]],
    attempted: [[], [{ kind: 'removed', path: ['a'] }]],
    stateHash: [HASH, HASH.replace('0', 'f')],
    findings: [[], [finding('rule', {})]],
    recovered: [[], ['rooms are apart']],
  };

  const differing = (one: Step, other: Step) => differingParts(one, other, () => ({ a: 1, b: 2 }));

  function actionExamples(): [EmittedAction[], EmittedAction[]] {
    return [[], [{ kind: 'tracked', id: 1, action: 'Hold' }]];
  }

  it.each(STEP_PARTS)('include %s when it changes or is dropped', (name) => {
    const [one, other] = EXAMPLES[name];
    expect(differing({ ...QUIET, [name]: one }, { ...QUIET, [name]: other })).toEqual([name]);
    const { [name]: _, ...dropped } = { ...QUIET, [name]: other };
    const read = readStep(formatStep({ ...QUIET, [name]: other }));
    expect(differing(read, { ...QUIET, ...dropped })).toEqual([name]);
  });

  it('do not depend on lines of the source, nor on how a rule is worded', () => {
    const panicsAt = (source: string, message: string): Step => ({
      ...QUIET,
      outcome: { kind: 'panic', error: { name: 'Error', message: 'x', source } },
      findings: [
        finding('panic', { source }),
        finding('rule', {
          message,
          expected: message,
          caught: { kind: 'ActionRefused', stepIndex: 0, what: message },
        }),
      ],
    });
    expect(differing(panicsAt('a.ts:1:1', 'one'), panicsAt('a.ts:2:1', 'other'))).toEqual([]);
  });

  it('include findings whose invariant says something else', () => {
    const says = (message: string) => ({ ...QUIET, findings: [finding('invariant', { message })] });
    expect(differing(says('1 room'), says('2 rooms'))).toEqual(['findings']);
  });
});

describe('header and end', () => {
  const header: TraceHeader = {
    machine: 'desk',
    scenario: 'list',
    seed: '18446744073709551615',
    operationsMax: 3,
    faults: 'none',
    sourceHash: HASH,
    timeLimitMs: 5_000,
    shrunkFrom: { steps: 9, stepIndices: [0, 4], signature: '["rule","atomicity","input #",""]' },
    invariants: [],
    rules: ['atomicity'],
    waivers: { determinism: 'a clock' },
    records: {
      order: {
        at: ['orders', '*'],
        phase: 'status',
        transitions: { open: ['paid'], paid: [] },
        references: ['orderId'],
      },
    },
    digests: 'whole' as const,
    initialHash: HASH,
    initialState: new Map([[1, undefined]]),
    initialFindings: [{ ...finding('invariant', {}), stepIndex: -1 }],
  };
  const end = {
    steps: 2,
    operations: 1,
    tallies: { bookings: 1 },
    sometimes: { 'is full': false },
    checks: {
      evaluated: 1,
      carriedOver: 2,
      skipped: 3,
      rules: { atomicity: 1 },
      settled: { paid: 1 },
    },
    isStopped: true,
  };

  it('name the kinds of records in one order, whatever that of the author', () => {
    const entries = Object.entries(header.records?.['order'] ?? {}).toReversed();
    const records = { order: Object.fromEntries(entries) as unknown as RecordKind };
    expect(formatHeader({ ...header, records })).toBe(formatHeader(header));
  });

  it('refuse kinds of records that no machine could declare', () => {
    const records = { order: { at: ['orders', '*'], initial: ['open'] } };
    expect(() => parseLine(formatHeader({ ...header, records }))).toThrow(
      /records: .*needs `phase`/,
    );
  });

  it('come back as they were written', () => {
    const lines = [formatHeader(header), formatEnd(end)];
    expect(lines).toMatchSnapshot();
    expect(lines.map((line) => parseLine(line))).toEqual([
      { kind: 'header', header, version: TRACE_VERSION },
      { kind: 'end', end },
    ]);
  });

  it.each([1, 2, 3, 4, 5, 6])('of version %i are upgraded', (version) => {
    const { digests: _, ...line } = JSON.parse(formatHeader(header)) as Record<string, unknown>;
    const older = {
      ...line,
      'phasmoscope-trace': version,
      ...(version === 1 ? { rules: [] } : {}),
      ...(version >= 5 ? { digests: header.digests } : {}),
    };
    expect(parseLine(JSON.stringify(older))).toEqual({ kind: 'header', header, version });
  });

  it.each([
    [{ seed: '-1' }, 'seed: must be a seed'],
    [{ initialHash: 1 }, 'initialHash: '],
    [{ 'phasmoscope-trace': TRACE_VERSION + 1 }, 'update Phasmoscope'],
    [
      { shrunkFrom: { steps: 1, stepIndices: [], signature: 'x' } },
      'shrunkFrom.signature: must be',
    ],
  ])('with %j are refused with the field', (fields, message) => {
    const line = JSON.parse(formatHeader(header)) as Record<string, unknown>;
    expect(() => parseLine(JSON.stringify({ ...line, ...fields }))).toThrow(message);
  });
});
