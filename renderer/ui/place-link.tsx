import { createContext, use, type ReactNode } from 'react';
import { formatCount } from '../words/format.ts';
import './place-link.css';

/** A place in a source, counted from 1, as messages name it: `machine.ts:12:5`. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/**
 * How panels go to a place in the source. Whoever shows panels provides the function once; without it,
 * places are plain text.
 */
export const PlaceContext = createContext<((place: Place) => void) | undefined>(undefined);

const PLACE = /(?<![\w/.@-])((?:[\w.@-]+\/)*[\w.@-]+\.[cm]?[jt]sx?):(\d+):(\d+)/g;

/** The first place that a text names, if it names one. */
export function placeIn(text: string): Place | undefined {
  const [found] = text.matchAll(PLACE);
  return found && placeOf(found);
}

function placeOf([, path = '', line, column]: RegExpMatchArray): Place {
  return { path, line: Number(line), column: Number(column) };
}

/** A text, in which each place of a source goes there. */
export function WithPlaces({ text }: { text: string }): ReactNode {
  const go = use(PlaceContext);
  if (!go) return text;
  const parts: ReactNode[] = [];
  let end = 0;
  for (const found of text.matchAll(PLACE)) {
    const [shown] = found;
    parts.push(text.slice(end, found.index));
    const place = placeOf(found);
    parts.push(
      <button
        key={found.index}
        type="button"
        className="place-link"
        title={`Show line ${formatCount(place.line)} of ${place.path}`}
        onClick={() => go(place)}
      >
        {shown}
      </button>,
    );
    end = found.index + shown.length;
  }
  return end === 0 ? text : [...parts, text.slice(end)];
}
