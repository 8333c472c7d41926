import { Position, type Edge, type Node } from '@xyflow/react';
import type { Lifecycle, LifecyclePhase, LifecycleTransition } from '../../core/trace/lifecycle.ts';
import type { SeenTransition } from '../session/transitions.ts';
import {
  endsOf,
  GONE_ID,
  NEW_ID,
  phaseId,
  type ArrowShape,
  type LifecycleLayout,
  type Rect,
} from './layout.ts';

/** A phase, with how many records are in it at the cursor. */
export interface PhaseData extends Record<string, unknown> {
  readonly phase: LifecyclePhase;
  /** Unknown where the run is not searched yet. */
  readonly now: number | undefined;
  readonly incoming: readonly SeenTransition[];
  readonly isLit: boolean;
}

export interface TransitionData extends Record<string, unknown> {
  readonly transition: LifecycleTransition<SeenTransition>;
  readonly shape: ArrowShape;
  readonly cursor: number;
  readonly isLit: boolean;
}

export type PhaseNode = Node<PhaseData, 'phase'>;
export type EndNode = Node<{ readonly text: string }, 'end'>;
export type FlowNode = PhaseNode | EndNode;
export type FlowEdge = Edge<TransitionData, 'transition'>;

/** Whether the step at the cursor makes a transition. */
export function isMadeBy(seen: SeenTransition | undefined, cursor: number): boolean {
  return cursor >= 0 && seen !== undefined && seen.steps.indexOf(cursor) >= 0;
}

/**
 * The nodes for React Flow, with the records that are in each phase at the cursor: those that were in it
 * at the start, and those that came, without those that left.
 */
export function flowNodes(
  { phases, transitions }: Lifecycle<SeenTransition>,
  { nodes }: LifecycleLayout,
  cursor: number,
  searched: number,
): FlowNode[] {
  const seen = transitions.flatMap((transition) => transition.seen ?? []);
  const isKnown = cursor < searched;
  const countOf = (some: readonly SeenTransition[]) =>
    some.reduce((sum, { steps }) => sum + steps.countBefore(cursor + 1), 0);
  const inPhases = phases.flatMap((phase): FlowNode[] => {
    const rect = nodes.get(phaseId(phase.name));
    if (!rect) return [];
    const incoming = seen.filter(({ to }) => to === phase.name);
    const outgoing = seen.filter(({ from }) => from === phase.name);
    const now = isKnown ? phase.atStart + countOf(incoming) - countOf(outgoing) : undefined;
    const isLit = incoming.some((one) => isMadeBy(one, cursor));
    const id = phaseId(phase.name);
    return [{ ...placed(id, rect), type: 'phase', data: { phase, now, incoming, isLit } }];
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
  { transitions }: Lifecycle<SeenTransition>,
  { arrows }: LifecycleLayout,
  cursor: number,
): FlowEdge[] {
  const edges = transitions.flatMap((transition, at): FlowEdge[] => {
    const shape = arrows[at];
    if (!shape) return [];
    const { source, target } = endsOf(transition);
    const isLit = isMadeBy(transition.seen, cursor);
    const data = { transition, shape, cursor, isLit };
    return [{ id: `${source} > ${target}`, type: 'transition', source, target, data }];
  });
  return edges.toSorted((a, b) => Number(a.data?.isLit) - Number(b.data?.isLit));
}
