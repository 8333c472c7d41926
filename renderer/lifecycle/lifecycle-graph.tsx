import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useLayoutEffect, useMemo, useRef, type ReactNode } from 'react';
import type { Lifecycle } from '../../core/trace/lifecycle.ts';
import type { SeenTransition } from '../session/transitions.ts';
import { useSeek } from '../ui/seek.tsx';
import { CursorContext } from './cursor-here.ts';
import { flowEdges, flowNodes, type FlowEdge, type FlowNode } from './flow-items.ts';
import { layOutLifecycle } from './layout.ts';
import { EndNodeView, PhaseNodeView } from './phase-node.tsx';
import { TransitionEdgeView } from './transition-edge.tsx';

const NODE_TYPES = { phase: PhaseNodeView, end: EndNodeView };
const EDGE_TYPES = { transition: TransitionEdgeView };
const ZOOM_MIN = 0.3;
const ZOOM_MAX = 1.5;
const FIT = { padding: 0.08, maxZoom: 1.1 };

export interface LifecycleGraphProps {
  readonly lifecycle: Lifecycle<SeenTransition>;
  readonly cursor: number;
  readonly searched: number;
  /** Whether the graph runs from top to bottom. */
  readonly isUpright: boolean;
}

/** The phases of records as a graph. */
export function LifecycleGraph(props: LifecycleGraphProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ lifecycle, cursor, searched, isUpright }: LifecycleGraphProps): ReactNode {
  const seek = useSeek();
  const layout = useMemo(() => layOutLifecycle(lifecycle, isUpright), [lifecycle, isUpright]);
  const nodes = useMemo(
    () => flowNodes(lifecycle, layout, cursor, searched),
    [lifecycle, layout, cursor, searched],
  );
  const edges = useMemo(() => flowEdges(lifecycle, layout, cursor), [lifecycle, layout, cursor]);
  const here = useMemo(() => ({ cursor, seek }), [cursor, seek]);
  const handOver = useFit([...layout.nodes.keys()].join(' '), isUpright);
  return (
    <CursorContext value={here}>
      <ReactFlow<FlowNode, FlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        panActivationKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={ZOOM_MIN}
        maxZoom={ZOOM_MAX}
        fitView
        fitViewOptions={FIT}
        onMoveStart={(event) => {
          if (event) handOver();
        }}
        disableKeyboardA11y
      >
        <Background variant={BackgroundVariant.Dots} gap={16} size={1} />
      </ReactFlow>
    </CursorContext>
  );
}

/** Fits the graph when it has other nodes, or another room that the person has not moved it in. */
function useFit(nodesKey: string, isUpright: boolean): () => void {
  const { fitView } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const fitted = useRef({ key: '', isPersons: false });
  const key = `${nodesKey} ${isUpright}`;
  useLayoutEffect(() => {
    if (width === 0 || height === 0) return;
    if (fitted.current.key === key && fitted.current.isPersons) return;
    fitted.current = { key, isPersons: false };
    void fitView(FIT);
  }, [fitView, key, width, height]);
  return () => {
    fitted.current = { ...fitted.current, isPersons: true };
  };
}
