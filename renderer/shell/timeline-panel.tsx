import type { ReactNode } from 'react';
import type { RunEntry } from '../session/model.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { Panel } from '../ui/panel.tsx';
import { Transport } from './transport.tsx';
import { timelineView } from './ui-store.ts';
import './timeline-panel.css';

/** The timeline with its head, over the whole width. */
export function TimelinePanel({ run }: { run: RunEntry }): ReactNode {
  return (
    <Panel label="Timeline">
      <Transport run={run} />
      <div className="timeline-body">
        {run.trace && (
          <Timeline
            key={run.id}
            trace={run.trace}
            cursor={run.cursor}
            isRunning={run.status === 'running'}
            view={timelineView}
            viewKey={run.viewKey}
          />
        )}
      </div>
    </Panel>
  );
}
