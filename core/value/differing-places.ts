import { cutToDifference } from '../text/visible.ts';
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
      ...textsAt(expected, actual, path),
    };
  });
  return { places, more: changes.length - places.length };
}

function placeOf(change: Change): Path {
  return change.kind === 'spliced' ? [...change.path, change.index] : change.path;
}

/** What both have at a path, cut so that the difference is in what is left. */
function textsAt(expected: Value, actual: Value, path: Path): Omit<DifferingPlace, 'path'> {
  const [due, came] = [expected, actual].map((root) => {
    const found = valueAt(root, path);
    return found.found ? toLiteral(found.value) : 'nothing';
  });
  const texts = cutToDifference(due ?? '', came ?? '', VALUE_CHARS_MAX);
  return { expected: texts[0], actual: texts[1] };
}
