import type { ReactNode } from 'react';
import { Presenter } from '../presenter/presenter.tsx';
import type { RunEntry } from '../session/model.ts';
import { selectCursor, useSession } from '../session/store.ts';
import { useTalk } from '../session/talk.ts';
import { ErrorBoundary } from '../ui/error-boundary.tsx';
import type { ViewId } from '../words/views.ts';
import { isViewOf, ViewOfStep } from './views.tsx';

/** The talk that is given, over everything else. */
export function TalkOverWindow(): ReactNode {
  const talk = useTalk();
  return (
    <ErrorBoundary part="The presentation" subject={talk}>
      <Presenter renderView={(view, run) => <ViewOfTalk view={view} run={run} />} />
    </ErrorBoundary>
  );
}

/** A view of the run that is told, at its cursor. */
function ViewOfTalk({ view, run }: { view: ViewId; run: RunEntry }): ReactNode {
  const cursor = useSession((state) => selectCursor(state, run.id));
  if (!run.trace) return null;
  const shown = isViewOf(run, view) ? view : 'state';
  return <ViewOfStep view={shown} run={run} trace={run.trace} cursor={cursor} />;
}
