import type { TraceHeader } from './format.ts';

/** What a counterexample of a model checker says besides its states. */
export interface Counterexample {
  /**
   * The step after whose state the run goes on when its last step is over, and so for ever; -1 for the
   * initial state. Absent for a run that ends.
   */
  readonly loopTo?: number;
  /** The names in the state of what never changes, such as parameters. */
  readonly constants: ReadonlySet<string>;
}

const known = new WeakMap<TraceHeader, Counterexample>();
const NOTHING: Counterexample = { constants: new Set() };

/** What the document says that a trace was imported from; nothing of the kind for a run of a machine. */
export function counterexampleOf(header: TraceHeader): Counterexample {
  if (header.itf === undefined) return NOTHING;
  const read = known.get(header) ?? readFrom(header.itf);
  known.set(header, read);
  return read;
}

/** Reads leniently: whoever wrote the header may have written anything. */
function readFrom(itf: unknown): Counterexample {
  const { head, constants } = { ...(itf as { head?: unknown; constants?: unknown }) };
  const { loop } = { ...(head as { loop?: unknown }) };
  const names = Array.isArray(constants) ? constants.filter((one) => typeof one === 'string') : [];
  return {
    // State n of the document is the one after step n - 1.
    ...(Number.isSafeInteger(loop) && Number(loop) >= 0 ? { loopTo: Number(loop) - 1 } : {}),
    constants: new Set(names),
  };
}
