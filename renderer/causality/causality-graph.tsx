import { Background, BackgroundVariant, Panel, ReactFlow, ReactFlowProvider } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { AlignLeft, Crosshair, Maximize, Undo2, ZoomIn, ZoomOut } from 'lucide-react';
import { useCallback, useMemo, useState, type ReactNode } from 'react';
import { stepNodeId } from '../../core/trace/causality/graph-model.ts';
import { originGraph } from '../../core/trace/causality/origin-graph.ts';
import type { OriginHop } from '../../core/trace/causality/origins.ts';
import { whenLoaded } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from '../session/asking.ts';
import type { RunEntry } from '../session/model.ts';
import { hideOrigin, useShownOrigin } from '../session/shown-origin.ts';
import { LinkButton } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { PICTURE_OF_GRAPH } from '../ui/picture-of-graph.ts';
import { Tip } from '../ui/tip.tsx';
import { useAwaited } from '../ui/use-loaded.ts';
import { formatStepIndex } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { CausalityEdgeView } from './causality-edge.tsx';
import { CausalityLegend } from './causality-legend.tsx';
import { CausalityNodeView, RevealContext } from './causality-node.tsx';
import { explainSingle, outlineOf } from './causality-text.ts';
import { flowEdges, flowNodes, lightUp, type FlowEdge, type FlowNode } from './flow-items.ts';
import { hasStep, withContents, type CausalityGraph as Graph } from './graph-model.ts';
import { layOut } from './layout.ts';
import { StoryPanel } from './story-panel.tsx';
import { setStoryShown, useIsStoryShown } from './story-view.ts';
import { useViewport, type ViewportCommands } from './use-viewport.ts';
import { ZOOM_MAX, ZOOM_MIN } from './viewport.ts';
import './causality-graph.css';

const NODE_TYPES = { causality: CausalityNodeView };
const EDGE_TYPES = { causality: CausalityEdgeView };
const ZOOM_FACTOR = 1.25;

export interface CausalityGraphProps {
  readonly run: RunEntry;
  readonly trace: Trace;
  /** The number of steps so far: consequences become known as the trace grows. */
  readonly steps: number;
  /** The step on the screen; -1 is the initial state. */
  readonly cursor: number;
}

/** The causes of the step at the cursor, and its consequences; or the way of a value, if one is shown. */
export function CausalityGraph(props: CausalityGraphProps): ReactNode {
  const hops = useShownOrigin(props.trace);
  return hops ? <OriginGraph {...props} hops={hops} /> : <CauseGraph {...props} />;
}

function CauseGraph({ run, trace, steps, cursor }: CausalityGraphProps): ReactNode {
  const { graph, recentre } = useGraph(trace, steps, cursor);
  const isStoryShown = useIsStoryShown();
  const isCentred = graph?.focus === cursor;
  return (
    <GraphPanel
      graph={graph}
      title={graph && `Around ${formatStepIndex(graph.focus)}`}
      cursor={cursor}
      beside={
        graph &&
        isStoryShown && <StoryPanel run={run} trace={trace} graph={graph} cursor={cursor} />
      }
    >
      {graph && !isCentred && (
        <Tip content="Draw the graph around the step at the cursor">
          <LinkButton onPress={recentre}>
            <Crosshair size={14} aria-hidden /> Re-centre
          </LinkButton>
        </Tip>
      )}
      <IconButton
        icon={AlignLeft}
        command="toggleStory"
        size="small"
        isPressed={isStoryShown}
        onPress={() => setStoryShown(!isStoryShown)}
      />
    </GraphPanel>
  );
}

function OriginGraph({
  trace,
  cursor,
  hops,
}: CausalityGraphProps & { hops: readonly OriginHop[] }): ReactNode {
  const compute = useCallback(
    () => whenLoaded(trace, () => withContents(trace, originGraph(hops))),
    [trace, hops],
  );
  const { result: graph } = useAwaited(compute);
  return (
    <GraphPanel graph={graph} cursor={cursor}>
      <Tip content="Draw the causes of the step at the cursor">
        <LinkButton onPress={() => hideOrigin(trace)}>
          <Undo2 size={14} aria-hidden /> Causes
        </LinkButton>
      </Tip>
    </GraphPanel>
  );
}

interface GraphPanelProps {
  readonly graph: Graph | undefined;
  /** What the graph is of, if its notes do not say so. */
  readonly title?: string | undefined;
  readonly cursor: number;
  /** What is shown beside the graph. */
  readonly beside?: ReactNode;
  /** What else can be done with the graph. */
  readonly children: ReactNode;
}

function GraphPanel({ graph, title, cursor, beside, children }: GraphPanelProps): ReactNode {
  const outline = useMemo(() => (graph ? outlineOf(graph) : []), [graph]);
  const litId = stepNodeId(cursor);
  return (
    <section className="causality" aria-label="Causality">
      <div className="causality-body">
        <ReactFlowProvider>
          {graph && (
            <Canvas graph={graph} title={title} litId={litId}>
              {children}
            </Canvas>
          )}
        </ReactFlowProvider>
        {beside}
      </div>
      <CausalityLegend />
      <ol className="visually-hidden" aria-label="The chain, in the order of its steps">
        {outline.map(({ id, text }) => (
          <li key={id} aria-current={id === litId ? 'step' : undefined}>
            {text}
          </li>
        ))}
      </ol>
    </section>
  );
}

/**
 * The graph for the cursor. It stays while the cursor moves inside it, so that stepping along a chain
 * moves only the highlight; a step outside, another run, or `recentre` makes a new graph.
 */
function useGraph(
  trace: Trace,
  steps: number,
  wished: number,
): { graph: Graph | undefined; recentre: () => void } {
  const cursor = Math.min(wished, steps - 1);
  const [centre, setCentre] = useState({ header: trace.header, focus: cursor });
  const compute = useCallback(
    (signal: AbortSignal) => graphAround(trace, Math.min(centre.focus, steps - 1), signal),
    [trace, steps, centre.focus],
  );
  const { result: graph, isCurrent } = useAwaited(compute);
  const isSame = centre.header === trace.header;
  const isAwaited = isSame && !isCurrent && centre.focus === cursor;
  if (!isAwaited && !(isSame && graph && hasStep(graph, cursor))) {
    setCentre({ header: trace.header, focus: cursor });
  }
  return { graph, recentre: () => setCentre({ header: trace.header, focus: cursor }) };
}

/** The graph is made where the lines are; only those of its own steps come here. */
async function graphAround(trace: Trace, focus: number, signal: AbortSignal): Promise<Graph> {
  const graph = await sourceOf(trace).ask({ kind: 'causality', focus }, { signal });
  return whenLoaded(trace, () => withContents(trace, graph));
}

interface CanvasProps {
  readonly graph: Graph;
  readonly title: string | undefined;
  readonly litId: string;
  readonly children: ReactNode;
}

function Canvas({ graph, title, litId, children }: CanvasProps): ReactNode {
  const layout = useMemo(() => layOut(graph), [graph]);
  const dark = useMemo(() => flowNodes(graph, layout), [graph, layout]);
  const nodes = useMemo(() => lightUp(dark, litId), [dark, litId]);
  const edges = useMemo(() => flowEdges(graph, layout), [graph, layout]);
  const nodesKey = graph.nodes.map(({ id }) => id).join(' ');
  const viewport = useViewport(layout, nodesKey, litId);
  const explanation = explainSingle(graph);
  return (
    <div className="causality-canvas">
      <RevealContext value={viewport.reveal}>
        <ReactFlow<FlowNode, FlowEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          {...PICTURE_OF_GRAPH}
          minZoom={ZOOM_MIN}
          maxZoom={ZOOM_MAX}
          onMoveStart={(event) => {
            if (event) viewport.handOver();
          }}
        >
          <Background variant={BackgroundVariant.Dots} gap={16} size={1} />
          <Notes notes={title === undefined ? graph.notes : [title, ...graph.notes]} />
          <Panel position="top-right" className="causality-tools">
            {children}
            <Tools viewport={viewport} />
          </Panel>
        </ReactFlow>
      </RevealContext>
      {explanation !== undefined && <p className="causality-explanation">{explanation}</p>}
    </div>
  );
}

function Notes({ notes }: { notes: readonly string[] }): ReactNode {
  return (
    <Panel position="top-left" className="causality-notes">
      {notes.map(shownLine).join(' · ')}
    </Panel>
  );
}

function Tools({ viewport }: { viewport: ViewportCommands }): ReactNode {
  return (
    <>
      <IconButton
        icon={ZoomOut}
        label="Zoom out of the graph"
        size="small"
        onPress={() => viewport.zoomBy(1 / ZOOM_FACTOR)}
      />
      <IconButton
        icon={ZoomIn}
        label="Zoom in on the graph"
        size="small"
        onPress={() => viewport.zoomBy(ZOOM_FACTOR)}
      />
      <IconButton
        icon={Maximize}
        label="Show the whole graph"
        size="small"
        onPress={viewport.fitWhole}
      />
    </>
  );
}
