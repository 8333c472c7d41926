import { FAULT_PROFILES, hasFaults, type FaultProfile } from '../machine/faults.ts';
import type { AnyMachine } from '../machine/machine.ts';
import { RULE_NAMES, type RuleName } from '../machine/rules.ts';

/** What is checked during a run, and how often. */
export interface CheckPlan {
  /** The invariants are asked at every n-th step that has changed the state. */
  readonly invariantsEvery: number;
  /**
   * Every n-th step is looked at closely. What it is given is frozen, and so is the error that it
   * answers: a machine that changes them in place panics. And determinism is asked, if at all. Both
   * cost more than most steps.
   */
  readonly closeEvery: number;
  /** The rules that are asked: at every occasion, but for determinism. */
  readonly rules: Readonly<Partial<Record<RuleName, true>>>;
}

/** How often what is expensive is asked: at every n-th occasion. */
export interface Sampling {
  readonly invariantsEvery: number;
  /** For what looks at a step closely: determinism, and freezing what it is given. */
  readonly rulesEvery: number;
}

/** Every check at every occasion: how a seed is recorded. */
export const CHECK_EVERYTHING: Sampling = { invariantsEvery: 1, rulesEvery: 1 };

/** What a sweep does unless it is told otherwise. */
export const SWEEP_SAMPLING: Sampling = { invariantsEvery: 1, rulesEvery: 16 };

/** Rules that ask what would happen at a crash or at a second delivery. */
const RECOVERY_RULES: ReadonlySet<RuleName> = new Set<RuleName>([
  'tracked actions are restorable',
  'restore is pure',
  'results update state',
  'idempotent completion',
]);

/**
 * What to check in a run of a machine. Rules that it waives are left out, and without faults also
 * those that ask about recovery: nothing is lost and nothing comes twice then.
 */
export function planChecks(
  machine: AnyMachine,
  faults: FaultProfile = FAULT_PROFILES.none,
  { invariantsEvery, rulesEvery }: Sampling = CHECK_EVERYTHING,
): CheckPlan {
  const rules: Partial<Record<RuleName, true>> = {};
  for (const rule of RULE_NAMES) {
    if (machine.waivers?.[rule] !== undefined) continue;
    if (RECOVERY_RULES.has(rule) && !hasFaults(faults)) continue;
    rules[rule] = true;
  }
  return { invariantsEvery, closeEvery: rulesEvery, rules };
}
