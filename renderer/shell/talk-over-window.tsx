import type { ReactNode } from 'react';
import { Presenter } from '../presenter/presenter.tsx';
import { useIsBesideShown } from '../session/beside.ts';
import type { RunEntry } from '../session/model.ts';
import { selectCursor, useSession } from '../session/store.ts';
import type { ViewId } from '../words/views.ts';
import { isViewOf, ViewOfStep } from './views.tsx';

/** The talk that is given, over everything else. */
export function TalkOverWindow(): ReactNode {
  return <Presenter renderView={(view, run) => <ViewOfTalk view={view} run={run} />} />;
}

/** A view of the run that is presented, at its cursor. */
function ViewOfTalk({ view, run }: { view: ViewId; run: RunEntry }): ReactNode {
  const cursor = useSession((state) => selectCursor(state, run.id));
  const isBesideShown = useIsBesideShown(run);
  if (!run.trace) return null;
  const isShown = isViewOf(run, view) && (view !== 'beside' || isBesideShown);
  const shown = isShown ? view : 'state';
  return <ViewOfStep view={shown} run={run} trace={run.trace} cursor={cursor} />;
}
