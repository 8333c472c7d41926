import { BIGINT_CHARS_MAX } from '../limits.ts';
import { bigNumberOf, isLikeBigNumber } from './big-number.ts';
import type { Reading } from './itf-values.ts';

/** What is known of a document before it is read. */
interface Survey extends Reading {
  /** The number of its lists, records, sets and maps. */
  readonly containers: number;
}

/** Looks at every part of a document once, without recursion. */
export function survey(json: unknown): Survey {
  const open = [json];
  let hasBigints = false;
  let containers = 0;
  let [bigNumbers, others] = [0, 0];
  while (open.length > 0) {
    const part = open.pop();
    if (typeof part !== 'object' || part === null) continue;
    containers += 1;
    hasBigints ||= Object.hasOwn(part, '#bigint');
    if (isLikeBigNumber(part)) {
      if (bigNumberOf(part, BIGINT_CHARS_MAX) === undefined) others += 1;
      else bigNumbers += 1;
    }
    for (const item of Object.values(part)) open.push(item);
  }
  // Records may have the same fields: then not all of them are integers.
  const hasBigNumbers = bigNumbers > 0 && others === 0;
  return { hasBigints: hasBigints || hasBigNumbers, hasBigNumbers, containers };
}
