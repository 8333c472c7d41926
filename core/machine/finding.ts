import type { ActionId } from './action-id.ts';

/** The kinds of requirements; those of kind `settled` are checked at the end of a run. */
export const FINDING_KINDS = ['invariant', 'rule', 'panic', 'settled', 'hang'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A failure that the machine caught in a step and ignored. */
export interface CaughtFailure {
  readonly kind: 'ActionRefused' | 'StorageFailed';
  /** The step in which it was caught. */
  readonly stepIndex: number;
  /** What failed, such as `the container refused the tracked action 3: "Charge"`. */
  readonly what: string;
  /** Where in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
}

/** Something wrong, at a step of a run. */
export interface Finding {
  readonly stepIndex: number;
  readonly kind: FindingKind;
  /** The name of the invariant, rule or settled property; for a panic, of the error. */
  readonly name: string;
  readonly message: string;
  /** The expected and the actual result, if they say more than the message. */
  readonly expected?: string;
  readonly actual?: string;
  /** Where in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
  /** Where the invariant or settled property that does not hold begins, likewise; it does not tell causes apart. */
  readonly predicate?: string;
  /** The id of the tracked action that it is about, if a settled property or a rule names one. */
  readonly about?: ActionId;
  /** The caught failure that it is likely to follow from, at this step or an earlier one. */
  readonly caught?: CaughtFailure;
  /** The kind and shape of the operation, which distinguishes causes; see `signatureOf`. */
  readonly shape: string;
}
