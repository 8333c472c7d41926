import { Position, type Edge, type Node } from '@xyflow/react';
import type { CausalityEdge, EdgeKind } from '../../core/trace/causality/graph-model.ts';
import type { CausalityGraph, CausalityNode } from './graph-model.ts';
import { edgeLabel, type EdgeShape, type Layout } from './layout.ts';

export interface NodeData extends Record<string, unknown> {
  readonly node: CausalityNode;
  readonly isLit: boolean;
}

export interface EdgeData extends Record<string, unknown> {
  readonly edge: CausalityEdge;
  readonly shape: EdgeShape;
  readonly text: string | undefined;
}

export type FlowNode = Node<NodeData, 'causality'>;
export type FlowEdge = Edge<EdgeData, 'causality'>;

/**
 * The nodes for React Flow. Sizes and handles are given, so that it can draw edges without measuring.
 */
export function flowNodes(graph: CausalityGraph, layout: Layout): readonly FlowNode[] {
  return graph.nodes.flatMap((node): FlowNode[] => {
    const rect = layout.rects.get(node.id);
    if (!rect) return [];
    const { x, y, width, height } = rect;
    const handle = { y: height / 2, width: 1, height: 1 };
    return [
      {
        id: node.id,
        type: 'causality',
        position: { x, y },
        width,
        height,
        measured: { width, height },
        handles: [
          { ...handle, type: 'target', position: Position.Left, x: 0 },
          { ...handle, type: 'source', position: Position.Right, x: width },
        ],
        data: { node, isLit: false },
      },
    ];
  });
}

/** The edges for React Flow, quiet ones first, so that the others are drawn over them. */
export function flowEdges(graph: CausalityGraph, layout: Layout): FlowEdge[] {
  const edges = graph.edges.flatMap((edge): FlowEdge[] => {
    const shape = layout.shapes.get(edge.id);
    if (!shape) return [];
    return [
      {
        id: edge.id,
        type: 'causality',
        source: edge.from,
        target: edge.to,
        data: { edge, shape, text: edgeLabel(edge) },
      },
    ];
  });
  return edges.toSorted((a, b) => loudness(a) - loudness(b));
}

/** Edges that lead to a finding are drawn above others. */
const LOUDNESS: Readonly<Partial<Record<EdgeKind, number>>> = {
  'same-record': 0,
  wrote: 2,
  culprit: 2,
  about: 2,
};

function loudness({ data }: FlowEdge): number {
  return (data && LOUDNESS[data.edge.kind]) ?? 1;
}

/** The same nodes with one lit; the others stay the same objects and are not drawn again. */
export function lightUp(nodes: readonly FlowNode[], litId: string): FlowNode[] {
  return nodes.map((node) =>
    node.id === litId ? { ...node, data: { ...node.data, isLit: true } } : node,
  );
}
