import { FileCheck } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { Coverage, CoveredSource } from '../../core/contract/coverage.ts';
import { countLines, missedIn, type MissedLines } from '../../core/sweep/covered-lines.ts';
import type { Place } from '../ui/place-link.tsx';
import { Placeholder } from '../ui/placeholder.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { CodeView } from './code-view.tsx';
import './never-executed.css';

export interface NeverExecutedProps {
  readonly coverage: Coverage;
  /** The place that was chosen; by default, the first. */
  readonly chosen: Place | undefined;
  readonly onChoose: (place: Place) => void;
}

/** The lines of a machine that no step or seed executed: a list of them by file, beside the source. */
export function NeverExecuted({ coverage, chosen, onChoose }: NeverExecutedProps): ReactNode {
  const { sources } = coverage;
  const withMissed = useMemo(() => {
    const listed = sources.filter((source) => missedIn(source).length > 0);
    // What a step never enters, such as the scenario, matters least.
    return listed.toSorted((a, b) => Number(isUnused(a)) - Number(isUnused(b)));
  }, [sources]);
  const isThere = withMissed.some(({ path }) => path === chosen?.path);
  const first = useMemo(() => firstMissed(withMissed[0]), [withMissed]);
  const place = isThere ? chosen : first;
  const shown = sources.find(({ path }) => path === place?.path);
  if (!shown || !place) {
    return (
      <Placeholder icon={FileCheck} ink="ink-ok" title="Every line was executed">
        <p className="muted">
          {formatPlural(countLines(sources).executed, 'line')} in{' '}
          {formatPlural(sources.length, 'file')}.
        </p>
      </Placeholder>
    );
  }
  return (
    <div className="never-executed">
      <nav aria-label="Lines that were never executed" className="never-list">
        {withMissed.map((source) => (
          <FileOfMissed key={source.path} source={source} place={place} onPick={onChoose} />
        ))}
      </nav>
      <CodeView source={shown} mode="run" place={place} />
    </div>
  );
}

/** Whether nothing of a file was executed, but while it was loaded. */
function isUnused(source: CoveredSource): boolean {
  return countLines([source]).executed === 0;
}

function firstMissed(source: CoveredSource | undefined): Place | undefined {
  const [range] = source ? missedIn(source) : [];
  return source && range && { path: source.path, line: range.first + 1, column: 1 };
}

/** How many lines were never executed, in a few words. */
export function describeMissed({ sources }: Coverage): string {
  const { executed, missed } = countLines(sources);
  return `${formatCount(missed)} of ${formatPlural(executed + missed, 'line')} never executed`;
}

function FileOfMissed({
  source,
  place,
  onPick,
}: {
  source: CoveredSource;
  place: Place | undefined;
  onPick: (place: Place) => void;
}): ReactNode {
  const { path, text } = source;
  const texts = text.split('\n');
  const { missed, executed } = countLines([source]);
  return (
    <section>
      <h3 className="never-file">
        <span className="data truncate" title={path}>
          {shownLine(path)}
        </span>
        <span className="muted small never-count">
          {executed === 0 ? `all ${formatCount(missed)}` : formatCount(missed)}
        </span>
      </h3>
      <ul>
        {missedIn(source).map((range) => (
          <li key={range.first} title={shownLine(texts[range.first]?.trim() ?? '')}>
            <button
              type="button"
              className="never-range"
              aria-current={place?.path === path && place.line === range.first + 1}
              onClick={() => onPick({ path, line: range.first + 1, column: 1 })}
            >
              <span className="never-sign" title={range.isPartly ? 'Executed in part' : undefined}>
                {range.isPartly ? '◐' : '○'}
                {range.isPartly && <span className="visually-hidden">in part</span>}
              </span>
              <span className="data muted never-lines">{linesOf(range)}</span>
              <span className="data truncate">{shownLine(texts[range.first]?.trim() ?? '')}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The lines of a stretch: `12–14`, or `20`. */
function linesOf({ first, last }: MissedLines): string {
  return last > first ? `${first + 1}–${last + 1}` : String(first + 1);
}
