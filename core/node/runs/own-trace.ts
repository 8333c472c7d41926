import { assertNever } from '../../assert.ts';
import { driveToEnd } from '../../engine/driving.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import type { Difference } from '../../trace/compare/verify.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import type { Trace } from '../../trace/trace.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { verifierOf } from './planning.ts';

/**
 * @file A trace names its machine, but need not have been made by it. Whoever takes in its steps, and says of the
 * machine what came of them, must see first that the machine makes the same of the same operations.
 */

/** How much of a trace is executed again. */
export interface OwnOptions {
  /** How many steps; by default all. */
  readonly stepsMax?: number;
  /** Called now and then; may return to the event loop, so that messages come in. Stops it. */
  readonly isCancelled?: (() => boolean | Promise<boolean>) | undefined;
}

/**
 * The first difference between a trace and what the machine does as it is now, evaluated anew. Of a source that was
 * changed, only what the machine did is compared. A step at the end that hung is not executed.
 */
export async function foreignPart(
  loaded: LoadedMachine,
  trace: Trace,
  { stepsMax = trace.length, isCancelled = () => false }: OwnOptions = {},
): Promise<Difference | undefined> {
  const isHang = trace.length > 0 && trace.glance(trace.length - 1).outcome === 'hang';
  const options = {
    stepsMax: Math.min(stepsMax, isHang ? trace.length - 1 : trace.length),
    isDeedsOnly: isOfOtherSource(loaded, trace.header),
  };
  const fresh = await loaded.afresh();
  try {
    const verifier = await verifierOf(fresh, trace, options);
    await driveToEnd(verifier, { pulse: async () => !(await isCancelled()) });
    verifier.close();
    return verifier.difference;
  } finally {
    await fresh.close();
  }
}

/**
 * Makes sure that a trace is one of the machine as it is now.
 *
 * @throws {ProblemError} when it is not, with the first step that differs.
 */
export async function requireOwn(
  loaded: LoadedMachine,
  trace: Trace,
  options?: OwnOptions,
): Promise<void> {
  const difference = await foreignPart(loaded, trace, options);
  if (difference) throw foreignTrace(loaded, trace.header, difference);
}

/** Says that a trace is not one of the machine as it is now, and from which step on. */
export function describeForeign(difference: Difference): string {
  return `This trace was not made by this machine as it is now: ${describePart(difference)}.`;
}

function describePart(difference: Difference): string {
  switch (difference.kind) {
    case 'step':
      return `step ${formatCount(difference.stepIndex)} differs`;
    case 'initialState':
      return 'its initial state differs';
    case 'header':
      return 'its header differs';
    default:
      return assertNever(difference, 'difference');
  }
}

/** Why nothing is said of a machine by a trace that it does not repeat. */
export function foreignTrace(
  loaded: LoadedMachine,
  header: TraceHeader,
  difference: Difference,
): ProblemError {
  const remedy = isOfOtherSource(loaded, header)
    ? 'The source was changed since. Run the operations again on the machine as it is now, and ask about that ' +
      'run: a fork of the trace with another machine, which changes nothing else, is such a run.'
    : 'It names the same source: so it was changed, or made by something else, or the machine depends on ' +
      'something outside of its state and input. Verify the trace to see what differs, or record the run again.';
  return new ProblemError({ title: describeForeign(difference), remedy });
}

/** Whether a trace says that another source has made it. */
export function isOfOtherSource(
  { sourceHash }: Pick<LoadedMachine, 'sourceHash'>,
  { sourceHash: recorded }: TraceHeader,
): boolean {
  return recorded !== undefined && recorded !== sourceHash;
}
