import { formatCount, formatPlural } from '../text/quantities.ts';
import { sameValue } from '../value/value.ts';
import { isTelling, requirementOf, type MinimalRun } from './minimal-run.ts';
import type { SweepGroup } from './report.ts';

/** A requirement that a cause breaks. */
export interface Symptom {
  readonly group: SweepGroup;
  /** The shortest run with it; absent when none of its seeds was shrunk. */
  readonly minimal?: MinimalRun;
}

/** The group with the seed that its minimal run was shrunk from as its example, and what happened there. */
export function exampleOf({ group, minimal }: Symptom): SweepGroup {
  if (!minimal) return group;
  const { seed, stepIndex, finding } = minimal;
  if (seed === group.seed) return { ...group, stepIndex };
  const { expected: _, actual: __, output: ___, caught: ____, ...shared } = group;
  return { ...shared, ...finding, seed, stepIndex };
}

/** Another way to what a symptom breaks, without the fault that its minimal run needs; nothing if none is known. */
export function otherwayOf({ group: { otherwise }, minimal }: Symptom): MinimalRun | undefined {
  return sameValue(otherwise?.without, minimal?.faults) ? otherwise : undefined;
}

/** Findings of a sweep that have the same reason, as far as their shortest runs can tell. */
export interface SweepCause {
  /** Identifies it within the sweep, as long as no more is shrunk. */
  readonly id: string;
  /** What it breaks, in the order of the groups; the first one is its example. */
  readonly symptoms: readonly [Symptom, ...Symptom[]];
}

/**
 * The causes of what a sweep found: the one answer to what belongs together. Two groups are one cause when what
 * their minimal runs need is the same, and they break the same requirement or one run shows both. A group whose
 * seeds shrink to runs that need different things belongs to several causes; one that was not shrunk is a cause
 * by itself.
 *
 * @returns the causes in the order of their first groups.
 */
export function causesOfSweep(groups: readonly SweepGroup[]): readonly SweepCause[] {
  const byPattern = new Map<string, Symptom[]>();
  for (const symptom of groups.flatMap(symptomsOf)) {
    const pattern = patternOf(symptom);
    const alike = byPattern.get(pattern);
    if (alike) alike.push(symptom);
    else byPattern.set(pattern, [symptom]);
  }
  const causes = [...byPattern].flatMap(([pattern, symptoms]) =>
    (pattern === '' ? symptoms.map((one) => [one]) : shownTogether(symptoms)).map((list) => {
      return { pattern, list };
    }),
  );
  const order = new Map(groups.map((group, at) => [group, at]));
  const placeOf = ({ group }: Symptom) => order.get(group) ?? 0;
  return causes
    .map(({ pattern, list }): SweepCause => {
      const [first, ...others] = list.toSorted((a, b) => placeOf(a) - placeOf(b)) as [Symptom];
      return { id: JSON.stringify([first.group.signature, pattern]), symptoms: [first, ...others] };
    })
    .toSorted((a, b) => placeOf(a.symptoms[0]) - placeOf(b.symptoms[0]));
}

/**
 * What must be known about the causes that were not shrunk, in one sentence for all of them; nothing when all were.
 *
 * @param isOver whether no more will be shrunk.
 */
export function describeUnshrunk(
  causes: readonly SweepCause[],
  isOver: boolean,
): string | undefined {
  const count = causes.filter(isUnshrunk).length;
  if (count === 0) return undefined;
  const what =
    count === causes.length
      ? `Not shrunk${isOver ? '' : ' yet'}: causes`
      : `${formatPlural(count, 'cause')} ${count === 1 ? 'is' : 'are'} not shrunk${isOver ? '' : ' yet'}: such causes`;
  return `${what} are grouped by rule and shape only, and some may be the same.`;
}

/** Whether none of the seeds of a cause was shrunk; a hang never is. */
export function isUnshrunk({ symptoms: [{ group, minimal }] }: SweepCause): boolean {
  return minimal === undefined && group.kind !== 'hang';
}

/** What of a cause distinguishes it from others: what its minimal run needs, or only what it breaks, at which kind of step. */
export function groupedBy({ symptoms: [first] }: SweepCause): 'minimalRun' | 'ruleAndShape' {
  return patternOf(first) === '' ? 'ruleAndShape' : 'minimalRun';
}

/**
 * What must be known about a cause beside the number of its seeds: that it is grouped by rule and shape only, and
 * why, or that other causes are counted with it; nothing for most.
 */
export function describeGrouping(cause: SweepCause): string | undefined {
  const [{ group, minimal }] = cause.symptoms;
  if (groupedBy(cause) === 'minimalRun') {
    const { minima = [] } = group;
    return minima.length < 2
      ? undefined
      : `The seeds of ${formatCount(minima.length)} causes are counted together: in how many of them it is this one is not known.`;
  }
  if (!minimal && group.kind === 'hang') {
    return 'Not shrunk: every try takes as long as a step may. Shrink its example by itself.';
  }
  const why = minimal ? 'Its minimal run is too long to be compared with others' : 'Not shrunk';
  return `${why}: it is grouped by rule and shape only, and may be one of the other causes.`;
}

/** What the minimal run of a symptom needs, as a key; empty where that says nothing. */
function patternOf({ minimal }: Symptom): string {
  return minimal && isTelling(minimal.pattern) ? JSON.stringify(minimal.pattern) : '';
}

/** Parts symptoms into those of which one run shows two, directly or through others. */
function shownTogether(symptoms: readonly Symptom[]): readonly (readonly Symptom[])[] {
  let parts: readonly (readonly Symptom[])[] = [];
  for (const symptom of symptoms) {
    const isAlike = (part: readonly Symptom[]) => part.some((other) => isShownWith(symptom, other));
    const alike = parts.filter(isAlike);
    parts = [...parts.filter((part) => !alike.includes(part)), [...alike.flat(), symptom]];
  }
  return parts;
}

function symptomsOf(group: SweepGroup): readonly Symptom[] {
  const { minima = [] } = group;
  return minima.length === 0 ? [{ group }] : minima.map((minimal) => ({ group, minimal }));
}

function isShownWith(one: Symptom, other: Symptom): boolean {
  const [mine, its] = [requirementOf(one.group), requirementOf(other.group)];
  return (
    mine === its ||
    one.minimal?.breaks.includes(its) === true ||
    other.minimal?.breaks.includes(mine) === true
  );
}

/**
 * The number of seeds in which a cause was found, as far as that is known: seeds that are not listed may be others
 * than those of its other groups. What belongs to several causes counts for each.
 */
export function seedsOf({ symptoms }: SweepCause): number {
  const groups = [...new Set(symptoms.map(({ group }) => group))];
  const listed = new Set(groups.flatMap(({ failing = [] }) => failing));
  return Math.max(listed.size, ...groups.map(({ count }) => count));
}
