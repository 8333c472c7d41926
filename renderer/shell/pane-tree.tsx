import { Fragment, useLayoutEffect, useMemo, useRef, type ReactNode, type RefObject } from 'react';
import {
  Group,
  Panel as ResizablePanel,
  Separator,
  type GroupImperativeHandle,
  type Layout,
} from 'react-resizable-panels';
import {
  leastRoom,
  resize,
  type Arrangement,
  type Part,
  type Split,
} from '../session/arrangement.ts';
import { arrange, currentArrangement } from '../session/arrangements.ts';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { showCommandOf } from '../words/commands.ts';
import { VIEWS, type ViewId } from '../words/views.ts';
import { ArrangeMenu } from './arrange-menu.tsx';
import { Pane } from './pane.tsx';
import { showView, useShownPanes } from './panes.ts';
import { ui } from './ui-store.ts';
import { ViewOfStep, viewsOf, type ViewProps } from './views.tsx';
import './pane-tree.css';

/** The views of a step, as they are arranged. */
export function Panes(props: ViewProps): ReactNode {
  const panes = useShownPanes(props.run);
  const place = useRef<HTMLDivElement>(null);
  useRoom(place);
  return (
    <div className="panes" ref={place}>
      {typeof panes.root === 'string' ? (
        <OnePane view={panes.root} {...props} />
      ) : (
        <PartView part={panes.root} path={[]} panes={panes} {...props} />
      )}
    </div>
  );
}

/** Measures the room for the panes. */
function useRoom(place: RefObject<HTMLDivElement | null>): void {
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const measure = () => {
      if (!element.isConnected) return;
      ui.setState({ room: { widthPx: element.clientWidth, heightPx: element.clientHeight } });
    };
    // In the next frame: other panes at once would be other sizes to observe in this one.
    const observer = new ResizeObserver(() => requestAnimationFrame(measure));
    measure();
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
}

/** One view at a time, and tabs for the others. */
function OnePane({ view, ...props }: ViewProps & { view: ViewId }): ReactNode {
  const { run } = props;
  const tabs = useMemo(
    () => viewsOf(run).map((id) => ({ id, label: VIEWS[id].label, command: showCommandOf(id) })),
    [run],
  );
  const tools = useMemo(() => <ArrangeMenu view={view} />, [view]);
  return (
    <Tabs label="Views of the step" tabs={tabs} selected={view} onSelect={showView} tools={tools}>
      <GuardedView view={view} {...props} />
    </Tabs>
  );
}

interface PartProps extends ViewProps {
  readonly part: Part;
  /** The index of a part at each level, from the root to this one. */
  readonly path: readonly number[];
  readonly panes: Arrangement;
}

function PartView({ part, path, panes, ...props }: PartProps): ReactNode {
  if (typeof part !== 'string') {
    const { direction, parts } = part;
    return (
      // A group of another number of parts is another group to the library.
      <SplitView
        key={`${direction} ${parts.length}`}
        split={part}
        path={path}
        panes={panes}
        {...props}
      />
    );
  }
  return (
    <Pane view={part} run={props.run} isFocused={panes.focused === part}>
      <GuardedView view={part} {...props} />
    </Pane>
  );
}

function SplitView({
  split,
  path,
  panes,
  ...props
}: Omit<PartProps, 'part'> & { split: Split }): ReactNode {
  const group = useRef<GroupImperativeHandle>(null);
  const id = ['panes', ...path].join('-');
  const layout = useMemo(() => layoutOf(id, split), [id, split]);
  // The library keeps the sizes that a group had; what counts is the arrangement.
  useLayoutEffect(() => {
    const now = group.current?.getLayout();
    if (now && isOther(now, layout)) group.current?.setLayout(layout);
  }, [layout]);
  const isRow = split.direction === 'beside';
  const keep = (sizes: Layout) => {
    // Panes that cannot be shown now have sizes, too: those are not to be lost.
    if (currentArrangement().root !== panes.root) return;
    const shares = split.parts.map((_, at) => sizes[`${id}-${at}`] ?? 0);
    arrange((arrangement) => resize(arrangement, path, shares));
  };
  return (
    <Group
      id={id}
      groupRef={group}
      orientation={isRow ? 'horizontal' : 'vertical'}
      defaultLayout={layout}
      onLayoutChanged={(sizes, { isUserInteraction }) => {
        if (isUserInteraction) keep(sizes);
      }}
    >
      {split.parts.map((part, at) => {
        const { widthPx, heightPx } = leastRoom(part);
        return (
          // A part is its place, whatever it shows.
          <Fragment key={at}>
            {at > 0 && <Separator className={`separator ${isRow ? 'vertical' : 'horizontal'}`} />}
            <ResizablePanel id={`${id}-${at}`} minSize={isRow ? widthPx : heightPx}>
              <PartView part={part} path={[...path, at]} panes={panes} {...props} />
            </ResizablePanel>
          </Fragment>
        );
      })}
    </Group>
  );
}

/** The sizes of parts, by their places. */
function layoutOf(id: string, { shares }: Split): Layout {
  return Object.fromEntries(shares.map((share, at) => [`${id}-${at}`, share]));
}

function isOther(one: Layout, other: Layout): boolean {
  return Object.entries(other).some(([id, size]) => one[id] !== size);
}

/** A view that cannot be shown keeps nobody from the others. */
function GuardedView({ view, ...props }: ViewProps & { view: ViewId }): ReactNode {
  const { run, cursor } = props;
  return (
    <ErrorBoundary
      part={`${VIEWS[view].label} of the step`}
      subject={`${run.id} ${cursor.stepIndex} ${view}`}
    >
      <ViewOfStep key={run.id} view={view} {...props} />
    </ErrorBoundary>
  );
}
