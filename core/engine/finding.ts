/** What kind of requirement was broken. */
export type FindingKind = 'invariant' | 'rule' | 'panic';

/** The rules that hold for every machine, with when they are violated. */
export const RULES = {
  atomicity: 'Violated when an error or a panic leaves the state changed.',
} as const satisfies Readonly<Record<string, string>>;

export type RuleName = keyof typeof RULES;

/** Something wrong, at a step of a run. */
export interface Finding {
  readonly stepIndex: number;
  readonly kind: FindingKind;
  /** The invariant's or rule's name; for a panic the error's name. */
  readonly name: string;
  readonly message: string;
  /** Where in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
}
