import type { Finding } from '../../core/machine/executed.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** How many items of a list that is ascending by a key have a key below a limit. */
export function countBelow<Item>(
  ascending: readonly Item[],
  limit: number,
  keyOf: (item: Item) => number,
): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(ascending[middle] as Item) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const itself = (step: number) => step;
const stepOf = (finding: Finding) => finding.stepIndex;

/** The crashes whose cell or restore touches a range. */
export function crashesIn(trace: Trace, fromAt: number, toAt: number): readonly number[] {
  const { crashSteps } = trace;
  const from = countBelow(crashSteps, Math.floor(fromAt) - 1, itself);
  return crashSteps.slice(from, countBelow(crashSteps, toAt, itself));
}

/** The findings in a range, those on the initial state included. */
export function findingsIn(trace: Trace, fromAt: number, toAt: number): readonly Finding[] {
  const { findings } = trace;
  const from = countBelow(findings, Math.floor(fromAt), stepOf);
  return findings.slice(from, countBelow(findings, toAt, stepOf));
}
