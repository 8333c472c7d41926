import type { EmittedAction } from '../../core/machine/executed.ts';
import {
  stepNodeId,
  type ActionNode as ActionOfGraph,
  type CausalityGraph as Graph,
  type CausalityNode as NodeOfGraph,
  type StartNode,
  type StepNode as StepOfGraph,
} from '../../core/trace/causality/graph-model.ts';
import type { Step } from '../../core/trace/format/format.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** A step, drawn as a card. */
export interface StepNode extends StepOfGraph {
  readonly step: Step;
}

/** An emitted action, drawn as a pill. Its step is the one that emitted it. */
export interface ActionNode extends ActionOfGraph {
  readonly emitted: EmittedAction;
}

export type CausalityNode = StepNode | ActionNode | StartNode;

/** A graph with what its nodes stand for. */
export interface CausalityGraph extends Graph {
  readonly nodes: readonly CausalityNode[];
}

/**
 * Adds to a graph what its nodes stand for, without those of steps that are not known here yet.
 *
 * @throws {LinesNotLoaded} with all of its steps whose lines must be fetched first.
 */
export function withContents(trace: Trace, graph: Graph): CausalityGraph {
  const isKnown = ({ stepIndex }: NodeOfGraph) => stepIndex < trace.length;
  const known = graph.nodes.filter(isKnown);
  const ids = new Set(known.map(({ id }) => id));
  trace.require(known.map(({ stepIndex }) => stepIndex).filter((stepIndex) => stepIndex >= 0));
  return {
    ...graph,
    nodes: known.map((node) => withContent(trace, node)),
    edges: graph.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
  };
}

function withContent(trace: Trace, node: NodeOfGraph): CausalityNode {
  switch (node.kind) {
    case 'start':
      return node;
    case 'step':
      return { ...node, step: trace.step(node.stepIndex) };
    case 'action': {
      const emitted = trace.step(node.stepIndex).actions[node.position];
      if (!emitted) throw new RangeError(`step ${node.stepIndex} has no action ${node.position}`);
      return { ...node, emitted };
    }
  }
}

/** Whether a step has a node in the graph. */
export function hasStep(graph: CausalityGraph, stepIndex: number): boolean {
  const id = stepNodeId(stepIndex);
  return graph.nodes.some((node) => node.id === id);
}
