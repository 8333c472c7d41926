import type { ReactNode } from 'react';
import type { RunEntry } from '../session/model.ts';
import { useCursor } from '../session/store.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { Panel } from '../ui/panel.tsx';
import { Transport } from './transport.tsx';
import { timelineView } from './ui-store.ts';
import './timeline-panel.css';

/** The timeline with its head, over the whole width. */
export function TimelinePanel({ run }: { run: RunEntry }): ReactNode {
  const cursor = useCursor(run.id);
  return (
    <Panel label="Timeline">
      <Transport trace={run.trace} cursor={cursor} />
      <div className="timeline-body">
        {run.trace && (
          <Timeline
            key={run.id}
            trace={run.trace}
            cursor={cursor}
            isRunning={run.status === 'running'}
            view={timelineView}
            viewKey={run.viewKey}
          />
        )}
      </div>
    </Panel>
  );
}
