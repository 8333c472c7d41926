import { formatCount } from '../../text/counts.ts';
import { showName } from '../../text/visible.ts';
import { counterexampleOf } from '../format/counterexample.ts';
import type { TraceHeader } from '../format/header.ts';
import type { Trace } from '../trace.ts';

/** The loop at the end of a counterexample, as a sentence without its full stop. */
export function describeLoop({
  header,
  length,
  end,
}: Pick<Trace, 'header' | 'length' | 'end'>): string | undefined {
  const loopTo = counterexampleOf(header)?.loopTo;
  if (loopTo === undefined || end === undefined || loopTo >= length) return undefined;
  const [last, back] = [length - 1, loopTo].map(placeOf);
  return loopTo === length - 1
    ? `A loop: the run stays in ${loopTo < 0 ? '' : 'the state of '}${last}`
    : `A loop: ${last} goes back to ${back}`;
}

/**
 * Whether a counterexample says what it is of, as a sentence, where nothing was found in it: without a word of the
 * model checker, its states may or may not violate something.
 */
export function describeStatus(header: TraceHeader): string | undefined {
  const read = counterexampleOf(header);
  if (!read) return undefined;
  return read.status === undefined
    ? 'The file does not say whether its last state violates something: it has no "status".'
    : `The model checker says "${showName(read.status)}".`;
}

function placeOf(stepIndex: number): string {
  return stepIndex < 0 ? 'the initial state' : `step ${formatCount(stepIndex)}`;
}
