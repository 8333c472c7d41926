import { expect, it } from 'vitest';
import { originGraph } from './origin-graph.ts';
import type { OriginHop } from './origins.ts';

function hop(stepIndex: number, name: string, change: Partial<OriginHop> = {}): OriginHop {
  return {
    stepIndex,
    place: { in: 'state', path: [name] },
    value: 7,
    source: { kind: 'taken', from: { in: 'state', path: ['elsewhere'] } },
    isGuess: false,
    parts: [],
    ...change,
  };
}

it('leads from the step that a value came from to the one that put it in its place', () => {
  const graph = originGraph([
    hop(9, 'held', { isGuess: true }),
    hop(4, 'thing', { place: { in: 'action', path: ['thing'] } }),
    hop(4, 'offer'),
    hop(2, 'asked', { source: { kind: 'taken', from: { in: 'input', path: ['thing'] } } }),
  ]);
  expect(graph.focus).toBe(9);
  expect(graph.notes).toEqual(['Origin of held: from input.thing']);
  expect(graph.nodes.map((node) => [node.id, node.kind === 'step' && node.wrote])).toEqual([
    ['step:2', ['asked']],
    ['step:4', ['offer']],
    ['step:9', ['held']],
  ]);
  expect(graph.edges.map(({ from, to, kind, label }) => [from, to, kind, label])).toEqual([
    ['step:4', 'step:9', 'value', 'perhaps action.thing'],
    ['step:2', 'step:4', 'value', 'asked'],
  ]);
});

it('begins with the initial state where no step wrote the value', () => {
  const graph = originGraph([hop(3, 'held'), hop(-1, 'asked', { source: { kind: 'initial' } })]);
  expect(graph.nodes.map(({ id }) => id)).toEqual(['start', 'step:3']);
  expect(graph.edges).toMatchObject([{ from: 'start', to: 'step:3', label: 'asked' }]);
  expect(graph.notes).toEqual(['Origin of held: as in the initial state']);
});

it('is one node for a value that the step made', () => {
  const graph = originGraph([hop(5, 'held', { source: { kind: 'made' } })]);
  expect(graph.nodes).toHaveLength(1);
  expect(graph.edges).toEqual([]);
});
