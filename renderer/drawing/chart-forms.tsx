import { useEffect, useRef, type ReactNode } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { withGone } from '../../core/drawing/changes.ts';
import { useWidth } from '../ui/use-size.ts';
import { shownLine } from '../words/shown.ts';
import { ItemMark } from './item-mark.tsx';
import { cellText, marksOf, type FormProps } from './marks.ts';
import './drawn-rows.css';
import './chart-forms.css';

/** A bar for each number, on one scale that has zero in it. */
export function BarsForm({ drawing, before, changes }: FormProps<'bars'>): ReactNode {
  const earlier = new Map(before?.bars.map((bar) => [bar.id, bar.value]));
  const bars = withGone(before?.bars ?? [], drawing.bars, changes);
  const values = bars.flatMap(({ id, value }) => [value, earlier.get(id) ?? 0]);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const at = (value: number) => ((value - low) / (high - low || 1)) * 100;
  return (
    <table className="drawn-bars">
      {drawing.unit !== undefined && (
        <caption className="small muted">{shownLine(drawing.unit)}</caption>
      )}
      <tbody>
        {bars.map((bar) => {
          const was = earlier.get(bar.id);
          const isChanged = was !== undefined && was !== bar.value;
          return (
            <tr key={bar.id} {...marksOf(bar, changes)}>
              <th scope="row" className="truncate" title={shownLine(bar.title)}>
                {shownLine(bar.title)}
              </th>
              <td className="data" title={isChanged ? `before: ${cellText(was)}` : undefined}>
                {cellText(bar.value)}
              </td>
              <td className="bar-track" aria-hidden>
                <div className="bar-fill" style={range(at(0), at(bar.value))} />
                {isChanged && <div className="bar-before" style={{ left: `${at(was)}%` }} />}
              </td>
              <td className="drawn-mark">
                <ItemMark item={bar} changes={changes} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function range(one: number, other: number) {
  return { left: `${Math.min(one, other)}%`, width: `${Math.abs(one - other)}%` };
}

const HEIGHT_PX = 320;
const INKS = [
  '--color-tracked',
  '--color-crash',
  '--color-rejected',
  '--color-ok',
  '--color-muted',
];
/** The lines of one colour are told apart by their dashes. */
const DASHES = [[], [6, 4], [2, 3]];

/** Curves over common positions, drawn by uPlot. */
export function LinesForm({ drawing }: FormProps<'lines'>): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(place);
  useEffect(() => {
    const element = place.current;
    if (!element || widthPx === undefined) return undefined;
    const style = getComputedStyle(element);
    const ink = (name: string) => style.getPropertyValue(name);
    const axis = {
      stroke: ink('--color-muted'),
      grid: { stroke: ink('--color-border'), width: 1 },
    };
    const chart = new UPlot(
      {
        width: widthPx,
        height: HEIGHT_PX,
        scales: { x: { time: false } },
        axes: [axis, { ...axis, ...(drawing.unit === undefined ? {} : { label: drawing.unit }) }],
        series: [
          {},
          ...drawing.lines.map(({ title }, at) => ({
            label: shownLine(title),
            stroke: ink(INKS[at % INKS.length] ?? '--color-text'),
            width: 1.5,
            dash: DASHES[Math.floor(at / INKS.length) % DASHES.length] ?? [],
          })),
        ],
      },
      [[...drawing.x], ...drawing.lines.map(({ values }) => [...values])],
      element,
    );
    return () => chart.destroy();
  }, [drawing, widthPx]);
  return <figure className="drawn-lines" ref={place} aria-label="Chart" />;
}
