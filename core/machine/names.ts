import { DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX, NAMES_MAX } from '../limits.ts';
import { formatCount } from '../text/quantities.ts';
import { cutText } from '../text/visible.ts';

/** How much of a name is quoted that is too long. */
const QUOTED_CHARS_MAX = 40;

/**
 * What is wrong with the names of a kind that an author gives, and the remedy; `undefined` if nothing is.
 *
 * @param what the kind: `invariants`.
 */
export function findNamesProblem(what: string, names: readonly string[]): string | undefined {
  if (names.length > NAMES_MAX) {
    const [count, max] = [formatCount(names.length), formatCount(NAMES_MAX)];
    return `there are ${count} ${what}, and the limit is ${max}: let one of them cover several cases`;
  }
  const long = names.find((name) => name.length > NAME_CHARS_MAX);
  if (long === undefined) return undefined;
  const [count, max] = [formatCount(long.length), formatCount(NAME_CHARS_MAX)];
  return (
    `among the ${what}, the name "${cutText(long, QUOTED_CHARS_MAX)}" has ${count} characters, and ` +
    `the limit is ${max}: give a shorter name`
  );
}

/** What is wrong with the length of a description that an author gives; `undefined` if nothing is. */
export function findDescriptionProblem(what: string, { length }: string): string | undefined {
  if (length <= DESCRIPTION_CHARS_MAX) return undefined;
  return `${what} must have at most ${formatCount(DESCRIPTION_CHARS_MAX)} characters`;
}
