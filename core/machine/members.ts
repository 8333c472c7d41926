import { isMistyped } from '../text/choices.ts';
import { cutText } from '../text/visible.ts';

/** What `typeof` says of a member; with a `?` after it where the member may be missing. */
type MemberType =
  | 'function'
  | 'object'
  | 'string'
  | 'number'
  | `${'function' | 'object' | 'boolean'}?`;
type Members = Readonly<Record<string, MemberType>>;

/** The members that the objects of an author have. */
const MEMBERS = {
  machine: {
    name: 'string',
    description: 'string',
    initialState: 'function?',
    initialCache: 'function?',
    storage: 'object?',
    stf: 'function',
    restore: 'function',
    invariants: 'object',
    waivers: 'object?',
    faultProfiles: 'object?',
    records: 'object?',
    views: 'object?',
  },
  scenario: {
    name: 'string',
    description: 'string',
    defaults: 'object',
    isPossible: 'function?',
    isPossibleResult: 'function?',
    start: 'function',
  },
  defaults: { seed: 'string', operations: 'number' },
  driver: {
    next: 'function',
    observe: 'function',
    tallies: 'function',
    external: 'object?',
    sometimes: 'function?',
    copy: 'function?',
  },
  external: {
    receive: 'function',
    poll: 'function?',
    settle: 'function?',
    answersOnlyUnderFaults: 'boolean?',
    settled: 'object?',
  },
} as const satisfies Readonly<Record<string, Members>>;

/**
 * Whether a member of an author's object is most likely a known one mistyped, as sentences. An object may have
 * members of its own, such as helpers: only one that looks like a known member that is missing is named.
 *
 * @param which what the object is, for the beginning of the sentence.
 */
export function findMistyped(
  given: object,
  kind: keyof typeof MEMBERS,
  which: string,
): string | undefined {
  const members: Members = MEMBERS[kind];
  const own = namesOf(given);
  const missing = Object.keys(members).filter((name) => !own.has(name));
  if (missing.length === 0) return undefined;
  for (const [name, type] of own) {
    if (Object.hasOwn(members, name)) continue;
    const meant = missing.find((one) => {
      const isNeeded = members[one] === type;
      return (isNeeded || members[one] === `${type}?`) && isMistyped(name, one, { isNeeded });
    });
    if (meant === undefined) continue;
    return `${which} has \`${cutText(name, 40)}\`, which means nothing there. Did you mean \`${meant}\`?`;
  }
  return undefined;
}

/** The names of an object and of its class, each with the type of its value; no getter is called. */
function namesOf(given: object): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  let owner: object | null = given;
  while (owner !== null && Object.getPrototypeOf(owner) !== null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (!names.has(name)) names.set(name, typeof value);
    }
    owner = Object.getPrototypeOf(owner);
  }
  return names;
}
