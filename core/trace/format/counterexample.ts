import { containerOf } from '../../value/container.ts';
import type { Value } from '../../value/value.ts';
import type { TraceHeader } from './header.ts';

/** What a counterexample of a model checker says besides its states. */
export interface Counterexample {
  /**
   * The step after whose state the run goes on when its last step is over, and so for ever; -1 for the
   * initial state. Absent for a run that ends.
   */
  readonly loopTo?: number;
  /** The names in the state of what never changes, such as parameters. */
  readonly constants: ReadonlySet<string>;
  /** The result of the model checker in its own word, such as `violation` or `ok`. */
  readonly status?: string;
  /** The comments on the whole document, in their order; none if it has none. */
  readonly comments: Comments;
  /** What led to the initial state, where the document says so: the action, and what was picked. */
  readonly initial: Comments;
  /**
   * The comments on the state after a step, besides its number.
   *
   * @param stepIndex -1 for the initial state.
   */
  commentsOn(stepIndex: number): Comments;
}

/** Values by name. */
export type Comments = Readonly<Record<string, Value>>;

const known = new WeakMap<TraceHeader, Counterexample>();
const NONE: Comments = {};

/**
 * What the document says that a trace was imported from. Absent for a trace of a machine: only that can
 * be executed again.
 */
export function counterexampleOf(header: TraceHeader): Counterexample | undefined {
  if (header.itf === undefined) return undefined;
  const read = known.get(header) ?? readFrom(header.itf);
  known.set(header, read);
  return read;
}

/** Reads leniently: whoever wrote the header may have written anything. */
function readFrom(itf: Value): Counterexample {
  const { head, constants, initial, metas } = recordIn(itf);
  const { loop, '#meta': meta } = recordIn(head);
  const comments = recordIn(meta);
  const { status } = comments;
  const names = Array.isArray(constants) ? constants.filter((one) => typeof one === 'string') : [];
  const states: readonly Value[] = Array.isArray(metas) ? metas : [];
  return {
    // State n of the document is the one after step n - 1.
    ...(Number.isSafeInteger(loop) && Number(loop) >= 0 ? { loopTo: Number(loop) - 1 } : {}),
    constants: new Set(names),
    ...(typeof status === 'string' ? { status } : {}),
    comments,
    initial: recordIn(initial),
    commentsOn: (stepIndex) => {
      const { index, ...others } = recordIn(states[stepIndex + 1]);
      // The number is on the screen already, unless it is a wrong one.
      return index === undefined || index === stepIndex + 1 ? others : { index, ...others };
    },
  };
}

function recordIn(value: Value): Comments {
  const container = containerOf(value);
  return container?.kind === 'object' ? container.value : NONE;
}
