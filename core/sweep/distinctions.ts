import { formatCount, formatPlural, formatTimes } from '../text/quantities.ts';
import { exampleOf, type SweepCause } from './causes.ts';

/**
 * What distinguishes causes that would have the same heading, since they break the same requirement at the same kind of
 * step, by their ids; nothing for a cause whose heading no other one has. It is the place in the source if that
 * differs, or else what the minimal run of one needs and those of the others do not: "with crash".
 */
export function distinctionsOf(causes: readonly SweepCause[]): ReadonlyMap<string, string> {
  const alike = new Map<string, SweepCause[]>();
  for (const cause of causes) {
    const { kind, name, shape } = exampleOf(cause.symptoms[0]);
    const heading = JSON.stringify([kind, name, shape]);
    alike.set(heading, [...(alike.get(heading) ?? []), cause]);
  }
  const several = [...alike.values()].filter((list) => list.length > 1);
  return new Map(several.flatMap((list) => list.map((cause) => [cause.id, apart(cause, list)])));
}

/** What distinguishes a cause from others: what says most about it, of what none of the others has. */
function apart(cause: SweepCause, alike: readonly SweepCause[]): string {
  const others = alike.filter((other) => other !== cause);
  const needed = neededAlone(cause, others);
  if (needed !== undefined) return needed;
  for (const textOf of [placeOf, orderOf, lengthOf, seedOf]) {
    const text = textOf(cause);
    if (text !== undefined && others.every((other) => textOf(other) !== text)) return text;
  }
  return `no. ${formatCount(alike.indexOf(cause) + 1)} of ${formatCount(alike.length)}`;
}

/** What a minimal run needs most often of all, or lacks alone; how often counts as well. */
function neededAlone(cause: SweepCause, others: readonly SweepCause[]): string | undefined {
  const own = countsOf(cause);
  const theirs = others.map(countsOf);
  if (!own || theirs.includes(undefined)) return undefined;
  const most = (what: string) => Math.max(...theirs.map((counts) => counts?.get(what) ?? 0));
  const least = (what: string) => Math.min(...theirs.map((counts) => counts?.get(what) ?? 0));
  const extra = [...own.keys()].find((what) => most(what) === 0);
  if (extra !== undefined) return `with ${extra}`;
  const lacking = [...(theirs[0]?.keys() ?? [])].find((what) => !own.has(what) && least(what) > 0);
  if (lacking !== undefined) return `without ${lacking}`;
  for (const [what, count] of own) {
    if (count > most(what) || count < least(what)) return `with ${what} ${formatTimes(count)}`;
  }
  return undefined;
}

/** How often a minimal run needs each thing; nothing for a cause that was not shrunk. */
function countsOf({ symptoms: [{ minimal }] }: SweepCause): Map<string, number> | undefined {
  if (!minimal) return undefined;
  const counts = new Map<string, number>();
  for (const { what } of minimal.pattern) counts.set(what, (counts.get(what) ?? 0) + 1);
  return counts;
}

function placeOf({ symptoms: [symptom] }: SweepCause): string | undefined {
  const { source } = exampleOf(symptom);
  return source === undefined ? undefined : `at ${source}`;
}

/** What a minimal run needs, in order: "request for Preauth, crash, result Success". */
function orderOf({ symptoms: [{ minimal }] }: SweepCause): string | undefined {
  if (!minimal || minimal.pattern.length > ORDER_MAX) return undefined;
  return minimal.pattern.map(({ what }) => what).join(', ');
}

/** The most things that are listed in order in a heading. */
const ORDER_MAX = 5;

function lengthOf({ symptoms: [{ minimal }] }: SweepCause): string | undefined {
  return minimal && `in ${formatPlural(minimal.steps, 'step')}`;
}

function seedOf({ symptoms: [symptom] }: SweepCause): string {
  return `seed ${exampleOf(symptom).seed}`;
}
