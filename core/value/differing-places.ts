import { cutText } from '../text/visible.ts';
import { valueAt } from './container.ts';
import { diff } from './diff.ts';
import { toLiteral } from './literal.ts';
import type { Change } from './patch.ts';
import { formatPath, type Path } from './path.ts';
import type { Value } from './value.ts';

/** The most characters of a value that are shown beside another one. */
const VALUE_CHARS_MAX = 400;

/** A place at which two values differ, with what each has there. */
export interface DifferingPlace {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** Where two values differ. */
export interface DifferingPlaces {
  readonly places: readonly DifferingPlace[];
  /** The number of further places. */
  readonly more: number;
}

/**
 * Lists the first places at which two values differ, for people.
 *
 * @param root the path at which both are.
 */
export function differingPlaces(
  expected: Value,
  actual: Value,
  placesMax: number,
  root: Path = [],
): DifferingPlaces {
  const changes = diff(expected, actual);
  const places = changes.slice(0, placesMax).map((change) => {
    const path = placeOf(change);
    return {
      path: formatPath([...root, ...path]),
      expected: textAt(expected, path),
      actual: textAt(actual, path),
    };
  });
  return { places, more: changes.length - places.length };
}

function placeOf(change: Change): Path {
  return change.kind === 'spliced' ? [...change.path, change.index] : change.path;
}

function textAt(root: Value, path: Path): string {
  const found = valueAt(root, path);
  return found.found ? cutText(toLiteral(found.value), VALUE_CHARS_MAX) : 'nothing';
}
