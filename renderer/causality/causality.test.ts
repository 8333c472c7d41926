import { describe, expect, test } from 'vitest';
import {
  book,
  crash,
  doubled,
  extend,
  lost,
  nothing,
  paid,
  traceOf,
  withFault,
} from '../../core/test-helpers/test-desk.ts';
import { causalityAround as around, NODES_MAX } from '../../core/trace/causality/causality.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { explainSingle, outlineOf } from './causality-text.ts';
import { hasStep, withContents, type CausalityGraph } from './graph-model.ts';

const causalityAround = (trace: Trace, focus: number) => withContents(trace, around(trace, focus));

/** The edges as text: `step:0 -emits-> action:0:0`. */
const edgesOf = ({ edges }: CausalityGraph): string[] =>
  edges.map(({ from, kind, to }) => `${from} -${kind}-> ${to}`);

const idsOf = ({ nodes }: CausalityGraph): string[] => nodes.map(({ id }) => id).toSorted();

const fatesOf = ({ nodes }: CausalityGraph): string[] =>
  nodes.flatMap((node) =>
    node.kind === 'action' && node.emitted.kind === 'tracked'
      ? [`${node.emitted.id} ${node.fate.kind}`]
      : [],
  );

describe('the chain', () => {
  const trace = traceOf([book('A'), book('A'), nothing, paid(1), paid(2)]);

  test('leads from an input over its actions to the completion', () => {
    expect(edgesOf(causalityAround(trace, 0))).toEqual([
      'step:0 -emits-> action:0:1',
      'step:0 -emits-> action:0:0',
      'action:0:1 -completes-> step:3',
    ]);
  });

  test('is the same from any of its steps, and leaves out the others', () => {
    expect(idsOf(causalityAround(trace, 3))).toEqual(idsOf(causalityAround(trace, 0)));
    expect(hasStep(causalityAround(trace, 0), 4)).toBe(false);
  });

  test('continues with the actions that the completion emitted', () => {
    const graph = causalityAround(trace, 1);
    expect(edgesOf(graph)).toContain('step:4 -emits-> action:4:0');
    expect(fatesOf(graph)).toEqual(['2 completed', '2 outstanding']);
  });

  test('marks a result that came for an action that had ended', () => {
    const again = traceOf([book('A'), paid(1), paid(1)]);
    expect(edgesOf(causalityAround(again, 2))).toContain('action:0:1 -repeats-> step:2');
  });

  test('says that it continues when it is too long', () => {
    const long = traceOf([book('A'), book('A'), ...Array.from({ length: 80 }, () => paid(2))]);
    const graph = causalityAround(long, 40);
    expect(graph.nodes.length).toBeLessThanOrEqual(NODES_MAX);
    expect(graph.notes.join()).toContain('The chain continues');
    expect(hasStep(graph, 40)).toBe(true);
  });
});

describe('a crash', () => {
  // Hold 1 waits and is asked for again; the refund of hold 3 is forgotten.
  const trace = traceOf([book('A'), book('B'), paid(2), book('B'), paid(3), ...crash(0), paid(1)]);

  test('is crossed with the same id only', () => {
    const graph = causalityAround(trace, 7);
    expect(edgesOf(graph)).toEqual(
      expect.arrayContaining([
        'action:0:1 -crashes-> step:5',
        'step:5 -restores-> step:6',
        'step:6 -emits-> action:6:0',
        'action:6:0 -completes-> step:7',
      ]),
    );
    expect(fatesOf(graph).toSorted()).toEqual(['1 completed', '1 interrupted']);
    expect(hasStep(graph, 3)).toBe(false);
  });

  test('shows a lost action', () => {
    const graph = causalityAround(trace, 4);
    expect(fatesOf(graph)).toEqual(['3 completed', '3 lost']);
    expect(hasStep(graph, 7)).toBe(false);
  });

  test('as the focus shows all outstanding actions', () => {
    for (const focus of [5, 6]) {
      const graph = causalityAround(trace, focus);
      expect([0, 3, 4, 7].map((stepIndex) => hasStep(graph, stepIndex))).not.toContain(false);
    }
  });

  test('keeps untracked actions from being sent', () => {
    const early = traceOf([book('A'), ...crash(0)]);
    const mail = causalityAround(early, 0).nodes.find(({ id }) => id === 'action:0:0');
    expect(mail).toMatchObject({ fate: { kind: 'lost', at: 1, wasSent: false } });
  });
});

describe('a finding', () => {
  const trace = traceOf([book('Room 1'), book('Room 1b'), paid(1), nothing, paid(2), nothing]);

  test('is linked with the step that wrote the entry it names', () => {
    const graph = causalityAround(trace, 4);
    expect(graph.edges).toContainEqual(
      expect.objectContaining({
        from: 'step:2',
        to: 'step:4',
        kind: 'wrote',
        label: 'wrote Room 1',
      }),
    );
    expect(graph.nodes).toContainEqual(
      expect.objectContaining({ id: 'step:4', wrote: ['Room 1b'] }),
    );
  });

  test('brings the whole chain of that step', () => {
    expect(hasStep(causalityAround(trace, 4), 0)).toBe(true);
  });

  test('is explained from any step of its chain, so that the graph can stay', () => {
    expect(idsOf(causalityAround(trace, 1))).toEqual(idsOf(causalityAround(trace, 4)));
  });

  test('is in the outline, in the order of the steps', () => {
    const outline = outlineOf(causalityAround(trace, 4)).map(({ text }) => text);
    expect(outline[0]).toBe('step 0: input Book, ok');
    expect(outline.at(-1)).toBe(
      'step 4: completion Paid of #2, ok, finding: Room 1 is part of Room 1b, wrote Room 1b',
    );
    expect(outline).toContain(
      'step 2: completion Paid of #1, ok; wrote Room 1, which is in the finding of step 4',
    );
  });
});

describe('the same record', () => {
  const extended = Array.from({ length: 10 }, () => extend('A'));
  const trace = traceOf([book('A'), paid(1), ...extended]);

  test('links the nearest few steps on both sides and counts the rest', () => {
    const graph = causalityAround(trace, 6);
    const related = graph.edges.filter(({ kind }) => kind === 'same-record');
    expect(related.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'step:5 step:6',
      'step:4 step:6',
      'step:3 step:6',
      'step:6 step:7',
      'step:6 step:8',
      'step:6 step:9',
    ]);
    expect(related[0]?.label).toBe('rooms A');
    expect(graph.notes).toEqual(['+4 more that changed the same record']);
  });

  test('does not count a counter beside the record', () => {
    const apart = traceOf([book('A'), book('B')]);
    expect(idsOf(causalityAround(apart, 0))).toEqual(['action:0:0', 'action:0:1', 'step:0']);
  });
});

describe('a single node', () => {
  const trace = traceOf([nothing, extend('A')]);

  test.each([
    [-1, 'The initial state: nothing has happened yet.'],
    [0, 'Accepted, but it changed nothing and emitted nothing.'],
    [1, 'Rejected: it changed nothing and emitted nothing.'],
  ])('is explained: step %i', (stepIndex, text) => {
    const graph = causalityAround(trace, stepIndex);
    expect(graph.nodes).toHaveLength(1);
    expect(explainSingle(graph)).toBe(text);
  });
});

describe('the network and the storage', () => {
  test('lead from an action to its lost and to its doubled result', () => {
    const trace = traceOf([book('A'), lost(1), paid(1), doubled(1)]);
    for (const focus of [0, 1, 2, 3]) {
      expect(edgesOf(causalityAround(trace, focus))).toEqual(
        expect.arrayContaining([
          'action:0:1 -loses-> step:1',
          'action:0:1 -completes-> step:2',
          'action:0:1 -repeats-> step:3',
        ]),
      );
    }
  });

  test('are not completed by a result that a fault kept from being handled', () => {
    const trace = traceOf([book('A'), withFault(paid(1), { kind: 'commitFails' }), paid(1)]);
    expect(edgesOf(causalityAround(trace, 0))).toEqual(
      expect.arrayContaining(['action:0:1 -attempts-> step:1', 'action:0:1 -completes-> step:2']),
    );
  });

  test('a step that died leads to its crash, without the other actions that the crash interrupted', () => {
    const died = withFault(book('B'), { kind: 'crashBeforeCommit' });
    const trace = traceOf([book('A'), died, ...crash(0), paid(1)]);
    expect(edgesOf(causalityAround(trace, 1))).toEqual(['step:1 -crashes-> step:2']);
    expect(hasStep(causalityAround(trace, 2), 1)).toBe(true);
    expect(hasStep(causalityAround(trace, 0), 1)).toBe(false);
  });

  test('a crash inside a restore stands between the two restores', () => {
    const dies = withFault({ kind: 'restore' }, { kind: 'crashAtAccess', access: 0 });
    const trace = traceOf([
      book('A'),
      { kind: 'crash', dispatched: 2 },
      dies,
      ...crash(0),
      paid(1),
    ]);
    const edges = edgesOf(causalityAround(trace, 5));
    expect(edges).toEqual(
      expect.arrayContaining([
        'step:1 -restores-> step:2',
        'step:2 -crashes-> step:3',
        'step:3 -restores-> step:4',
      ]),
    );
    expect(fatesOf(causalityAround(trace, 0))).toContain('1 interrupted');
  });

  test('the end of a run is explained', () => {
    const trace = traceOf([book('A'), { kind: 'settled' }]);
    expect(explainSingle(causalityAround(trace, 1))).toContain('The end of the run');
  });
});
