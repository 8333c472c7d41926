import { FAULT_PROFILES, hasFaults, type FaultProfile } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import type { AnyMachine } from '../machine/machine.ts';
import { isAboutRecovery, RULE_NAMES, type RuleName } from '../machine/rules.ts';

/** What is checked during a run, and how often. */
export interface CheckPlan {
  /** The invariants are checked at every n-th step that changed the state. */
  readonly invariantsEvery: number;
  /**
   * Every n-th step is examined closely: its input and the error that it returns are frozen, so that a
   * machine that changes them in place panics, and determinism is checked if the plan has it. Every n-th
   * restore is compared with that of a process that has just started. All of this costs more than most
   * steps.
   */
  readonly closeEvery: number;
  /** The rules that are checked, all but determinism at every occasion. */
  readonly rules: Readonly<Partial<Record<RuleName, true>>>;
}

/** How often expensive checks are made: at every n-th occasion. */
export interface Sampling {
  readonly invariantsEvery: number;
  /** For close examinations: determinism, freezing the input, and restore in a new process. */
  readonly rulesEvery: number;
}

/** Every check at every occasion, as when a seed is recorded. */
export const CHECK_EVERYTHING: Sampling = { invariantsEvery: 1, rulesEvery: 1 };

/** The default of a sweep. */
export const SWEEP_SAMPLING: Sampling = { invariantsEvery: 1, rulesEvery: 16 };

/**
 * Returns what to check in a run of a machine. Rules that the machine waives are left out. Without
 * faults, so are the rules about recovery: see {@link isAboutRecovery}.
 */
export function planChecks(
  machine: AnyMachine,
  faults: FaultProfile = FAULT_PROFILES.none,
  { invariantsEvery, rulesEvery }: Sampling = CHECK_EVERYTHING,
): CheckPlan {
  const rules: Partial<Record<RuleName, true>> = {};
  for (const rule of RULE_NAMES) {
    if (machine.waivers?.[rule] !== undefined) continue;
    if (isAboutRecovery(rule) && !hasFaults(faults)) continue;
    rules[rule] = true;
  }
  return { invariantsEvery, closeEvery: rulesEvery, rules };
}

/**
 * Only the checks that can find the cause with a signature: the rest would take most of the time where many
 * runs are tried for it.
 */
export function checksForCause(signature: string): CheckPlan {
  const [kind, name] = JSON.parse(signature) as [Finding['kind'], RuleName];
  return {
    invariantsEvery: kind === 'invariant' ? 1 : Number.MAX_SAFE_INTEGER,
    closeEvery: 1,
    rules: kind === 'rule' ? { [name]: true, ...FOUND_BY[name] } : {},
  };
}

/**
 * Rules that the check of another rule depends on: ids are compared where steps are executed twice, and
 * breaches of restore are also seen where the check of another rule calls it.
 */
const FOUND_BY: Readonly<Partial<Record<RuleName, CheckPlan['rules']>>> = {
  'ids are deterministic and unique': { determinism: true, 'restore is pure': true },
  'no side effects': { 'tracked actions are restorable': true },
  'restore is pure': { 'tracked actions are restorable': true },
};
