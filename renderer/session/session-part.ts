/** Something else that is kept with the session, such as the arrangement of a panel. */
export interface SessionPart {
  readonly name: string;
  /** What is kept of it, as JSON. */
  readonly keep: () => unknown;
  /** Takes back what was kept by this version or another one. */
  readonly recall: (kept: unknown) => void;
  readonly subscribe: (listener: () => void) => () => void;
}
