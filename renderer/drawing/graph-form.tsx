import { Graph, layout, type Point } from '@dagrejs/dagre';
import { useMemo, type ReactNode } from 'react';
import { withGone } from '../../core/drawing/changes.ts';
import { edgeId } from '../../core/drawing/drawing.ts';
import { columnsOf, shownLine } from '../words/shown.ts';
import { ItemMark } from './item-mark.tsx';
import { marksOf, type FormProps } from './marks.ts';
import './drawn-item.css';
import './graph-form.css';

const NODE_HEIGHT = 40;
const NODE_WIDTH_MIN = 88;
const NODE_WIDTH_MAX = 220;
const CHAR_WIDTH = 7.2;
const PADDING = 44;

/** Things, and what leads from one to another, laid out from left to right. */
export function GraphForm({ drawing, before, changes }: FormProps<'graph'>): ReactNode {
  const nodes = withGone(before?.nodes ?? [], drawing.nodes, changes);
  const own = (edges: typeof drawing.edges) => edges.map((edge) => ({ ...edge, id: edgeId(edge) }));
  const edges = withGone(own(before?.edges ?? []), own(drawing.edges), changes);
  const places = useMemo(() => layOut(nodes, edges), [nodes, edges]);
  return (
    <div className="drawn-graph" style={{ width: places.width, height: places.height }}>
      <svg width={places.width} height={places.height} aria-hidden>
        <defs>
          <marker
            id="drawn-arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {edges.map((edge) => (
          <path
            key={edge.id}
            className="drawn-edge"
            d={places.paths.get(edge.id)}
            markerEnd="url(#drawn-arrow)"
            {...marksOf(edge, changes)}
          />
        ))}
      </svg>
      <ul>
        {nodes.map((node) => (
          <li
            key={node.id}
            className="drawn-item drawn-node"
            style={places.nodes.get(node.id)}
            title={[node.title, node.detail ?? ''].filter(Boolean).map(shownLine).join('\n')}
            {...marksOf(node, changes)}
          >
            <span className="drawn-title">
              <span className="truncate">{shownLine(node.title)}</span>
              <ItemMark item={node} changes={changes} />
            </span>
            {node.detail !== undefined && (
              <span className="muted small truncate">{shownLine(node.detail)}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Graphed = FormProps<'graph'>['drawing'];

function layOut(
  nodes: Graphed['nodes'],
  edges: readonly (Graphed['edges'][number] & { id: string })[],
) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: 44, nodesep: 16, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, title, detail = '' } of nodes) {
    const chars = Math.max(columnsOf(title), columnsOf(detail));
    const width = Math.min(NODE_WIDTH_MAX, Math.max(NODE_WIDTH_MIN, chars * CHAR_WIDTH + PADDING));
    graph.setNode(id, { width, height: NODE_HEIGHT });
  }
  for (const { id, from, to } of edges) graph.setEdge(from, to, {}, id);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: new Map(
      nodes.map(({ id }) => {
        const place = graph.node(id);
        const { width: wide, height: high } = place;
        const [left, top] = [(place.x ?? 0) - wide / 2, (place.y ?? 0) - high / 2];
        return [id, { left, top, width: wide, height: high }];
      }),
    ),
    paths: new Map(
      edges.map(({ id, from, to }) => {
        const points = graph.edge({ v: from, w: to, name: id })?.points ?? [];
        return [
          id,
          points.map(({ x, y }: Point, at: number) => `${at === 0 ? 'M' : 'L'}${x} ${y}`).join(''),
        ];
      }),
    ),
  };
}
