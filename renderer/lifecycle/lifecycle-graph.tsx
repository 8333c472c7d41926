import {
  Background,
  BackgroundVariant,
  getViewportForBounds,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useLayoutEffect, useMemo, useRef, type ReactNode } from 'react';
import type { Lifecycle } from '../../core/trace/records/lifecycle.ts';
import { PICTURE_OF_GRAPH } from '../ui/picture-of-graph.ts';
import type { DrawnLifecycle } from './drawn.ts';
import { flowEdges, flowNodes, type FlowEdge, type FlowNode } from './flow-items.ts';
import { layOutLifecycle, type LifecycleLayout } from './layout.ts';
import { EndNodeView, PhaseNodeView } from './phase-node.tsx';
import { TransitionEdgeView } from './transition-edge.tsx';

const NODE_TYPES = { phase: PhaseNodeView, end: EndNodeView };
const EDGE_TYPES = { transition: TransitionEdgeView };
const ZOOM_MIN = 0.3;
const ZOOM_MAX = 1.5;
/** A small graph is not drawn larger than the rest of the window. */
const ZOOM_FITTED = 1;
/** The part of the room that stays free around the graph. */
const PADDING = 0.08;

export interface LifecycleGraphProps {
  /** What is laid out; the layout stays while it is the same. */
  readonly lifecycle: Lifecycle;
  /** The texts on the arrows of its transitions; the same array while the lifecycle is the same. */
  readonly labels: readonly string[];
  readonly drawn: DrawnLifecycle;
  readonly badgeChars?: number;
}

/** The phases of records as a graph. */
export function LifecycleGraph(props: LifecycleGraphProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ lifecycle, labels, drawn, badgeChars }: LifecycleGraphProps): ReactNode {
  const layout = useLayout(lifecycle, labels, badgeChars);
  const nodes = useMemo(() => flowNodes(drawn, layout), [drawn, layout]);
  const edges = useMemo(() => flowEdges(drawn, layout), [drawn, layout]);
  const handOver = useFit(layout);
  return (
    <ReactFlow<FlowNode, FlowEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      {...PICTURE_OF_GRAPH}
      minZoom={ZOOM_MIN}
      maxZoom={ZOOM_MAX}
      onMoveStart={(event) => {
        if (event) handOver();
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={16} size={1} />
    </ReactFlow>
  );
}

/** The layout in which the graph is drawn largest, from left to right or from top to bottom. */
function useLayout(
  lifecycle: Lifecycle,
  labels: readonly string[],
  badgeChars?: number,
): LifecycleLayout {
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const layouts = useMemo(
    () =>
      [false, true].map((isUpright) => layOutLifecycle(lifecycle, labels, isUpright, badgeChars)),
    [lifecycle, labels, badgeChars],
  );
  const zoomOf = ({ bounds }: LifecycleLayout) =>
    Math.min(width / bounds.width, height / bounds.height, ZOOM_FITTED);
  const [beside, upright] = layouts as [LifecycleLayout, LifecycleLayout];
  return zoomOf(upright) > zoomOf(beside) ? upright : beside;
}

/** Fits the graph when it has another size or room, until the person has moved it; with other nodes, anew. */
function useFit({ nodes, bounds }: LifecycleLayout): () => void {
  const { setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const fitted = useRef({ nodesKey: '', isPersons: false });
  const nodesKey = [...nodes.keys()].join(' ');
  useLayoutEffect(() => {
    if (width === 0 || height === 0) return;
    if (fitted.current.nodesKey === nodesKey && fitted.current.isPersons) return;
    fitted.current = { nodesKey, isPersons: false };
    void setViewport(getViewportForBounds(bounds, width, height, ZOOM_MIN, ZOOM_FITTED, PADDING));
  }, [setViewport, nodesKey, bounds, width, height]);
  return () => {
    fitted.current = { ...fitted.current, isPersons: true };
  };
}
