import { Download, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { causesOf } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { selectRun, useSession } from '../session/store.ts';
import { runCommand } from '../shell/commands.ts';
import { ThemeButton } from '../shell/theme-button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { useSeek } from '../ui/seek.tsx';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import '../shell/toolbar.css';

/** What the page shows, and what can be done with it. */
export function PageHead({ stepsOfRun }: { stepsOfRun: number | undefined }): ReactNode {
  const trace = useSession(selectRun)?.trace;
  if (!trace) return null;
  const { machine, scenario, seed, faults, shrunkFrom } = trace.header;
  const shrunk =
    shrunkFrom &&
    `shrunk: ${formatCount(trace.length)} of ${formatPlural(shrunkFrom.steps, 'step')}`;
  const words = [
    ...(shrunk === undefined ? [] : [shrunk]),
    scenario,
    `seed ${seed}`,
    ...(faults === 'none' ? [] : [`faults ${faults}`]),
  ];
  return (
    <header className="toolbar page-head">
      <h1 className="truncate">{shownName(machine)}</h1>
      <span className="muted truncate page-origin">{shownLine(words.join(' · '))}</span>
      {stepsOfRun !== undefined && (
        <span className="ink-rejected page-part">
          the first {formatCount(trace.length)} of {formatPlural(stepsOfRun, 'step')}
        </span>
      )}
      <span className="spacer" />
      <FirstFinding trace={trace} />
      <IconButton icon={Search} command="palette" onPress={() => runCommand('palette')} />
      <IconButton icon={Download} command="saveTrace" onPress={() => runCommand('saveTrace')} />
      <ThemeButton />
    </header>
  );
}

/** The first finding, which goes there. */
function FirstFinding({ trace }: { trace: Trace }): ReactNode {
  const seek = useSeek();
  const [cause, ...others] = causesOf(trace.findings);
  if (!cause) return <span className="ink-ok page-verdict">no findings</span>;
  const { name, stepIndex } = cause.first;
  const more = others.length === 0 ? '' : `, and ${formatPlural(others.length, 'other cause')}`;
  return (
    <button
      type="button"
      className="page-verdict page-finding truncate"
      onClick={() => seek(stepIndex)}
    >
      {shownName(name)}
      <span className="small">
        {' '}
        {formatStepIndex(stepIndex)}
        {more}
      </span>
    </button>
  );
}
