import { describePlace, describeSource } from '../words/origin-words.ts';
import {
  stepNodeId,
  type CausalityEdge,
  type CausalityGraph,
  type CausalityNode,
} from './graph-model.ts';
import type { OriginHop } from './origins.ts';

/**
 * The way of a value as a graph: the steps that had it in their hands, from the one that it came from to the
 * one that put it where it is.
 *
 * @param hops at least one, from the last write backwards, as `traceOrigin` yields them.
 */
export function originGraph(hops: readonly OriginHop[]): CausalityGraph {
  const [last] = hops;
  const first = hops.at(-1);
  if (!last || !first) throw new RangeError('an origin has at least one hop');
  const wrote = new Map<number, string[]>();
  for (const hop of hops.toReversed()) {
    const { stepIndex, place } = hop;
    const places = wrote.get(stepIndex) ?? [];
    wrote.set(stepIndex, place.in === 'state' ? [...places, describePlace(hop)] : places);
  }
  return {
    focus: last.stepIndex,
    nodes: Array.from(wrote, ([stepIndex, places]) => nodeOf(stepIndex, places)),
    edges: hops.flatMap((later, at) => edgesBetween(hops[at + 1], later, at)),
    notes: [`Origin of ${describePlace(last)}: ${describeSource(first.source)}`],
  };
}

function nodeOf(stepIndex: number, wrote: readonly string[]): CausalityNode {
  const id = stepNodeId(stepIndex);
  if (stepIndex < 0) return { kind: 'start', id, stepIndex: -1 };
  return { kind: 'step', id, stepIndex, part: 'chain', wrote };
}

/** A step may take a value from where it has put it itself: that is no edge. */
function edgesBetween(
  earlier: OriginHop | undefined,
  later: OriginHop,
  at: number,
): readonly CausalityEdge[] {
  if (!earlier || earlier.stepIndex === later.stepIndex) return [];
  const [from, to] = [stepNodeId(earlier.stepIndex), stepNodeId(later.stepIndex)];
  const label = `${later.isGuess ? 'perhaps ' : ''}${describePlace(earlier)}`;
  return [{ id: `value:${at}`, from, to, kind: 'value', label }];
}
