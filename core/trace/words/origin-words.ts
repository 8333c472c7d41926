import { appendSegment, type Path } from '../../value/path.ts';
import type { Given, OriginHop, Source } from '../causality/origins.ts';

/** A source in words: `from input.cents`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'initial':
      return 'as in the initial state';
    case 'taken':
      return `from ${describeGiven(source.from)}`;
    case 'computed':
      return source.by
        ? `its earlier value changed by ${describeGiven(source.by)}`
        : 'its earlier value changed by one';
    case 'made':
      return 'made by the step';
  }
}

/** Where a hop put its value: `pending[17].status`, or `action.cents` in an action that it emitted. */
export function describePlace({ place }: OriginHop): string {
  return place.in === 'action' ? written('action', place.path) : written('', place.path);
}

function describeGiven({ in: place, path }: Given): string {
  return place === 'state' ? `state ${written('', path)}` : written(place, path);
}

function written(root: string, path: Path): string {
  return path.reduce<string>(appendSegment, root) || '(root)';
}
