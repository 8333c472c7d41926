import { keysOf } from '../keys-of.ts';
import { formatCount } from '../text/quantities.ts';
import type { CaughtFailure, Finding } from './finding.ts';

/** A requirement, and what to do about a machine that breaks it. */
export interface Rule {
  /** A sentence that says when it is violated. */
  readonly violatedWhen: string;
  /** What machines that break it usually do. */
  readonly cause: string;
  /** How to correct it. */
  readonly cure: string;
  /** Why a run may not have checked it. */
  readonly never: string;
  /** What its check does at a step, which the run itself need not do. */
  readonly tries?: 'crash' | 'secondDelivery';
  /** Whether it is about what a crash or a second delivery would do: not checked without faults. */
  readonly isAboutRecovery?: true;
}

/** The requirements that hold for every machine, by name. */
export const RULES = {
  atomicity: {
    violatedWhen: 'An error or a panic left the state changed, or half of the effects were lost.',
    cause: 'The state is updated first, and something that can fail comes after it.',
    cure: 'Do everything that can fail before the first state.update: checks, and adding actions.',
    never: 'no step was rolled back',
  },
  determinism: {
    violatedWhen: 'The same state and input gave a different state, outcome or list of actions.',
    cause: 'Something outside the state decides: a variable of the module, or an order.',
    cure: 'Keep everything that decides in the state, or let it come in with the input.',
    never: 'no step was sampled',
  },
  'no side effects': {
    violatedWhen: '`stf` or `restore` reached for time, randomness, timers, network or globals.',
    cause: 'A call whose result differs from run to run, or whose effect no roll-back undoes.',
    cure: 'Take time and randomness as part of the input; emit an action for what must be done.',
    never: 'no step was taken',
  },
  'tracked actions are restorable': {
    violatedWhen:
      'An outstanding tracked action is missing from what restore emits: a crash would lose it.',
    cause: 'The state does not say that the action is under way, or restore does not look there.',
    cure: 'Record each tracked action in the state when it is emitted, and emit it in restore.',
    never: 'no tracked action was emitted',
    tries: 'crash',
    isAboutRecovery: true,
  },
  'restore is pure': {
    violatedWhen:
      'restore changed the state, emitted untracked actions, or differed the second time or in a ' +
      'process that has just started.',
    cause: 'restore does work of its own, or reads a variable of the module, instead of the state.',
    cure: 'Emit the outstanding tracked actions from the state alone, in a fixed order.',
    never: 'no crash was recovered from',
    isAboutRecovery: true,
  },
  'ids are deterministic and unique': {
    violatedWhen: 'An id is used again while it is outstanding, or differs between two executions.',
    cause: 'The id comes from outside the state, or from an action that is still under way.',
    cure: 'Count ids up in the state, one for each tracked action.',
    never: 'no tracked action was emitted',
  },
  'results update state': {
    violatedWhen:
      'A completion left the state unchanged, so that restore would ask again without end.',
    cause: 'A result is ignored, and the state still says that it is awaited.',
    cure: 'Let every result move the record on, and emit a new action if there is more to wait for.',
    never: 'no result came back',
    isAboutRecovery: true,
  },
  'idempotent completion': {
    violatedWhen: 'A completion delivered twice changed the state or emitted actions again.',
    cause: 'The result is handled without a check of whether it was handled before.',
    cure: 'Handle a result only while its action is awaited; return ok() for a repeated one.',
    never: 'no result was taken in',
    tries: 'secondDelivery',
    isAboutRecovery: true,
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** The names of all rules, in the order of the table. */
export const RULE_NAMES = keysOf(RULES);

/**
 * Whether a rule is about what a crash or a second delivery would do. Without faults, the machine never
 * crashes, so that `restore` asks for nothing again, and no result comes twice.
 */
export function isAboutRecovery(name: RuleName): boolean {
  const rule: Rule = RULES[name];
  return rule.isAboutRecovery === true;
}

/**
 * Whether the rules about results had nothing to check although there were tracked actions: a machine
 * that handles every result wrongly would pass.
 *
 * @param asked how often each rule was checked.
 */
export function lacksResults(asked: Readonly<Partial<Record<RuleName, number>>>): boolean {
  return (
    asked['results update state'] === 0 && (asked['ids are deterministic and unique'] ?? 0) > 0
  );
}

/** What {@link lacksResults} means, and what to do about it. */
export const RESULTS_LACKING =
  'No result of a tracked action came back, so that how the machine handles them was not checked. ' +
  'A scenario gives results by a model of the external systems, or by completions of its own.';

/** The likely cause of a finding, and the usual cure. */
export interface Advice {
  readonly cause: string;
  readonly cure: string;
}

/** The cures for a machine that goes on after a failure as if nothing had happened. */
const CURES = {
  ActionRefused:
    'Let the refusal through, or do not change the state as if the action had been sent.',
  StorageFailed: 'Let the error through, or do nothing that depends on the access.',
} as const satisfies Record<CaughtFailure['kind'], string>;

/** What to do about a step, or anything else of the author's, that is only slow. */
export const MORE_TIME =
  'If it is only slow, give it more time: `--time-limit 30s`, or the settings of the window.';

/** @param source where it stood, which is not known of code that awaits something. */
function adviceOnHang(source: string | undefined): Advice {
  return {
    cause:
      source === undefined
        ? 'Most likely it awaits a promise that nothing settles: no line is known of code that waits.'
        : 'An endless loop, or work that takes longer than the limit.',
    cure: `Let it come to its end. ${MORE_TIME}`,
  };
}

/**
 * Returns advice on a finding: the caught failure that it is likely to follow from, or what breaks
 * the rule in general. A trace of another version may name a rule that is not known here.
 */
export function adviceOn({
  kind,
  name,
  caught,
  source,
}: Pick<Finding, 'kind' | 'name'> & {
  readonly caught?: CaughtFailure | undefined;
  readonly source?: string | undefined;
}): Advice | undefined {
  if (caught) {
    const { stepIndex, what } = caught;
    const place = caught.source === undefined ? '' : ` (${caught.source})`;
    return {
      cause:
        `In step ${formatCount(stepIndex)} ${what}${place}. ` +
        'The machine caught this, and went on as if nothing had failed.',
      cure: CURES[caught.kind],
    };
  }
  if (kind === 'hang') return adviceOnHang(source);
  const isKnown = kind === 'rule' && Object.hasOwn(RULES, name);
  return isKnown ? RULES[name as RuleName] : undefined;
}
