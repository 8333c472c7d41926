import { describe, expect, it } from 'vitest';
import type { RunSettings } from '../../core/contract/tasks.ts';
import { nothing, traceOf } from '../../core/test-helpers/test-desk.ts';
import { familiesOf, isOriginalOf, originalOf, toOriginalStep, toShrunkStep } from './lineage.ts';
import type { RunEntry, RunOrigin } from './model.ts';

const SETTINGS: RunSettings = { scenario: 'mixed', seed: '3', operationsMax: 500, faults: 'chaos' };
const MACHINE = { kind: 'sample', name: 'dentist-booking' } as const;
const RUN: RunOrigin = { kind: 'machine', machine: MACHINE, settings: SETTINGS };
const SHRUNK: RunOrigin = { ...RUN, kind: 'shrunk', signature: '["rule","atomicity"]' };

function entry(id: string, origin: RunOrigin): RunEntry {
  return { id, origin, status: 'completed', steps: 0 };
}

describe('the original of a shrunk run', () => {
  const shrunk = entry('shrunk', SHRUNK);

  it('is the run of the same machine and settings', () => {
    expect(isOriginalOf(entry('run', RUN), shrunk)).toBe(true);
  });

  it.each([
    { ...RUN, settings: { ...SETTINGS, seed: '4' } },
    { ...RUN, machine: { kind: 'sample', name: 'another' } as const },
    SHRUNK,
  ])('is not another run', (origin) => {
    expect(isOriginalOf(entry('run', origin), shrunk)).toBe(false);
  });
});

it('lists a shrunk run under its original, and separately without one', () => {
  const [shrunk, other, run] = [
    entry('shrunk', SHRUNK),
    entry('other', { ...SHRUNK, settings: { ...SETTINGS, seed: '9' } }),
    entry('run', RUN),
  ];
  const ids = familiesOf([shrunk, other, run]).map((family) => [
    family.run.id,
    family.shrunk.map((one) => one.run.id),
  ]);
  expect(ids).toEqual([
    ['other', []],
    ['run', ['shrunk']],
  ]);
});

it('lists forks under their parents, however deep', () => {
  const forkOf = (id: string, parentId: string) =>
    entry(id, { kind: 'fork', machine: RUN.machine, settings: SETTINGS, parentId, fork: id });
  const runs = [
    forkOf('deep', 'fork'),
    forkOf('fork', 'run'),
    forkOf('ofShrunk', 'shrunk'),
    forkOf('orphan', 'closed'),
    entry('shrunk', SHRUNK),
    entry('run', RUN),
  ];
  type Family = ReturnType<typeof familiesOf>[number];
  const brief = ({ run, shrunk, forks }: Family): unknown => [
    run.id,
    ...shrunk.map(brief),
    ...forks.map(brief),
  ];
  expect(familiesOf(runs).map(brief)).toEqual([
    ['orphan'],
    ['run', ['shrunk', ['ofShrunk']], ['fork', ['deep']]],
  ]);
});

describe('a run whose source was changed', () => {
  const before = entry('before', RUN);
  const after: RunEntry = { ...entry('after', RUN), change: { beforeId: 'before', stepIndex: 3 } };
  const ofSource = (run: RunEntry, sourceHash: string): RunEntry => {
    const trace = traceOf([nothing]);
    const header = { ...trace.header, sourceHash };
    return { ...run, trace: Object.create(trace, { header: { value: header } }) as typeof trace };
  };

  it('has the run before the change under it', () => {
    const families = familiesOf([after, before, entry('other', SHRUNK)]);
    expect(families.map(({ run, before: under }) => [run.id, under?.run.id])).toEqual([
      ['after', 'before'],
    ]);
  });

  it('is not the original of what was shrunk from the source before', () => {
    const runs = [ofSource(after, 'new'), ofSource(before, 'old')];
    expect(originalOf(ofSource(entry('shrunk', SHRUNK), 'old'), runs)?.id).toBe('before');
    expect(originalOf(ofSource(entry('shrunk', SHRUNK), 'new'), runs)?.id).toBe('after');
  });
});

describe('steps', () => {
  const kept = [4, 9, 10, 118];

  it('of a shrunk run are steps of the original', () => {
    expect([-1, 0, 3, 4].map((at) => toOriginalStep(kept, at))).toEqual([-1, 4, 118, undefined]);
  });

  it('of the original are steps of the shrunk run, or lie after one', () => {
    expect([-1, 9, 118].map((at) => toShrunkStep(kept, at))).toEqual([
      { stepIndex: -1, isKept: true },
      { stepIndex: 1, isKept: true },
      { stepIndex: 3, isKept: true },
    ]);
    expect([0, 50, 600].map((at) => toShrunkStep(kept, at))).toEqual([
      { stepIndex: -1, isKept: false },
      { stepIndex: 2, isKept: false },
      { stepIndex: 3, isKept: false },
    ]);
  });
});
