import { Graph, layout, type Point } from '@dagrejs/dagre';
import type { Lifecycle } from '../../core/trace/records/lifecycle.ts';
import { columnsOf, shownName } from '../words/shown.ts';

/** The nodes of records that are not there yet, and of those that are gone. */
export const NEW_ID = 'new';
export const GONE_ID = 'gone';

/** Sizes in pixels at zoom 1. The style sheet draws nodes and labels to these sizes. */
const PHASE_HEIGHT = 44;
const PHASE_WIDTH_MIN = 112;
const PHASE_WIDTH_MAX = 220;
const PHASE_PADDING = 60;
const CHAR_WIDTH = 7.4;
/** The characters of a badge for which a phase has room in any case. */
const BADGE_CHARS = 2;
const END_WIDTH = 44;
const END_HEIGHT = 24;
const LABEL_HEIGHT = 22;
const LABEL_PADDING = 22;
const RANK_GAP = 30;
const RANK_GAP_UPRIGHT = 16;
const NODE_GAP = 28;
/** Between the head of an arrow and its node. */
const HEAD_GAP = 2;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An arrow along its way, with its head and the middle of its label. */
export interface ArrowShape {
  readonly path: string;
  readonly head: Point & { readonly degrees: number };
  readonly label: Point;
}

export interface LifecycleLayout {
  /** By the ids of {@link phaseId}, {@link NEW_ID} and {@link GONE_ID}. */
  readonly nodes: ReadonlyMap<string, Rect>;
  /** In the order of the transitions. */
  readonly arrows: readonly ArrowShape[];
  readonly bounds: Rect;
}

/** The id of the node of a phase. */
export function phaseId(phase: string): string {
  return `phase ${phase}`;
}

/** The ids of the nodes between which a transition leads. */
export function endsOf({ from, to }: { from: string | null; to: string | null }): {
  readonly source: string;
  readonly target: string;
} {
  return {
    source: from === null ? NEW_ID : phaseId(from),
    target: to === null ? GONE_ID : phaseId(to),
  };
}

/**
 * Lays a lifecycle out.
 *
 * @param labels the texts on the arrows, in the order of the transitions.
 * @param isUpright whether it runs from top to bottom, and not from left to right.
 * @param badgeChars the most characters of the number beside the name of a phase.
 */
export function layOutLifecycle(
  { phases, transitions }: Lifecycle,
  labels: readonly string[],
  isUpright: boolean,
  badgeChars = BADGE_CHARS,
): LifecycleLayout {
  const dagre = new Graph({ multigraph: true });
  dagre.setGraph({
    rankdir: isUpright ? 'TB' : 'LR',
    ranksep: isUpright ? RANK_GAP_UPRIGHT : RANK_GAP,
    nodesep: NODE_GAP,
    edgesep: 16,
  });
  for (const { name } of phases) {
    const width = Math.round(
      (columnsOf(shownName(name)) + Math.max(0, badgeChars - BADGE_CHARS)) * CHAR_WIDTH +
        PHASE_PADDING,
    );
    dagre.setNode(phaseId(name), {
      width: Math.max(PHASE_WIDTH_MIN, Math.min(width, PHASE_WIDTH_MAX)),
      height: PHASE_HEIGHT,
    });
  }
  const end = { width: END_WIDTH, height: END_HEIGHT };
  if (transitions.some(({ from }) => from === null)) dagre.setNode(NEW_ID, { ...end });
  if (transitions.some(({ to }) => to === null)) dagre.setNode(GONE_ID, { ...end });
  for (const [at, transition] of transitions.entries()) {
    const { source, target } = endsOf(transition);
    const text = labels[at] ?? '';
    dagre.setEdge(
      source,
      target,
      {
        width: Math.round(text.length * CHAR_WIDTH) + LABEL_PADDING,
        height: LABEL_HEIGHT,
        labelpos: 'c',
        minlen: 1,
        // What happens most runs straight.
        weight: transition.seen === undefined ? 1 : 4,
      },
      String(at),
    );
  }
  layout(dagre);
  const nodes = new Map(dagre.nodes().map((id) => [id, rectOf(dagre.node(id))]));
  const arrows = transitions.map((transition, at) => {
    const { source, target } = endsOf(transition);
    const { points = [], x = 0, y = 0 } = dagre.edge(source, target, String(at));
    return arrowOf(points, { x, y });
  });
  const { width = 0, height = 0 } = dagre.graph();
  return { nodes, arrows, bounds: { x: 0, y: 0, width, height } };
}

function rectOf(placed: { x?: number; y?: number; width: number; height: number }): Rect {
  const { x = 0, y = 0, width, height } = placed;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** A smooth line through the points that dagre found: it bends at each, and passes between them. */
function arrowOf(points: readonly Point[], label: Point): ArrowShape {
  const first = points[0] ?? label;
  const last = points.at(-1) ?? label;
  const before = points.at(-2) ?? first;
  const angle = Math.atan2(last.y - before.y, last.x - before.x);
  const tip = { x: last.x - HEAD_GAP * Math.cos(angle), y: last.y - HEAD_GAP * Math.sin(angle) };
  const path = [`M${textOf(first)}`];
  for (const [index, point] of points.slice(1, -1).entries()) {
    const next = points[index + 2] ?? tip;
    const isLast = index === points.length - 3;
    path.push(`Q${textOf(point)} ${textOf(isLast ? tip : middleOf(point, next))}`);
  }
  if (points.length < 3) path.push(`L${textOf(tip)}`);
  const head = { ...tip, degrees: (angle * 180) / Math.PI };
  return { path: path.join(''), head, label: onLine(points, label) };
}

/** Where the line passes a label that stands on a bend: where it bends sharply, it passes far inside. */
function onLine(points: readonly Point[], label: Point): Point {
  const at = points.findIndex(({ x, y }) => Math.hypot(x - label.x, y - label.y) < 1);
  const [before, bend, after] = [points[at - 1], points[at], points[at + 1]];
  if (!before || !bend || !after) return label;
  const begin = at === 1 ? before : middleOf(before, bend);
  const end = at === points.length - 2 ? after : middleOf(bend, after);
  return middleOf(bend, middleOf(begin, end));
}

function middleOf(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function textOf({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
