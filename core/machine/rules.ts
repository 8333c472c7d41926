import type { Finding } from './executed.ts';

/** What a rule asks, and what to do about a machine that breaks it. */
export interface Rule {
  /** A sentence: when it is violated. */
  readonly violatedWhen: string;
  /** What machines that break it usually do. */
  readonly cause: string;
  /** How machines usually cure it. */
  readonly cure: string;
}

/** The requirements that hold for every machine, by name. */
export const RULES = {
  atomicity: {
    violatedWhen: 'An error or a panic left the state changed, or half of the effects were lost.',
    cause: 'The state is updated first, and something that can fail comes after it.',
    cure: 'Do everything that can fail before the first state.update: checks, and adding actions.',
  },
  determinism: {
    violatedWhen: 'The same state and input gave another state, outcome or list of actions.',
    cause: 'Something outside the state decides: a variable of the module, or an order.',
    cure: 'Keep everything that decides in the state, or let it come in with the input.',
  },
  'no side effects': {
    violatedWhen: '`stf` or `restore` reached for time, randomness, timers, network or globals.',
    cause: 'A call whose answer differs from run to run, or whose effect no roll-back undoes.',
    cure: 'Take time and randomness as part of the input; emit an action for what must be done.',
  },
  'tracked actions are restorable': {
    violatedWhen:
      'An outstanding tracked action is missing from what restore emits: a crash would lose it.',
    cause: 'The state does not say that the action is under way, or restore does not look there.',
    cure: 'Write down in the state each tracked action that is emitted, and emit it in restore.',
  },
  'restore is pure': {
    violatedWhen: 'restore changed the state, emitted untracked actions, or answered differently.',
    cause: 'restore does work of its own instead of reading the state.',
    cure: 'Emit the outstanding tracked actions from the state alone, in a fixed order.',
  },
  'ids are deterministic and unique': {
    violatedWhen: 'An id is used again while it is outstanding, or differs between two executions.',
    cause: 'The id is drawn from outside the state, or taken over from an action still under way.',
    cure: 'Count ids up in the state, one for each tracked action.',
  },
  'results update state': {
    violatedWhen: 'A completion left the state as it was, so that restore would ask for ever.',
    cause: 'A result is passed over, and the state goes on saying that it is awaited.',
    cure: 'Let every result move the record on, and emit a new action if there is more to wait for.',
  },
  'idempotent completion': {
    violatedWhen: 'A completion delivered twice changed the state or emitted actions again.',
    cause: 'The result is handled without a look at whether it was handled before.',
    cure: 'Handle a result only while its action is awaited; answer a repeated one with ok().',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

/** The names of all rules, in the order of the table. */
export const RULE_NAMES = Object.keys(RULES) as readonly RuleName[];

/**
 * What is known about the requirement that a finding breaks, if it is a rule. A trace of another
 * version may name a rule that is not known here.
 */
export function ruleOf({ kind, name }: Pick<Finding, 'kind' | 'name'>): Rule | undefined {
  const isKnown = kind === 'rule' && Object.hasOwn(RULES, name);
  return isKnown ? RULES[name as RuleName] : undefined;
}
