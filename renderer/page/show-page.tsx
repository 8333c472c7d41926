import { StrictMode, type ReactNode } from 'react';
import type { Root } from 'react-dom/client';
import type { PageRun } from '../../core/contract/page-lines.ts';
import { memorySource } from '../../core/trace/questions/trace-source.ts';
import { connectTo } from '../api.ts';
import { setSource } from '../session/asking.ts';
import { aimCursor, placeCursor } from '../session/cursor.ts';
import { foundAt, type RunEntry, type RunExplanation } from '../session/model.ts';
import { session } from '../session/store.ts';
import { ui } from '../shell/ui-store.ts';
import { shownLine } from '../words/shown.ts';
import { PageApp } from './page-app.tsx';
import { pageBridge } from './page-bridge.ts';
import { gzipped, readRun } from './page-run.ts';
import './page.css';

const RUN_ID = 'run';

/** Shows the run of this page, or says why it cannot be read. */
export async function showPage(root: Root): Promise<void> {
  try {
    const run = await readRun();
    takeIn(run);
    root.render(
      <StrictMode>
        <PageApp stepsOfRun={run.head.stepsOfRun} />
      </StrictMode>,
    );
  } catch (error) {
    root.render(<Damaged reason={String(error)} />);
  }
}

/** Makes the run of the page the only one of the session. */
function takeIn({ head, trace, file }: PageRun): void {
  connectTo(pageBridge(() => gzipped(file)));
  setSource(trace, memorySource(trace));
  const explanation = explanationOf({ head, trace });
  const run: RunEntry = {
    id: RUN_ID,
    origin: { kind: 'file', path: head.name },
    status: 'completed',
    trace,
    steps: trace.length,
    ...(explanation ? { explanation } : {}),
    ...(head.drawings
      ? { drawings: new Map(head.drawings.map(({ view, drawn }) => [view, new Map(drawn)])) }
      : {}),
  };
  session.setState({ isPage: true, isStarted: true, runs: [run], runId: RUN_ID, shown: 'run' });
  ui.setState({ isRunsShown: false });
  if (head.stepIndex === undefined) placeCursor(RUN_ID);
  else aimCursor(RUN_ID, { stepIndex: head.stepIndex });
}

function explanationOf({
  head: { explanation },
  trace,
}: Pick<PageRun, 'head' | 'trace'>): RunExplanation | undefined {
  const finding = explanation && trace.findings[explanation.finding];
  if (!finding) return undefined;
  const { needs, made, of, explained } = explanation;
  const cause = foundAt(finding);
  const status = made < of ? 'cancelled' : 'completed';
  return { cause, status, needs: new Map(needs), made, of, explained };
}

function Damaged({ reason }: { reason: string }): ReactNode {
  return (
    <main className="page-failure" role="alert">
      <h1>The run in this page cannot be read</h1>
      <p>The file was changed or cut after it was saved. Ask for it again.</p>
      <p className="muted data">{shownLine(reason)}</p>
    </main>
  );
}
