import { NAMES_MAX } from '../../core/limits.ts';
import { isAboutRecovery, RULE_NAMES, type RuleName } from '../../core/machine/rules.ts';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formatCount, byCount } from '../words/format.ts';

/** An invariant as the panel shows it at a step. */
export type InvariantRow = { readonly name: string } & (
  | { readonly kind: 'holds' }
  /** `since` is absent if it began to fail at this step. */
  | { readonly kind: 'fails'; readonly message: string; readonly since?: number }
  /** Nobody evaluated it here. */
  | { readonly kind: 'notEvaluated' }
);

/** A rule as the panel shows it at a step. */
export type RuleRow = { readonly name: RuleName } & (
  | { readonly kind: 'kept' }
  /** Not violated so far in a run that goes on: only its end shows how often the rule was checked. */
  | { readonly kind: 'notViolatedYet' }
  /** Violated by the very step at the cursor. */
  | { readonly kind: 'violatedHere'; readonly times: number; readonly message: string }
  | { readonly kind: 'violatedBefore'; readonly times: number; readonly lastStep: number }
  | { readonly kind: 'waived'; readonly reason: string }
  | { readonly kind: 'notAsked'; readonly reason: 'noFaults' | 'notRecorded' | 'noOccasion' }
);

/** Every invariant with its verdict at a step, in the order of the machine. */
export function invariantRowsAt(trace: Trace, stepIndex: number): readonly InvariantRow[] {
  const kind = areEvaluated(trace) ? 'holds' : 'notEvaluated';
  return trace.verdictsAt(stepIndex).map(({ name, failure }): InvariantRow => {
    if (!failure) return { name, kind };
    const { message, since } = failure;
    return since === stepIndex
      ? { name, kind: 'fails', message }
      : { name, kind: 'fails', message, since };
  });
}

/** The most invariants with a row: what machines may declare. Traces of other tools may name more. */
const ROWS_MAX = NAMES_MAX;

/** The rows that are shown: of too many, those that fail come first. */
export function shownOf(rows: readonly InvariantRow[]): readonly InvariantRow[] {
  if (rows.length <= ROWS_MAX) return rows;
  const isFailing = ({ kind }: InvariantRow) => kind === 'fails';
  const others = rows.filter((row) => !isFailing(row));
  return [...rows.filter(isFailing), ...others].slice(0, ROWS_MAX);
}

/** Whether the invariants of a trace were evaluated; while it grows, they are taken to be. */
function areEvaluated({ header, end }: Trace): boolean {
  if (counterexampleOf(header)) return false;
  return end === undefined || end.checks.evaluated + end.checks.carriedOver > 0;
}

/** A summary of the verdicts, in a few words. */
export function summarizeInvariants(rows: readonly InvariantRow[]): string {
  if (rows.length === 0) return 'none';
  const failing = rows.filter(({ kind }) => kind === 'fails').length;
  if (failing > 0)
    return `${formatCount(failing)} of ${formatCount(rows.length)} ${byCount(failing, 'fails', 'fail')}`;
  return rows.every(({ kind }) => kind === 'holds') ? 'all hold' : 'not evaluated';
}

/** Every rule with its verdict at a step, in the order of the table. */
export function ruleRowsAt(trace: Trace, stepIndex: number): readonly RuleRow[] {
  const verdicts = new Map(trace.rulesAt(stepIndex).map((verdict) => [verdict.name, verdict]));
  return RULE_NAMES.map((name): RuleRow => {
    const verdict = verdicts.get(name);
    if (!verdict) {
      const hasNoFaults = trace.header.faults === 'none' && isAboutRecovery(name);
      return { name, kind: 'notAsked', reason: hasNoFaults ? 'noFaults' : 'notRecorded' };
    }
    if (verdict.kind === 'kept' && !trace.end) return { name, kind: 'notViolatedYet' };
    if (verdict.kind === 'kept' && trace.end?.checks.rules[name] === 0) {
      return { name, kind: 'notAsked', reason: 'noOccasion' };
    }
    if (verdict.kind !== 'violated') return verdict;
    const { times, last } = verdict;
    return last.stepIndex === stepIndex
      ? { name, kind: 'violatedHere', times, message: last.message }
      : { name, kind: 'violatedBefore', times, lastStep: last.stepIndex };
  });
}

/** A summary of the verdicts, in a few words. */
export function summarizeRules(rows: readonly RuleRow[]): string {
  const violated = rows.filter(({ kind }) => kind.startsWith('violated')).length;
  const open = rows.filter(({ kind }) => kind === 'notViolatedYet').length;
  const asked = violated + open + rows.filter(({ kind }) => kind === 'kept').length;
  if (asked === 0) return 'none checked';
  if (violated > 0) return `${violated} of ${asked} violated`;
  if (open > 0) return 'none violated so far';
  return asked === rows.length ? 'all kept' : `${asked} checked, all kept`;
}
