import type { Guard } from '../isolation/guard.ts';
import type { Executed } from '../machine/executed.ts';
import type { Invariant } from '../machine/machine.ts';
import { cutText } from '../text/visible.ts';
import { describeThrown, MESSAGE_CHARS_MAX } from '../thrown.ts';
import type { Value } from '../value/value.ts';

/** An invariant that does not hold. */
export interface InvariantFailure {
  readonly name: string;
  readonly message: string;
  /** What the invariant threw, if it did. */
  readonly thrown?: { readonly value: unknown };
}

/** The differences of a check from the previous one. */
export interface VerdictChanges {
  /** Invariants that held before and fail now. */
  readonly failed: readonly InvariantFailure[];
  /** Names of invariants that failed before and hold again. */
  readonly recovered: readonly string[];
}

interface Asked {
  readonly name: string;
  readonly invariant: Invariant<unknown>;
  /** The last state for which the invariant held. */
  heldFor: Value;
}

/** The result when all verdicts are unchanged. */
export const NO_CHANGES: VerdictChanges = { failed: [], recovered: [] };

/**
 * Checks the invariants of a machine step after step. An invariant is a pure function of the state:
 * it is evaluated again only when the state has changed.
 */
export class InvariantChecker {
  readonly #invariants: readonly Asked[];
  readonly #failing = new Set<string>();
  #checked: Value | undefined;
  #hasChecked = false;
  readonly #every: number;
  readonly #guard: Guard | undefined;
  #changes = 0;
  #evaluated = 0;
  #carriedOver = 0;
  #skipped = 0;

  /** @param every evaluate only at every n-th state. */
  constructor(
    invariants: Readonly<Record<string, Invariant<never>>>,
    { every = 1, guard }: { readonly every?: number; readonly guard?: Guard | undefined } = {},
  ) {
    this.#guard = guard;
    this.#invariants = Object.entries(invariants as Record<string, Invariant<unknown>>).map(
      ([name, invariant]) => ({ name, invariant, heldFor: undefined }),
    );
    this.#every = every;
  }

  /** How often invariants were evaluated, carried over from the same state, and skipped. */
  get counts(): {
    readonly evaluated: number;
    readonly carriedOver: number;
    readonly skipped: number;
  } {
    const [evaluated, carriedOver, skipped] = [this.#evaluated, this.#carriedOver, this.#skipped];
    return { evaluated, carriedOver, skipped };
  }

  /** Whether {@link check} would evaluate the invariants. */
  isDue(state: Value): boolean {
    const isSame = this.#hasChecked && this.#checked === state;
    return !isSame && this.#changes % this.#every === 0;
  }

  /** Checks the state after a step. */
  check(state: Value): VerdictChanges {
    if (this.#hasChecked && this.#checked === state) {
      this.#carriedOver += this.#invariants.length;
      return NO_CHANGES;
    }
    this.#hasChecked = true;
    this.#checked = state;
    this.#changes += 1;
    if ((this.#changes - 1) % this.#every === 0) return this.#evaluate(state);
    this.#skipped += this.#invariants.length;
    return NO_CHANGES;
  }

  /** Takes in a step whose state was checked before; the verdicts are those that it was recorded with. */
  lead(step: Executed): void {
    for (const { kind, name } of step.findings) {
      if (kind !== 'invariant') continue;
      this.#failing.add(name);
      const failed = this.#invariants.find((asked) => asked.name === name);
      // States of recorded steps are rebuilt when they are read, so none is read that is not needed.
      if (failed) failed.heldFor = step.before as Value;
    }
    for (const name of step.recovered) this.#failing.delete(name);
  }

  /** Goes on as another checker of the same invariants does; this one must be new. */
  becomeLike(other: InvariantChecker): void {
    for (const name of other.#failing) this.#failing.add(name);
    for (const [at, asked] of this.#invariants.entries()) {
      asked.heldFor = other.#invariants[at]?.heldFor;
    }
    this.#checked = other.#checked;
    this.#hasChecked = other.#hasChecked;
    this.#changes = other.#changes;
    this.#evaluated = other.#evaluated;
    this.#carriedOver = other.#carriedOver;
    this.#skipped = other.#skipped;
  }

  /** Ends the steps that were taken in: what does not fail holds for the state after the last one. */
  endLead(state: Value): void {
    this.#hasChecked = true;
    this.#checked = state;
    for (const asked of this.#invariants) {
      if (!this.#failing.has(asked.name)) asked.heldFor = this.#checked;
    }
  }

  #evaluate(state: Value): VerdictChanges {
    const failed: InvariantFailure[] = [];
    const recovered: string[] = [];
    for (const asked of this.#invariants) {
      const { name } = asked;
      this.#evaluated += 1;
      const problem = ask(asked, state, this.#guard);
      if (problem === undefined) {
        asked.heldFor = state;
        if (this.#failing.delete(name)) recovered.push(name);
      } else if (!this.#failing.has(name)) {
        this.#failing.add(name);
        failed.push({ name, ...problem });
      }
    }
    return failed.length + recovered.length === 0 ? NO_CHANGES : { failed, recovered };
  }
}

/** Returns what is wrong with the state, or `undefined` when the invariant holds. */
function ask(
  { invariant, heldFor }: Asked,
  state: Value,
  guard: Guard | undefined,
): Omit<InvariantFailure, 'name'> | undefined {
  try {
    // The types promise a verdict, but the invariant may come from plain JavaScript.
    const verdict: unknown = invariant(state, heldFor);
    guard?.requireBuiltIns();
    if (verdict === true) return undefined;
    if (verdict === false) return { message: 'does not hold' };
    if (typeof verdict === 'string') return { message: cutText(verdict, MESSAGE_CHARS_MAX) };
    const returned = cutText(String(verdict), MESSAGE_CHARS_MAX);
    return { message: `returned ${returned}, which is neither a boolean nor a string` };
  } catch (thrown) {
    const error = guard ? guard.causeOf(thrown) : thrown;
    return { message: `threw ${describeThrown(error)}`, thrown: { value: error } };
  }
}
