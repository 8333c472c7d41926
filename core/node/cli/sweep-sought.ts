import { EVERY_STEP_ENDS } from '../../engine/findings.ts';
import { RULE_NAMES } from '../../machine/rules.ts';
import { ProblemError } from '../../problem.ts';
import type { SweepReport } from '../../sweep/report.ts';
import { chooseAmong } from '../../text/choices.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import type { SweepPlan } from '../sweep/pool.ts';

/** The options that ask about one finding; others do not count then. */
export interface SoughtOptions {
  /** The name of an invariant, rule or settled property, or of an error. */
  readonly finding?: string;
  /** The kind of its step, where several causes share the name. */
  readonly shape?: string;
}

/** The finding that is asked about, if it is one. */
export function soughtOf({ finding, shape }: SoughtOptions): Pick<SweepPlan, 'sought'> {
  if (finding === undefined) return {};
  return { sought: shape === undefined ? { finding } : { finding, shape } };
}

/**
 * Refuses a name under which nothing can be found: a slip in it would pass for a mended machine. Errors may have any
 * name that a class can have.
 *
 * @throws {ProblemError} when the machine has no such requirement.
 */
export function requireKnown(
  { sought, groups, others = [], checks }: SweepReport,
  loaded: LoadedMachine,
): void {
  if (!sought || groups.length > 0 || /^[A-Z]\w*$/.test(sought.finding)) return;
  const requirements = [
    ...Object.keys(loaded.machine.invariants),
    ...RULE_NAMES,
    ...Object.keys(checks.settled),
    EVERY_STEP_ENDS,
  ];
  if (requirements.includes(sought.finding)) return;
  const names = [...new Set([...requirements, ...others.map(({ name }) => name)])];
  throw new ProblemError({
    title: `The machine has no invariant, rule or settled property "${sought.finding}".`,
    remedy: chooseAmong(sought.finding, names),
  });
}
