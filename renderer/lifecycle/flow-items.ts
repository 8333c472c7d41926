import { Position, type Edge, type Node } from '@xyflow/react';
import type { DrawnLifecycle, DrawnPhase, DrawnTransition } from './drawn.ts';
import {
  endsOf,
  GONE_ID,
  NEW_ID,
  phaseId,
  type ArrowShape,
  type LifecycleLayout,
  type Rect,
} from './layout.ts';

export interface PhaseData extends Record<string, unknown> {
  readonly phase: DrawnPhase;
}

export interface TransitionData extends Record<string, unknown> {
  readonly transition: DrawnTransition;
  readonly shape: ArrowShape;
}

export type PhaseNode = Node<PhaseData, 'phase'>;
export type EndNode = Node<{ readonly text: string }, 'end'>;
export type FlowNode = PhaseNode | EndNode;
export type FlowEdge = Edge<TransitionData, 'transition'>;

/** The nodes for React Flow. */
export function flowNodes({ phases }: DrawnLifecycle, { nodes }: LifecycleLayout): FlowNode[] {
  const inPhases = phases.flatMap((phase): FlowNode[] => {
    const id = phaseId(phase.name);
    const rect = nodes.get(id);
    return rect ? [{ ...placed(id, rect), type: 'phase', data: { phase } }] : [];
  });
  const ends = [
    { id: NEW_ID, text: 'new' },
    { id: GONE_ID, text: 'gone' },
  ].flatMap(({ id, text }): FlowNode[] => {
    const rect = nodes.get(id);
    return rect ? [{ ...placed(id, rect), type: 'end', data: { text } }] : [];
  });
  return [...inPhases, ...ends];
}

/** Sizes and handles are given, so that React Flow can draw without measuring. */
function placed(id: string, { x, y, width, height }: Rect) {
  const handle = { x: width / 2, y: height / 2, width: 1, height: 1, position: Position.Top };
  return {
    id,
    position: { x, y },
    width,
    height,
    measured: { width, height },
    handles: [
      { ...handle, type: 'target' as const },
      { ...handle, type: 'source' as const },
    ],
  };
}

/** The edges for React Flow; those that the step at the cursor makes come last, over the others. */
export function flowEdges(
  { transitions }: DrawnLifecycle,
  { arrows }: LifecycleLayout,
): FlowEdge[] {
  const edges = transitions.flatMap((transition, at): FlowEdge[] => {
    const shape = arrows[at];
    if (!shape) return [];
    const { source, target } = endsOf(transition);
    const data = { transition, shape };
    return [{ id: `${source} > ${target}`, type: 'transition', source, target, data }];
  });
  return edges.toSorted(
    (a, b) => Number(a.data?.transition.isLit) - Number(b.data?.transition.isLit),
  );
}
