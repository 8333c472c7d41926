import leven, { closestMatch } from 'leven';

/** The most characters of a name that count as mistyped. */
const SLIPS_MAX = 4;
/** A part of a name that is shorter means none. */
const PART_CHARS_MIN = 3;

/** What to do about a name that is none of those there are: the one that is likely meant, and all of them. */
export function chooseAmong(given: string, names: readonly string[]): string {
  if (names.length === 0) return 'It has none.';
  return `${askMeant(given, names)}Choose one of: ${names.join(', ')}.`;
}

/**
 * `Did you mean "x"? `, with a space at its end, where one of the names is a third of its characters away from
 * the given one, or is the only one that contains it, whatever their case. Otherwise nothing.
 */
export function askMeant(given: string, names: readonly string[]): string {
  const wanted = given.toLowerCase();
  const lower = names.map((name) => name.toLowerCase());
  const maxDistance = Math.min(SLIPS_MAX, Math.ceil(wanted.length / 3));
  const near = closestMatch(wanted, lower, { maxDistance });
  const containing = lower.filter((name) => name.includes(wanted));
  const isPart = wanted.length >= PART_CHARS_MIN && containing.length === 1;
  const name = names[lower.indexOf(near ?? (isPart ? (containing[0] ?? '') : ''))];
  return name === undefined ? '' : `Did you mean "${name}"? `;
}

/** In shorter names, other letters make another word: `pull` is not `poll` mistyped. */
const WORD_CHARS_MIN = 5;
const WORD_SLIPS_MAX = 2;

/**
 * Whether a word in a source file is most likely a certain name mistyped: it has the same letters, or few others.
 *
 * @param isNeeded whether the name must be there. If not, the word may well be meant as it is, and this must be surer.
 */
export function isMistyped(
  word: string,
  name: string,
  { isNeeded }: { readonly isNeeded: boolean },
): boolean {
  if (lettersOf(name) === lettersOf(word)) return true;
  const isLong = Math.min(name.length, word.length) >= WORD_CHARS_MIN;
  if (!isLong && !isNeeded) return false;
  const slipsMax = Math.min(WORD_SLIPS_MAX, Math.ceil(name.length / 3));
  return leven(word, name, { maxDistance: slipsMax + 1 }) <= slipsMax;
}

function lettersOf(name: string): string {
  return Array.from(name.toLowerCase()).toSorted().join('');
}
