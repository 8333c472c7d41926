/** Something else that is kept with the session, such as the arrangement of a panel. */
export interface SessionPart {
  readonly name: string;
  /** What is kept of it, as JSON. */
  readonly keep: () => unknown;
  /**
   * Takes back what was kept by this version or another one; `undefined` where nothing was kept.
   *
   * @returns whether that is all of it.
   */
  readonly recall: (kept: unknown) => boolean;
  readonly subscribe: (listener: () => void) => () => void;
}
