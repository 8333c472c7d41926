import { CircleDot, Triangle, X, type LucideIcon } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, type MouseEvent, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { CrashVerdictInBrief } from '../../core/trace/words/judged.ts';
import { verdictsAt } from '../session/crash-points.ts';
import { isAnswerEarlier, type RunCrashes, type RunEntry } from '../session/model.ts';
import { useSession } from '../session/store.ts';
import {
  crashEverywhere,
  forgetCrashes,
  isCrashable,
  openCrash,
} from '../session/tasks/crash-everywhere.ts';
import { LinkButton } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { summarizeCrashes } from '../words/crash-words.ts';
import { formatPlural, formatStepIndex } from '../words/format.ts';
import { shownName } from '../words/shown.ts';
import { crashAt, drawCrashes } from './draw-crashes.ts';
import { mountDrawing } from './drawing.ts';
import type { Viewport } from './viewport.ts';
import './crash-strip.css';

/** The height of the strip with its head. */
export const CRASH_STRIP_PX = 68;

/** Tells what a timeline shows, whenever it is drawn. */
export interface ViewportSource {
  readonly current: () => Viewport | undefined;
  readonly subscribe: (listener: () => void) => () => void;
}

/** What becomes of a run that crashes: a cell for each crash point, under the steps of the timeline. */
export function CrashStrip({
  run,
  crashes,
  cursor,
  viewports,
}: {
  run: RunEntry;
  crashes: RunCrashes;
  cursor: number;
  viewports: ViewportSource;
}): ReactNode {
  const isRunning = crashes.status === 'running';
  const isEarlier = useSession(({ machines }) => isAnswerEarlier(crashes, run, machines));
  return (
    <section
      className="crash-strip"
      aria-label="Crash everywhere"
      aria-busy={isRunning}
      data-earlier-findings={isEarlier}
    >
      <header className="crash-strip-head small">
        <span className="crash-strip-summary">
          {summarizeCrashes(crashes, run.steps)}
          {isEarlier && ' Crashed with an earlier source.'}
        </span>
        {isEarlier && isCrashable(run) && (
          <LinkButton onPress={() => void crashEverywhere(run.id)}>Crash again</LinkButton>
        )}
        {isRunning && (
          <progress max={Math.max(1, run.steps)} value={crashes.steps} aria-label="Steps" />
        )}
        <span className="spacer" />
        <PointsAtCursor run={run} crashes={crashes} cursor={cursor} />
        <IconButton
          icon={X}
          size="small"
          label={isRunning ? 'Stop crashing' : 'Close the crash points'}
          onPress={() => forgetCrashes(run.id)}
        />
      </header>
      <CrashCanvas run={run} crashes={crashes} viewports={viewports} isEarlier={isEarlier} />
    </section>
  );
}

/** The crash points of the step at the cursor, each of which opens its fork. */
function PointsAtCursor({
  run,
  crashes,
  cursor,
}: {
  run: RunEntry;
  crashes: RunCrashes;
  cursor: number;
}): ReactNode {
  const points = verdictsAt(crashes.verdicts, cursor);
  if (points.length === 0) return null;
  return (
    <ul className="crash-points" aria-label={`Crash points of ${formatStepIndex(cursor)}`}>
      {points.map((point) => {
        const Icon = ICONS[point.verdict];
        const words = describePoint(point);
        return (
          <li key={point.dispatched ?? 'inside'}>
            <Button
              className="crash-point"
              data-verdict={point.verdict}
              aria-label={`${words}: ${VERDICT_WORDS[point.verdict]}. Open the fork`}
              onPress={() => openCrash(run, point)}
            >
              <Icon size={12} aria-hidden />
              {words}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

const ICONS: Readonly<Record<CrashVerdictInBrief['verdict'], LucideIcon>> = {
  fine: CircleDot,
  fails: Triangle,
  failsAnyway: CircleDot,
};

const VERDICT_WORDS: Readonly<Record<CrashVerdictInBrief['verdict'], string>> = {
  fine: 'recovers',
  fails: 'fails because of the crash',
  failsAnyway: 'fails without the crash, too',
};

function describePoint({ dispatched }: CrashVerdictInBrief): string {
  if (dispatched === undefined) return 'before commit';
  return dispatched === 0 ? 'after commit' : `${formatPlural(dispatched, 'action')} out`;
}

function CrashCanvas({
  run,
  crashes,
  viewports,
  isEarlier,
}: {
  run: RunEntry;
  crashes: RunCrashes;
  viewports: ViewportSource;
  /** Changes the colours, which are read anew then. */
  isEarlier: boolean;
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ crashes, steps: run.steps, isEarlier });
  const schedule = useRef<() => void>(undefined);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const drawing = mountDrawing(element, (surface) => {
      const viewport = viewports.current();
      const { crashes: drawn, steps } = latest.current;
      if (viewport) drawCrashes({ ...surface, viewport, verdicts: drawn.verdicts, steps });
    });
    schedule.current = drawing.schedule;
    const unsubscribe = viewports.subscribe(drawing.schedule);
    return () => {
      unsubscribe();
      drawing.unmount();
    };
  }, [viewports]);
  useEffect(() => {
    latest.current = { crashes, steps: run.steps, isEarlier };
    schedule.current?.();
  }, [crashes, run.steps, isEarlier]);
  const pointAt = ({ nativeEvent }: MouseEvent) => {
    const element = canvas.current;
    const viewport = viewports.current();
    if (!element || !viewport) return undefined;
    const scene = {
      viewport,
      verdicts: crashes.verdicts,
      steps: run.steps,
      widthPx: element.clientWidth,
      heightPx: element.clientHeight,
    };
    return crashAt(scene, nativeEvent.offsetX, nativeEvent.offsetY);
  };
  return (
    <div className="crash-strip-plot">
      <span className="crash-strip-name small muted" aria-hidden>
        Crash points
      </span>
      {/* To the keyboard, the points are buttons in the head, at the cursor's step. */}
      <canvas
        ref={canvas}
        aria-hidden
        onMouseMove={(event) => {
          const point = pointAt(event);
          event.currentTarget.title = point ? titleOf(point) : '';
          event.currentTarget.style.cursor = point ? 'pointer' : 'default';
        }}
        onClick={(event) => {
          const point = pointAt(event);
          if (point) openCrash(run, point);
        }}
      />
    </div>
  );
}

function titleOf(point: CrashVerdictInBrief): string {
  const found = point.findings.map(({ name }) => shownName(name)).join(', ');
  const place = `${formatStepIndex(point.stepIndex)}, ${describePoint(point)}`;
  const verdict = VERDICT_WORDS[point.verdict];
  return `${place}: ${verdict}${found === '' ? '' : ` (${found})`}. Click to open the fork.`;
}
