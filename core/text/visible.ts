/**
 * @file Texts of others as people may safely see them, in the window and on a terminal: cut to a
 * length, and with an escape in JavaScript's notation for every character that does not show, that
 * commands a terminal, that changes the order of its neighbours, or that passes for another one.
 */

/** Joins emoji to one picture, or asks for the coloured form of one. */
const EMOJI_JOINER = String.raw`(?<=\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)[\u200d\ufe0f]`;
/** The form of the character before it, as keycaps have it. */
const KEYCAP_FORM = String.raw`(?<=[#*\d])\ufe0f(?=\u20e3)`;
/** Scripts that are not written correctly without joiners between letters. */
const JOINING = [
  'Arabic',
  'Syriac',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Khmer',
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join('');
const LETTER_JOINER = `(?<=[${JOINING}])[\\u200c\\u200d](?=[${JOINING}])`;
/** The space of Japanese and Chinese text, which is seen there. */
const WIDE_SPACE = String.raw`(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])\u3000`;
/** The narrow space that groups digits, as our own counts have it. */
const DIGIT_GROUP = String.raw`(?<=\d)\u202f(?=\d)`;
/** Format characters that are drawn. */
const DRAWN_FORMATS = String.raw`[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]`;
const HARMLESS = [
  EMOJI_JOINER,
  KEYCAP_FORM,
  LETTER_JOINER,
  WIDE_SPACE,
  DIGIT_GROUP,
  DRAWN_FORMATS,
].join('|');

/** More marks than this above and below one letter reach into the lines around it. */
const MARKS_MAX = 4;
const UNSEEN = [
  String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]`,
  String.raw`(?! )\p{Zs}`,
  String.raw`(?<=\p{M}{${MARKS_MAX}})\p{M}`,
].join('|');
const MISLEADING = new RegExp(`(?=${UNSEEN})(?!${HARMLESS}).`, 'gsu');

/** Letters of other alphabets by the Latin letters that they are drawn as. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Cyrillic
    ...pairs('аеорсухіјѕһԁԛԝүѵгѡӏк', 'aeopcyxijshdqwyvrwlk'),
    ...pairs('АВЕЅІЈКМНОРСТУХԌԚԜӀЬ', 'ABESIJKMHOPCTYXGQWIb'),
    // Greek
    ...pairs('ονυιαρϲϳγσηκ', 'ovuiapcjyonk'),
    ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ', 'ABEZHIKMNOPTYXC'),
    // Armenian
    ...pairs('օոսցհզՕՍԼ', 'onughqOUL'),
    // Cherokee
    ...pairs('ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᏀᏂᏃᏒᏔᏚᏞᏟᏢᏦᏧ', 'DRTiYAJEWMHGhZRWSLCPKd'),
    // Latin letters of other languages and of phonetics
    ...pairs('ɑɡıɩ', 'agii'),
  }),
);

function pairs(from: string, to: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(from, (letter, at) => [letter, to[at] ?? letter]));
}

const LOOK_ALIKE = new RegExp(`[${[...LOOK_ALIKES.keys()].join('')}]`, 'gu');
const WORD = /[\p{L}\p{M}]+/gu;
/** The alphabets that share looks with the Latin one. */
const ALIKE = ['Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Lisu', 'Georgian'] as const;
const OF_ALIKE = `[${ALIKE.map((script) => String.raw`\p{Script=${script}}`).join('')}]`;
const LATIN = String.raw`\p{Script=Latin}`;
/** Where letters of two alphabets meet that share their looks. */
const ALPHABETS_MEET = new RegExp(`${LATIN}(?=${OF_ALIKE})|${OF_ALIKE}(?=${LATIN})`, 'u');
const ALPHABETS = [...ALIKE, 'Latin'].map(
  (script) => new RegExp(String.raw`\p{Script=${script}}`, 'u'),
);
/** Texts of these characters only are what they look like: most texts, and quick to tell. */
const PLAIN = /^[ -~]*$/;

/**
 * A text on one line with everything visible: `A-1\u200b`, `first\nsecond`. Backslashes stay as they
 * are: for a notation that reads back, give it the text's JSON.
 */
export function showText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replaceAll(MISLEADING, escapeCharacter)
    .replaceAll(WORD, (word) =>
      ALPHABETS_MEET.test(word) ? word.replaceAll(LOOK_ALIKE, escapeCharacter) : word,
    );
}

/** As {@link showText}, but line breaks and tabs stay, for texts that have lines of their own. */
export function showLines(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, at) => (at % 2 === 0 ? showText(part) : part.replace('\r', '')))
    .join('');
}

/** A character with its marks, or a syllable that is written by its letters. */
const CLUSTER = /[\u1100-\u11ff]+|\P{M}\p{M}*/gu;

const LETTER_OF_ALIKE = new RegExp(OF_ALIKE, 'gu');

/**
 * A text that names one thing among others: as {@link showText}, and what may be the spelling of another name
 * is escaped: what Unicode takes for another spelling of a character, such as `e\u0301` beside `é`, and a name in
 * another alphabet each of whose letters passes for a Latin one, such as `сор` beside `cop`.
 */
export function showName(text: string): string {
  if (PLAIN.test(text)) return text;
  const shown = showText(text).replaceAll(CLUSTER, (cluster) =>
    cluster.normalize('NFC') === cluster ? cluster : escapeAll(cluster),
  );
  const letters = shown.match(LETTER_OF_ALIKE) ?? [];
  // One letter that is like no Latin one shows the alphabet.
  const isAlike = letters.every((letter) => LOOK_ALIKES.has(letter));
  return isAlike ? shown.replaceAll(LETTER_OF_ALIKE, escapeCharacter) : shown;
}

/**
 * Two texts that differ, so that one sees in what: where they would look the same (`é` as one
 * character or as two, letters of another alphabet), their characters outside ASCII are escaped.
 */
export function showDifferent(
  before: string,
  after: string,
): readonly [before: string, after: string] {
  const shown = [showText(before), showText(after)] as const;
  if (before === after) return shown;
  const isAlike = skeletonOf(shown[0]) === skeletonOf(shown[1]);
  if (!isAlike && !differByAlphabet(before, after)) return shown;
  return [escapeAll(shown[0]), escapeAll(shown[1])];
}

/** Whether texts are the same but for some letters, each of which has one of another alphabet in its place. */
function differByAlphabet(before: string, after: string): boolean {
  // Letters of the alphabets in question have one code unit, or two as all others of theirs.
  if (before.length !== after.length || (PLAIN.test(before) && PLAIN.test(after))) return false;
  let differing = 0;
  for (let at = 0; at < before.length; at += 1) {
    const [one, other] = [before.charAt(at), after.charAt(at)];
    if (one === other) continue;
    const alphabet = ALPHABETS.find((letters) => letters.test(one));
    if (!alphabet || alphabet.test(other) || !ALPHABETS.some((letters) => letters.test(other))) {
      return false;
    }
    differing += 1;
  }
  // Words of two languages have another letter nearly everywhere.
  return differing * 2 <= before.length;
}

/** What a text looks like: texts of the same skeleton cannot be told apart by eye. */
function skeletonOf(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .normalize('NFKD')
    .replaceAll(LOOK_ALIKE, (letter) => LOOK_ALIKES.get(letter) ?? letter);
}

function escapeAll(text: string): string {
  return text.replaceAll(/[^ -~]/gu, escapeCharacter);
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
]);

/** A character in the notation of string literals. */
function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

const SHORT_CHARACTERS: ReadonlyMap<string, string> = new Map(
  Array.from(SHORT_ESCAPES, ([character, escape]) => [escape, character]),
);

/**
 * Reads back what {@link showText} has escaped, so that a text can be searched for as it is shown.
 * Other escapes, and those of no character, stay as they are.
 */
export function readShown(text: string): string {
  return text.replaceAll(
    /\\u\{([\da-f]{1,6})\}|\\u([\da-f]{4})|\\[nrt]/gi,
    (escape, long?: string, short?: string) => {
      const digits = long ?? short;
      if (digits === undefined) return SHORT_CHARACTERS.get(escape) ?? escape;
      const code = Number.parseInt(digits, 16);
      return code > 0x10ffff ? escape : String.fromCodePoint(code);
    },
  );
}

/** The most characters before the first difference of two texts that are cut. */
const CONTEXT_CHARS = 24;

/**
 * Two texts cut to a length, so that one sees where they differ: if their beginnings are the same for
 * too long, each begins shortly before the first difference, with an ellipsis.
 *
 * @param charsMax in UTF-16 code units, the ellipses included.
 */
export function cutToDifference(
  before: string,
  after: string,
  charsMax: number,
  contextChars = CONTEXT_CHARS,
): readonly [before: string, after: string] {
  const isShort = Math.max(before.length, after.length) <= charsMax;
  const at = isShort ? 0 : firstDifference(before, after);
  if (isShort || at < charsMax - 2 * contextChars) {
    return [cutText(before, charsMax), cutText(after, charsMax)];
  }
  const start = at - contextChars;
  const from = /[\udc00-\udfff]/.test(before.charAt(start)) ? start + 1 : start;
  return [cutText(`…${before.slice(from)}`, charsMax), cutText(`…${after.slice(from)}`, charsMax)];
}

function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) if (a[at] !== b[at]) return at;
  return length;
}

/**
 * The beginning of a text with an ellipsis, if it is longer than `charsMax`. It never ends inside of
 * a character, and takes no longer for a text of many megabytes.
 *
 * @param charsMax in UTF-16 code units, the ellipsis included.
 */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const end = charsMax - 1;
  const isInPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${partOf(text, 0, isInPair ? end - 1 : end)}…`;
}

/** A part of a text that is shorter keeps too little of it in memory to be copied. */
const COPIED_CHARS_MIN = 1024 * 1024;

/**
 * A part of a text, which keeps no more than itself in memory: engines let the part of a long text share its
 * characters, so that a line of it would keep a hundred megabytes.
 */
export function partOf(text: string, from: number, to: number): string {
  const part = text.slice(from, to);
  return text.length < COPIED_CHARS_MIN ? part : (JSON.parse(JSON.stringify(part)) as string);
}
