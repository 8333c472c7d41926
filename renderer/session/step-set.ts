/** Some of the steps of a run, ascending: a million of them take 4 MB. */
export class StepSet {
  readonly #steps: Uint32Array;
  /** How many steps there are in the set. */
  readonly length: number;

  private constructor(steps: Uint32Array, length: number) {
    this.#steps = steps;
    this.length = length;
  }

  static readonly EMPTY = new StepSet(new Uint32Array(1024), 0);

  /**
   * The set with steps after its last one. What it has so far is shared with this set, to which
   * nothing may be added any more.
   */
  with(added: ArrayLike<number>, count = added.length): StepSet {
    if (count === 0) return this;
    const length = this.length + count;
    let steps = this.#steps;
    if (length > steps.length || this === StepSet.EMPTY) {
      steps = new Uint32Array(Math.max(steps.length, 2 ** Math.ceil(Math.log2(length))));
      steps.set(this.#steps.subarray(0, this.length));
    }
    for (let at = 0; at < count; at += 1) steps[this.length + at] = added[at] as number;
    return new StepSet(steps, length);
  }

  /** The step at a place in the set. */
  at(index: number): number {
    if (index < 0 || index >= this.length) {
      throw new RangeError(`there is no place ${index} in a set of ${this.length} steps`);
    }
    return this.#steps[index] as number;
  }

  /** How many of its steps come before a step: the place of that step, if it is in the set. */
  countBefore(stepIndex: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#steps[middle] as number) < stepIndex) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where a step is in the set; -1 when it is not there. */
  indexOf(stepIndex: number): number {
    const index = this.countBefore(stepIndex);
    return index < this.length && this.#steps[index] === stepIndex ? index : -1;
  }
}

/** Steps in their order, as a list shows them. */
export type StepRows = Pick<StepSet, 'length' | 'at' | 'countBefore' | 'indexOf'>;

/** All steps of a run. */
export function allSteps(length: number): StepRows {
  return {
    length,
    at: (index) => index,
    countBefore: (stepIndex) => Math.max(0, Math.min(stepIndex, length)),
    indexOf: (stepIndex) => (stepIndex >= 0 && stepIndex < length ? stepIndex : -1),
  };
}
