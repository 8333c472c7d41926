import {
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  Flag,
  Maximize2,
  Pause,
  Play,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { formatPlace, formatPlural } from '../words/format.ts';
import { CommandButton } from './command-button.tsx';
import { isEnabled, runCommand } from './commands.ts';
import { PACES, useUi } from './ui-store.ts';
import './transport.css';

/** The head of the timeline: where the cursor is, and the ways to move it. */
export function Transport({
  trace,
  cursor,
}: {
  trace: Trace | undefined;
  cursor: number;
}): ReactNode {
  const isPlaying = useUi((state) => state.isPlaying);
  const pace = useUi((state) => PACES[state.pace]);
  const isAtStart = !trace || cursor <= -1;
  const isAtEnd = !trace || cursor >= trace.length - 1;
  const findings = trace?.findings ?? [];
  const [place, of] = formatPlace(cursor, trace?.length ?? 0);
  return (
    <div className="transport" role="toolbar" aria-label="Move in time">
      <CommandButton icon={ChevronsLeft} command="firstStep" isDisabled={isAtStart} />
      <CommandButton icon={ChevronLeft} command="stepBack" isDisabled={isAtStart} />
      <CommandButton icon={isPlaying ? Pause : Play} command="play" isDisabled={isAtEnd} />
      <CommandButton icon={ChevronRight} command="stepForward" isDisabled={isAtEnd} />
      <CommandButton icon={ChevronsRight} command="lastStep" isDisabled={isAtEnd} />
      <output className="position data" aria-label="Position">
        {place}
        <span className="muted">{of}</span>
      </output>
      {isPlaying && <span className="muted small">{pace} steps a second</span>}
      <span className="spacer" />
      {findings.length > 0 && (
        <span className="finding-jump">
          <span className="small">{formatPlural(findings.length, 'finding')}</span>
          <IconButton icon={Flag} command="nextFinding" onPress={jumpToFinding} />
        </span>
      )}
      <CommandButton icon={ZoomOut} command="zoomOut" />
      <CommandButton icon={ZoomIn} command="zoomIn" />
      <CommandButton icon={Maximize2} command="zoomFit" />
    </div>
  );
}

/** The next finding, or the nearest one before when there is none after the cursor. */
function jumpToFinding(): void {
  runCommand(isEnabled('nextFinding') ? 'nextFinding' : 'previousFinding');
}
