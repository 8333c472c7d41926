import type { PrintLevel } from '../../core/machine/printed.ts';
import type { OutputLine } from './use-output.ts';

/** Which levels are shown. */
export type LevelChoice = 'all' | 'warnings';

const WARNINGS: ReadonlySet<PrintLevel> = new Set(['warn', 'error', 'stderr']);

/** The lines of a level that hold all of some words, in any case of their letters. */
export function chooseLines(
  lines: readonly OutputLine[],
  words: string,
  levels: LevelChoice,
): readonly OutputLine[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0 && levels === 'all') return lines;
  return lines.filter(({ level, text }) => {
    if (levels === 'warnings' && !WARNINGS.has(level)) return false;
    const lower = text.toLowerCase();
    return wanted.every((word) => lower.includes(word));
  });
}

/** The last line of a step, or of the steps before it; -1 when there is none. */
export function lineAt(lines: readonly OutputLine[], stepIndex: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle] as OutputLine).stepIndex <= stepIndex) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The first line of the step that a line belongs to. */
export function firstOfStep(lines: readonly OutputLine[], index: number): number {
  const stepIndex = lines[index]?.stepIndex;
  let first = index;
  while (first > 0 && lines[first - 1]?.stepIndex === stepIndex) first -= 1;
  return first;
}
