import type { CSSProperties, ReactNode } from 'react';
import { withGone } from '../../core/drawing/changes.ts';
import { shownLine } from '../words/shown.ts';
import { formatMinutes, hoursBetween, lanesIn, lanesOf, type Lane } from './calendar-layout.ts';
import { ItemMark } from './item-mark.tsx';
import { marksOf, type FormProps } from './marks.ts';
import './drawn-item.css';
import './calendar-form.css';

type Entry = FormProps<'calendar'>['drawing']['entries'][number];

/** Entries by column and time, those that overlap beside each other. */
export function CalendarForm({ drawing, before, changes }: FormProps<'calendar'>): ReactNode {
  const { columns, from, to, open } = drawing;
  const entries = withGone(before?.entries ?? [], drawing.entries, changes);
  const lanes = lanesOf(entries);
  const at = (minutes: number) =>
    ((Math.min(Math.max(minutes, from), to) - from) / (to - from)) * 100;
  const vertical = (span: { readonly from: number; readonly to: number }): CSSProperties => ({
    top: `${at(span.from)}%`,
    height: `${at(span.to) - at(span.from)}%`,
  });
  const hours = hoursBetween(from, to);
  const growths = columns.map((_, index) => growthOf(lanesIn(index, entries, lanes)));
  const lanesWide = growths.reduce((sum, growth) => sum + growth, 0);
  return (
    <div className="drawn-calendar" style={{ minWidth: HOURS_PX + lanesWide * LANE_PX_MIN }}>
      <div className="calendar-hours" aria-hidden>
        {hours.map((hour) => (
          <span key={hour} className="data small muted" style={{ top: `${at(hour)}%` }}>
            {formatMinutes(hour)}
          </span>
        ))}
      </div>
      {columns.map((column, index) => (
        <section
          key={`${index} ${column}`}
          aria-label={shownLine(column)}
          className="calendar-column"
          style={{ flexGrow: growths[index] }}
        >
          <h3 className="small truncate">{shownLine(column)}</h3>
          <div className="calendar-day" data-shaded={open !== undefined || undefined}>
            {open
              ?.filter((span) => span.column === index)
              .map((span) => (
                <div
                  key={`${span.from} ${span.to}`}
                  className="calendar-open"
                  style={vertical(span)}
                />
              ))}
            {hours.map((hour) => (
              <div key={hour} className="calendar-line" style={{ top: `${at(hour)}%` }} />
            ))}
            <ul>
              {entries
                .filter((entry) => entry.column === index)
                .map((entry) => (
                  <EntryView
                    key={entry.id}
                    entry={entry}
                    changes={changes}
                    style={{ ...vertical(entry), ...horizontal(lanes.get(entry.id)) }}
                  />
                ))}
            </ul>
          </div>
        </section>
      ))}
    </div>
  );
}

/** More lanes than these do not make a column wider. */
const GROWING_LANES_MAX = 4;
/** Room for a short name, and for the hours beside the columns. */
const LANE_PX_MIN = 68;
const HOURS_PX = 40;

/** How wide a column is among the others: entries beside each other have as much room as one alone. */
function growthOf(lanes: number): number {
  return Math.min(lanes, GROWING_LANES_MAX);
}

function horizontal({ lane, lanes }: Lane = { lane: 0, lanes: 1 }): CSSProperties {
  return { left: `${(lane / lanes) * 100}%`, width: `${100 / lanes}%` };
}

function EntryView({
  entry,
  changes,
  style,
}: {
  entry: Entry;
  style: CSSProperties;
} & Pick<FormProps<'calendar'>, 'changes'>): ReactNode {
  const { title, detail, from, to } = entry;
  const time = `${formatMinutes(from)}–${formatMinutes(to)}`;
  const whole = [time, shownLine(title), detail === undefined ? '' : shownLine(detail)];
  return (
    <li
      className="calendar-entry"
      style={style}
      title={whole.filter(Boolean).join('\n')}
      {...marksOf(entry, changes)}
    >
      <ItemMark item={entry} changes={changes} />
      <span className="calendar-text">
        <span className="calendar-title">{shownLine(title)}</span>
        <span className="visually-hidden">{time}</span>
        {detail !== undefined && <span className="calendar-detail">{shownLine(detail)}</span>}
      </span>
    </li>
  );
}
