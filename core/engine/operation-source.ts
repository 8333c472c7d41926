import type { Executed } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import type { Tallies } from '../machine/scenario.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './findings.ts';

/** Where the operations of a run come from. */
export interface OperationSource {
  /** The next operation, or `undefined` when the run is over. */
  next(state: Value): Operation | undefined;
  /**
   * Sees each executed step before the next operation is asked for. Returns the step as it is recorded:
   * its operation may be extended with what a replay needs.
   */
  observe(step: Executed): Executed;
  /** Called by a source that shows many steps to its scenario at once, with each of them. */
  stir?: (() => void) | undefined;
  /** Returns the properties that do not hold; for the operation `settled`. */
  judge(state: Value): readonly SettledFailure[];
  /** How often each of these properties was checked. */
  readonly settledCounts: Readonly<Record<string, number>>;
  tallies(): Tallies;
  /** What the scenario should reach now and then, and whether this run has. */
  sometimes(): Readonly<Record<string, boolean>>;
  /** Operations of the scenario so far, without those that the simulation adds. */
  readonly operations: number;
  /** Whether the scenario had no more operations, although it was asked for more. */
  readonly hasEndedEarly?: boolean;
}
