import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  FileText,
  LoaderCircle,
  X,
} from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { formatCount, formatPlural } from '../design/format.ts';
import { closeRun, seek, showRun } from '../session/controller.ts';
import { titleOf, type RunEntry } from '../session/model.ts';
import { useSession } from '../session/store.ts';
import { IconButton } from '../ui/icon-button.tsx';
import './runs-panel.css';

/** How many findings of the run on the screen are listed. */
const FINDINGS_SHOWN_MAX = 50;

/** The open runs and traces; under the one on the screen, its findings. */
export function RunsPanel(): ReactNode {
  const runs = useSession((state) => state.runs);
  const runId = useSession((state) => state.runId);
  return (
    <section className="panel" aria-label="Runs">
      <header className="panel-header">
        <h2>Runs</h2>
        <span className="muted small">{runs.length > 0 && formatCount(runs.length)}</span>
      </header>
      <ul className="run-list">
        {runs.map((run) => (
          <li key={run.id}>
            <RunRow run={run} isShown={run.id === runId} />
            {run.id === runId && <Findings run={run} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Memoised: a step changes only the run on the screen. */
const RunRow = memo(function RunRow({
  run,
  isShown,
}: {
  run: RunEntry;
  isShown: boolean;
}): ReactNode {
  const title = titleOf(run);
  return (
    <div className="run-row" data-shown={isShown}>
      <Button className="run-open" aria-current={isShown} onPress={() => void showRun(run.id)}>
        <RunIcon run={run} />
        <span className="run-text">
          <span className="truncate">{title}</span>
          <span className="muted small truncate data" title={detailOf(run)}>
            {detailOf(run)}
          </span>
        </span>
      </Button>
      <IconButton icon={X} label={`Close ${title}`} onPress={() => closeRun(run)} />
    </div>
  );
});

function detailOf({ origin, trace }: RunEntry): string {
  const header = trace?.header ?? (origin.kind === 'machine' ? origin.settings : undefined);
  if (!header) return 'trace file';
  const { seed, scenario, operationsMax, faults } = header;
  const parts = [
    seed,
    scenario,
    formatCount(operationsMax),
    ...(faults === 'none' ? [] : [faults]),
  ];
  return parts.join(' · ');
}

function RunIcon({ run }: { run: RunEntry }): ReactNode {
  const common = { size: 14, 'aria-hidden': true } as const;
  if (run.status === 'running') return <LoaderCircle {...common} className="spinning" />;
  if (run.status === 'waiting') return <CircleDashed {...common} className="muted" />;
  const hasFinding = (run.trace?.findings.length ?? 0) > 0;
  if (run.status === 'cancelled') {
    return <CircleSlash {...common} className={hasFinding ? 'ink-finding' : 'muted'} />;
  }
  if (run.status === 'failed' || hasFinding) {
    return <CircleAlert {...common} className="ink-finding" />;
  }
  if (run.origin.kind === 'file') return <FileText {...common} className="muted" />;
  return <CircleCheck {...common} className="ink-ok" />;
}

function Findings({ run }: { run: RunEntry }): ReactNode {
  const findings = run.trace?.findings ?? [];
  const hidden = findings.length - FINDINGS_SHOWN_MAX;
  return (
    <ul className="run-findings">
      {findings.slice(0, FINDINGS_SHOWN_MAX).map((finding, index) => (
        <li key={index}>
          <Button
            className="run-finding"
            aria-current={finding.stepIndex === run.cursor ? 'step' : false}
            onPress={() => seek(finding.stepIndex)}
          >
            <span className="data small">
              {finding.stepIndex < 0 ? 'start' : formatCount(finding.stepIndex)}
            </span>
            <span className="truncate small" title={finding.message}>
              {finding.name}
            </span>
          </Button>
        </li>
      ))}
      {hidden > 0 && <li className="muted small">and {formatPlural(hidden, 'more finding')}</li>}
    </ul>
  );
}
