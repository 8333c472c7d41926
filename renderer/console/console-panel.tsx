import { SquareTerminal } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import { Placeholder } from '../ui/placeholder.tsx';
import { FilterField } from '../ui/search-field.tsx';
import { Segments } from '../ui/segments.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { chooseLines, type LevelChoice } from './console-lines.ts';
import { ConsoleList } from './console-list.tsx';
import { useOutput, type RunOutput } from './use-output.ts';
import './console-panel.css';

const LEVELS = [
  { id: 'all', label: 'All', hint: 'Everything that was printed' },
  { id: 'warnings', label: 'Warnings', hint: 'Warnings, errors and standard error' },
] as const;

/**
 * What was printed in a run, line by line beside its steps.
 *
 * @param steps the number of steps so far.
 */
export function ConsolePanel({
  trace,
  steps,
  cursor,
}: {
  trace: Trace;
  steps: number;
  cursor: number;
}): ReactNode {
  const output = useOutput(trace, steps);
  const [words, setWords] = useState('');
  const [levels, setLevels] = useState<LevelChoice>('all');
  const wanted = useDeferredValue(words);
  const lines = useMemo(
    () => chooseLines(output.lines, wanted, levels),
    [output.lines, wanted, levels],
  );
  if (output.lines.length === 0) return <Nothing output={output} steps={steps} />;
  return (
    <div className="console-panel">
      <div className="view-bar" role="toolbar" aria-label="Filter what was printed">
        <FilterField
          label="Words in what was printed"
          query={words}
          onQuery={setWords}
          onEnter={focusLines}
        />
        <Segments label="Levels" options={LEVELS} selected={levels} onSelect={setLevels} />
        <output className="console-count muted small" aria-label="Shown lines">
          {describeLines(lines.length, output, steps)}
        </output>
      </div>
      {lines.length === 0 ? (
        <Placeholder title="No line holds that">
          <p className="muted">
            {formatPlural(output.lines.length, 'line')} hidden. Clear the field, or show all levels.
          </p>
        </Placeholder>
      ) : (
        <ConsoleList lines={lines} cursor={cursor} />
      )}
    </div>
  );
}

function describeLines(
  shown: number,
  { lines, searched, isCut }: RunOutput,
  steps: number,
): string {
  const total = lines.length;
  const count =
    shown === total
      ? formatPlural(total, 'line')
      : `${formatCount(shown)} of ${formatPlural(total, 'line')}`;
  if (isCut) return `${count}, up to step ${formatCount(searched)}`;
  return searched < steps ? `${count}, ${formatCount(searched)} steps read` : count;
}

function Nothing({ output, steps }: { output: RunOutput; steps: number }): ReactNode {
  const { searched, problem } = output;
  if (problem !== undefined) {
    return <Placeholder title="What was printed cannot be read">{problem}</Placeholder>;
  }
  if (searched < steps) {
    return <Placeholder>Reading what was printed in {formatPlural(steps, 'step')} …</Placeholder>;
  }
  return (
    <Placeholder icon={SquareTerminal} title="Nothing was printed in this run">
      <p className="muted">
        What a machine or its scenario prints with <code className="data">console.log</code> is kept
        beside its step.
      </p>
    </Placeholder>
  );
}

/** Enter in the field moves into the lines. */
function focusLines(): void {
  document.querySelector<HTMLElement>('.console-grid')?.focus();
}
