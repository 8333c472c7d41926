import type { ReactNode } from 'react';
import { withGone } from '../../core/drawing/changes.ts';
import { shownLine } from '../words/shown.ts';
import { ItemMark } from './item-mark.tsx';
import { cellText, marksOf, type FormProps } from './marks.ts';
import './drawn-rows.css';

/** Rows and columns; the cells that changed are marked as well. */
export function TableForm({ drawing, before, changes }: FormProps<'table'>): ReactNode {
  const earlier = new Map(before?.rows.map((row) => [row.id, row]));
  const isNumeric = drawing.columns.map((_, at) =>
    drawing.rows.every(({ cells }) => typeof (cells[at] ?? 0) === 'number'),
  );
  return (
    <table className="drawn-table">
      <thead>
        <tr>
          {drawing.columns.map((column, at) => (
            <th key={`${at} ${column}`} data-numeric={isNumeric[at]} scope="col">
              {shownLine(column)}
            </th>
          ))}
          <th aria-label="Marks" />
        </tr>
      </thead>
      <tbody>
        {withGone(before?.rows ?? [], drawing.rows, changes).map((row) => (
          <tr key={row.id} {...marksOf(row, changes)}>
            {row.cells.map((cell, at) => {
              const was = earlier.get(row.id)?.cells[at];
              const isChanged = changes.marks.get(row.id) === 'changed' && was !== cell;
              return (
                <td
                  key={drawing.columns[at] ?? at}
                  className="data"
                  data-numeric={isNumeric[at]}
                  data-changed={isChanged || undefined}
                  title={isChanged ? `before: ${cellText(was ?? null)}` : undefined}
                >
                  {cellText(cell)}
                </td>
              );
            })}
            <td className="drawn-mark">
              <ItemMark item={row} changes={changes} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
