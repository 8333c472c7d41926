import type { CrashVerdictInBrief } from '../../core/trace/words/judged.ts';
import type { Direction } from './navigation.ts';

/** The verdicts of a step, among those in the order of the run. */
export function verdictsAt(
  verdicts: readonly CrashVerdictInBrief[],
  stepIndex: number,
): readonly CrashVerdictInBrief[] {
  const from = firstFrom(verdicts, stepIndex);
  return verdicts.slice(from, firstFrom(verdicts, stepIndex + 1));
}

/** How many verdicts say that the crash is to blame, and how many that the run fails without it, too. */
export function countVerdicts(
  verdicts: readonly CrashVerdictInBrief[],
): Readonly<Record<'fails' | 'anyway', number>> {
  return {
    fails: verdicts.filter(({ verdict }) => verdict === 'fails').length,
    anyway: verdicts.filter(({ verdict }) => verdict === 'failsAnyway').length,
  };
}

/** The place of the first verdict of a step, or of one after it. */
export function firstFrom(verdicts: readonly CrashVerdictInBrief[], stepIndex: number): number {
  let low = 0;
  let high = verdicts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((verdicts[middle] as CrashVerdictInBrief).stepIndex < stepIndex) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The nearest step on one side at which a crash fails. */
export function failingBeside(
  verdicts: readonly CrashVerdictInBrief[],
  stepIndex: number,
  direction: Direction,
): number | undefined {
  const isFailing = ({ verdict }: CrashVerdictInBrief) => verdict === 'fails';
  if (direction === 'next') {
    const from = firstFrom(verdicts, stepIndex + 1);
    for (let at = from; at < verdicts.length; at += 1) {
      const each = verdicts[at] as CrashVerdictInBrief;
      if (isFailing(each)) return each.stepIndex;
    }
    return undefined;
  }
  for (let at = firstFrom(verdicts, stepIndex) - 1; at >= 0; at -= 1) {
    const each = verdicts[at] as CrashVerdictInBrief;
    if (isFailing(each)) return each.stepIndex;
  }
  return undefined;
}
