import {
  lacksResults,
  RESULTS_LACKING,
  RULE_NAMES,
  RULES,
  type RuleName,
} from '../../machine/rules.ts';
import type { SweepChecks } from '../../sweep/report.ts';
import { formatCount, formatTimes, formatPlural } from '../../text/quantities.ts';
import { printLine, style } from './print.ts';

/**
 * Returns rows that say what was checked and how often, and what was not and why.
 *
 * @param runs the number of runs that were finished: what a scenario asks at the end is known from them.
 */
export function describeChecks(
  { evaluated, carriedOver, skipped, rules, settled, rulesEvery, waivers }: SweepChecks,
  runs: number,
): (readonly [name: string, text: string])[] {
  const asked = RULE_NAMES.filter((name) => rules[name] !== undefined);
  const unasked = RULE_NAMES.filter(
    (name) => rules[name] === undefined && waivers[name] === undefined,
  );
  const sampled = rulesEvery > 1 && rules.determinism !== undefined;
  return [
    [
      'invariants',
      `${formatCount(evaluated)} asked, ${formatCount(carriedOver)} carried over where the state had not changed` +
        (skipped > 0 ? `, ${formatCount(skipped)} skipped` : ''),
    ],
    [
      'rules',
      `${asked.length} of ${RULE_NAMES.length}` +
        (sampled ? `; determinism at one step in ${formatCount(rulesEvery)}` : ''),
    ],
    ...asked.map((name) => [`  ${name}`, howOften(name, rules[name] ?? 0)] as const),
    ...Object.entries(waivers).map(([name, reason]) => [`  ${name}`, `waived: ${reason}`] as const),
    ...unasked.map((name) => [`  ${name}`, `not asked: ${whyNot(name)}`] as const),
    ...describeSettled(settled, runs),
  ];
}

/** Why a settled property may never be asked. */
export const NEVER_SETTLED =
  'no run came to a settled end (it was stopped, or nothing answers without faults)';

function describeSettled(
  settled: SweepChecks['settled'],
  runs: number,
): (readonly [name: string, text: string])[] {
  const properties = Object.entries(settled);
  if (properties.length === 0) {
    const why =
      runs > 0
        ? 'is asked: the scenario has no settled properties'
        : 'was asked: no seed was finished';
    return [['at the end', `nothing ${why}`]];
  }
  return [
    ['at the end', formatPlural(properties.length, 'property', 'properties')],
    ...properties.map(
      ([name, times]) =>
        [`  ${name}`, times === 0 ? `never: ${NEVER_SETTLED}` : formatTimes(times)] as const,
    ),
  ];
}

function howOften(rule: RuleName, times: number): string {
  return times === 0 ? `never: ${RULES[rule].never}` : formatTimes(times);
}

function whyNot(rule: RuleName): string {
  return rule === 'no side effects'
    ? 'what another process accesses cannot be observed'
    : 'it is about faults, and no fault can strike';
}

/** Prints a warning when the checks say less than they seem to. */
export function printWeakness({ rules }: SweepChecks): void {
  if (lacksResults(rules)) printLine(style.yellow(RESULTS_LACKING));
}
