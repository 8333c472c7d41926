import { Graph, layout, type Point } from '@dagrejs/dagre';
import { cutText, showText } from '../../core/text/visible.ts';
import type { CausalityEdge, EdgeKind } from '../../core/trace/causality/graph-model.ts';
import { columnsOf, shownLine } from '../words/shown.ts';
import type { CausalityGraph, CausalityNode } from './graph-model.ts';

/** Sizes in pixels at zoom 1. The style sheet draws nodes to these sizes. */
export const STEP_WIDTH = 160;
export const ACTION_WIDTH = 140;
const NODE_HEIGHT = 44;
const LINE_HEIGHT = 16;
const MESSAGE_PADDING = 8;
/** A message line holds about this many characters; a message longer than its lines is cut. */
const MESSAGE_LINE_CHARS = 22;
export const MESSAGE_LINES_MAX = 3;
const GAP_BETWEEN_RANKS = 28;
const GAP_IN_RANK = 16;
/** The arrow head, and the space between it and its node, which the ring of a lit node needs. */
export const HEAD_LENGTH = 7;
const GAP_AT_HEAD = 3;
const LABEL_CHAR_WIDTH = 6.3;
const LABEL_PADDING = 12;
const LABEL_CHARS_MAX = 26;

/** The place of something, from its top left corner. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An edge as it is drawn. */
export interface EdgeShape {
  readonly path: string;
  readonly end: Point;
  /** The middle of the label. */
  readonly label?: Point;
}

/** A graph with its places. */
export interface Layout {
  readonly rects: ReadonlyMap<string, Rect>;
  readonly shapes: ReadonlyMap<string, EdgeShape>;
  readonly bounds: Rect;
}

/** How strongly an edge pulls its ends into one line: chains run straight, other edges bend. */
const PULL: Readonly<Record<EdgeKind, number>> = {
  emits: 8,
  completes: 8,
  repeats: 2,
  attempts: 2,
  loses: 2,
  replaces: 2,
  crashes: 3,
  restores: 8,
  culprit: 2,
  about: 2,
  kept: 1,
  wrote: 1,
  'same-record': 1,
  value: 8,
};

/** The text that is drawn on an edge. Records are named in the tooltip only: those edges are quiet. */
export function edgeLabel({ kind, label }: CausalityEdge): string | undefined {
  if (kind === 'repeats') return 'again';
  if (kind === 'replaces') return 'replaced';
  if (kind === 'attempts') return 'failed';
  if (kind === 'loses') return 'lost';
  if (kind === 'culprit') return 'traced back to this';
  if (kind === 'about') return 'found in';
  if (kind === 'kept') return 'needed, too';
  if (kind === 'same-record' || label === undefined) return undefined;
  return cutText(showText(cutText(label, LABEL_CHARS_MAX)), LABEL_CHARS_MAX);
}

/** The size at which a node is drawn. */
export function sizeOf(node: CausalityNode): { readonly width: number; readonly height: number } {
  if (node.kind === 'action') return { width: ACTION_WIDTH, height: NODE_HEIGHT };
  if (node.kind === 'start') return { width: STEP_WIDTH, height: NODE_HEIGHT };
  const message = node.step.findings.map((found) => shownLine(found.message)).join(' · ');
  const lines = Math.min(MESSAGE_LINES_MAX, Math.ceil(columnsOf(message) / MESSAGE_LINE_CHARS));
  const extra = lines + (node.wrote.length > 0 ? 1 : 0);
  const height = NODE_HEIGHT + (extra > 0 ? extra * LINE_HEIGHT + MESSAGE_PADDING : 0);
  return { width: STEP_WIDTH, height };
}

/** Lays a graph out from left to right: an effect is to the right of its cause. */
export function layOut(graph: CausalityGraph): Layout {
  const dagre = new Graph({ multigraph: true });
  dagre.setGraph({ rankdir: 'LR', ranksep: GAP_BETWEEN_RANKS, nodesep: GAP_IN_RANK, edgesep: 12 });
  for (const node of graph.nodes) dagre.setNode(node.id, { ...sizeOf(node) });
  for (const edge of graph.edges) {
    const text = edgeLabel(edge);
    const width = text === undefined ? 0 : columnsOf(text) * LABEL_CHAR_WIDTH + LABEL_PADDING;
    const height = text === undefined ? 0 : LINE_HEIGHT;
    dagre.setEdge(
      edge.from,
      edge.to,
      { weight: PULL[edge.kind], minlen: 1, width, height, labelpos: 'c' },
      edge.id,
    );
  }
  layout(dagre);
  const rects = new Map<string, Rect>();
  for (const { id } of graph.nodes) rects.set(id, rectOf(dagre.node(id)));
  const shapes = new Map<string, EdgeShape>();
  for (const { id, from, to } of graph.edges) {
    const { points = [], x, y, width = 0 } = dagre.edge(from, to, id);
    const hasLabel = width > 0 && x !== undefined && y !== undefined;
    const label = hasLabel ? { x, y } : undefined;
    shapes.set(id, shapeOf(rects.get(from), rects.get(to), points, label));
  }
  return { rects, shapes, bounds: boundsOf([...rects.values()]) };
}

function rectOf(placed: { x?: number; y?: number; width: number; height: number }): Rect {
  const { x = 0, y = 0, width, height } = placed;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function boundsOf(rects: readonly Rect[]): Rect {
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  const right = Math.max(...rects.map((rect) => rect.x + rect.width));
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height));
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * The curve of an edge, from the right side of its source to the left side of its target. It bends
 * between ranks and is level beside the nodes of a rank, so that it does not cut their corners.
 * Dagre's points alternate: a gap between ranks, a rank, a gap, …
 */
function shapeOf(
  from: Rect | undefined,
  to: Rect | undefined,
  points: readonly Point[],
  label: Point | undefined,
): EdgeShape {
  if (!from || !to) return { path: '', end: { x: 0, y: 0 } };
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x - GAP_AT_HEAD, y: to.y + to.height / 2 };
  const neck = { x: end.x - HEAD_LENGTH, y: end.y };
  const stations = points.slice(1, -1).flatMap((point, index) => {
    const isRank = index % 2 === 1;
    if (!isRank) return label && isSame(point, label) ? [point] : [];
    const left = { x: point.x - STEP_WIDTH / 2, y: point.y };
    const right = { x: point.x + STEP_WIDTH / 2, y: point.y };
    return [left, right].filter(({ x }) => x > start.x && x < neck.x);
  });
  const path = [`M${at(start)}`];
  let last = start;
  for (const next of [...stations, neck]) {
    const middle = (last.x + next.x) / 2;
    path.push(`C${at({ x: middle, y: last.y })} ${at({ x: middle, y: next.y })} ${at(next)}`);
    last = next;
  }
  return { path: path.join(''), end, ...(label ? { label } : {}) };
}

function isSame(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function at({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
