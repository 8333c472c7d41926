import { useCallback, useMemo } from 'react';
import type { Trace } from '../../core/trace/trace.ts';
import type { Direction, Write } from '../../core/trace/writes.ts';
import type { Path } from '../../core/value/path.ts';
import { sourceOf } from '../session/asking.ts';
import { useAnswer } from './use-answer.ts';

/** The history of a member of the state, as far as it is known. */
export interface MemberHistory {
  /** Latest first. */
  readonly writes: readonly Write[];
  /** Where the member is in the initial state; absent if a step put it into a list. */
  readonly start: Path | undefined;
  /** Changed steps looked at so far. */
  readonly scanned: number;
  readonly isDone: boolean;
}

/** Collects the writes of the member that is at a path after step `at`, over the whole trace. */
export function useHistory(trace: Trace, path: Path, at: number): MemberHistory {
  const ask = useCallback(
    ({ signal }: AbortController, report: (history: MemberHistory) => void) =>
      collect(trace, path, at, signal, report),
    [trace, path, at],
  );
  const nothing = useMemo(() => ({ writes: [], start: path, scanned: 0, isDone: false }), [path]);
  return useAnswer(ask, nothing);
}

/** A history that grows is shown again after this long. */
const SHOW_MS = 80;

async function collect(
  trace: Trace,
  path: Path,
  at: number,
  signal: AbortSignal,
  report: (history: MemberHistory) => void,
): Promise<void> {
  const writes: Record<Direction, Write[]> = { forwards: [], backwards: [] };
  const scanned: Record<Direction, number> = { forwards: 0, backwards: 0 };
  let start: Path | undefined = path;
  let shownAtMs = 0;
  const show = (isDone: boolean): void => {
    shownAtMs = performance.now();
    report({
      writes: [...writes.forwards.toReversed(), ...writes.backwards],
      start,
      scanned: scanned.forwards + scanned.backwards,
      isDone,
    });
  };
  for (const direction of ['forwards', 'backwards'] as const) {
    const question = { kind: 'writes', path, at, direction, isFirstOnly: false } as const;
    await sourceOf(trace).ask(question, {
      signal,
      onFound: (part) => {
        scanned[direction] = part.scanned;
        if (part.write) writes[direction].push(writeOf(part.write));
        if (direction === 'backwards') start = part.path;
        if (performance.now() - shownAtMs > SHOW_MS) show(false);
      },
    });
  }
  show(true);
}

function writeOf({ stepIndex, before, after }: Partial<Write> & Pick<Write, 'stepIndex'>): Write {
  return { stepIndex, before, after };
}

/**
 * The last write, at or before a step, of the member that is at a path after that step.
 *
 * @throws what the signal was aborted with, or a ProblemError when the steps cannot be read.
 */
export async function findLastWrite(
  trace: Trace,
  path: Path,
  at: number,
  signal: AbortSignal,
  report: (scanned: number) => void,
): Promise<Write | undefined> {
  let found: Write | undefined;
  const question = { kind: 'writes', path, at, direction: 'backwards', isFirstOnly: true } as const;
  await sourceOf(trace).ask(question, {
    signal,
    onFound: ({ write, scanned }) => {
      if (write) found = writeOf(write);
      else report(scanned);
    },
  });
  return found;
}
