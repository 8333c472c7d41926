/** Leads something from one step to before another; calls `stir` now and then while that takes time. */
type Lead<Thing> = (thing: Thing, from: number, to: number, stir: () => void) => void;

/** Something that is led through the steps of a run, and copied where forks begin. */
export class Led<Thing> {
  readonly #begin: () => Thing;
  readonly #lead: Lead<Thing>;
  #known: { readonly thing: Thing; readonly at: number } | undefined;

  /**
   * @param begin makes it, before the first step.
   */
  constructor(begin: () => Thing, lead: Lead<Thing>) {
    this.#begin = begin;
    this.#lead = lead;
  }

  /**
   * Leads it to before a step, on from where it was left. It must not be changed: see {@link take}.
   *
   * @throws what leading throws; it begins anew next time.
   */
  reach(at: number, stir = () => {}): Thing {
    const known = this.#known;
    this.#known = undefined;
    const { thing, at: from } = known && known.at <= at ? known : { thing: this.#begin(), at: 0 };
    this.#lead(thing, from, at, stir);
    this.#known = { thing, at };
    return thing;
  }

  /**
   * One that was led to before a step, to be changed.
   *
   * @param copy `undefined` for what cannot be copied: the next one is led from the beginning then.
   */
  take(at: number, copy: (thing: Thing) => Thing | undefined, stir?: () => void): Thing {
    const thing = this.reach(at, stir);
    const copied = copy(thing);
    if (copied === undefined) this.#known = undefined;
    return copied ?? thing;
  }
}
