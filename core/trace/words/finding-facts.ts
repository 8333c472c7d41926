import type { CaughtFailure, Finding } from '../../machine/finding.ts';
import { adviceOn } from '../../machine/rules.ts';
import { formatCount } from '../../text/quantities.ts';

/** What a finding of a run and one of a sweep have in common. */
export interface Explained extends Pick<Finding, 'kind' | 'name' | 'message'> {
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  readonly source?: string | undefined;
  readonly predicate?: string | undefined;
  readonly caught?: CaughtFailure | undefined;
}

/** Where in the author's source to look first: where it came from, or else what does not hold. */
export function sourceOf({
  source,
  predicate,
}: Pick<Explained, 'source' | 'predicate'>): string | undefined {
  return source ?? predicate;
}

/** Returns the place of a finding for the end of a sentence. */
export function placeOf(stepIndex: number): string {
  return stepIndex < 0 ? 'in the initial state' : `at step ${formatCount(stepIndex)}`;
}

/** Returns the facts about a finding besides its message, by name. */
export function factsOf(finding: Explained): readonly (readonly [name: string, text: string])[] {
  const { expected, actual } = finding;
  const { likelyCause, cure } = namedAdviceOn(finding);
  const facts = { expected, came: actual, 'likely cause': likelyCause, 'usual cure': cure };
  return Object.entries(facts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
}

/** The likely cause of a finding and its usual cure, under their names in JSON. */
interface NamedAdvice {
  readonly likelyCause?: string;
  readonly cure?: string;
}

/** Adds the likely cause and the usual cure to a finding, for JSON. */
export function withAdvice<T extends Explained>(finding: T): T & NamedAdvice {
  return { ...finding, ...namedAdviceOn(finding) };
}

function namedAdviceOn(finding: Explained): NamedAdvice {
  const advice = adviceOn(finding);
  return advice ? { likelyCause: advice.cause, cure: advice.cure } : {};
}
