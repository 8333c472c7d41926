import type { Frame } from './hang-contract.ts';

/**
 * Where a loop is, from several looks at it: the innermost function that all of them are in, at the
 * earliest place that one of them has there, with what called it. One look alone may be deep in something
 * that the loop calls.
 *
 * @param samples stacks, the innermost frame first; at least one.
 */
export function placeOf(samples: readonly (readonly Frame[])[]): readonly Frame[] {
  const stacks = samples.map((frames) => frames.toReversed());
  const [first = []] = stacks;
  let depth = 0;
  while (depth < first.length && stacks.every((stack) => isSame(stack[depth], first[depth]))) {
    depth += 1;
    // Frames further in belong together only as long as their caller stays where it is.
    const isMoving = stacks.some((stack) => !isAtSamePlace(stack[depth - 1], first[depth - 1]));
    if (isMoving) break;
  }
  const common = stacks.flatMap((stack) => stack[depth - 1] ?? []);
  const [earliest] = common.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (!earliest) return samples[0] ?? [];
  return [earliest, ...first.slice(0, depth - 1).toReversed()];
}

function isSame(one: Frame | undefined, other: Frame | undefined): boolean {
  return one?.functionName === other?.functionName && one?.script === other?.script;
}

function isAtSamePlace(one: Frame | undefined, other: Frame | undefined): boolean {
  return one?.line === other?.line && one?.column === other?.column;
}
