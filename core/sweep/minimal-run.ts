import { z } from 'zod';
import { assertNever } from '../assert.ts';
import { withoutNumbers } from '../engine/signature.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_NAMES, type FaultName } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import type { ActionId } from '../machine/machine.ts';
import { RULES, type Rule, type RuleName } from '../machine/rules.ts';
import { seedSchema } from '../text/quantities.ts';
import { caughtFailureSchema } from '../trace/format/codecs.ts';
import type { JudgedStep } from '../trace/words/judged.ts';
import { kindOf } from '../value/label.ts';
import { compareTexts } from './seeds.ts';

/** One thing that a run needs: a request, a result, a crash or a fault, by its kind. */
const neededSchema = z.object({
  what: z.string(),
  /** The actions that it asks for, or whose result it is, by number. */
  actions: z.array(z.number().int()).readonly(),
  /** What those actions are, where it asks for several, in their order. Older reports lack it. */
  names: z.array(z.string()).readonly().optional(),
});
type Needed = Readonly<z.infer<typeof neededSchema>>;

/** What a run needs in order to fail, without any values. */
export type Pattern = readonly Needed[];

/** The shortest run that a finding of a sweep was shrunk to, and why that fails. */
export const minimalRunSchema = z.object({
  /** The seed that was shrunk. */
  seed: seedSchema,
  /** The step of the finding when that seed is recorded with every check on. */
  stepIndex: z.number().int().nonnegative(),
  /** What happened in that step. Older reports lack it. */
  finding: z
    .object({
      message: z.string(),
      expected: z.string().optional(),
      actual: z.string().optional(),
      caught: caughtFailureSchema.optional(),
    })
    .optional(),
  /** The number of steps that are left. */
  steps: z.number().int().nonnegative(),
  /** What of it is needed, see {@link patternOf}. */
  pattern: z.array(neededSchema).readonly(),
  /** The requirements that it breaks when everything outstanding is delivered, see {@link requirementOf}. */
  breaks: z.array(z.string()).readonly(),
  /** Why it fails, in sentences; the steps in them are those of this run. */
  sentences: z.array(z.string()).readonly(),
  /** The faults of which the finding needs one that has struck in it. */
  faults: z.array(z.enum(FAULT_NAMES)).readonly().optional(),
  /** The faults that were switched off, to see whether the cause appears without them. */
  without: z.array(z.enum(FAULT_NAMES)).readonly().optional(),
});
export type MinimalRun = Readonly<z.infer<typeof minimalRunSchema>>;

const FAULT_WORDS: Readonly<Record<FaultName, string>> = {
  crashAtAccess: 'crashes',
  crashBeforeCommit: 'crashes',
  crashAfterCommit: 'crashes',
  accessFails: 'failing accesses',
  commitFails: 'failing commits',
  actionRefused: 'refused actions',
  delayed: 'delays',
  duplicated: 'second deliveries',
  undelivered: 'losses',
  externalFails: 'failures of external systems',
};

const CRASHES = ['crashAtAccess', 'crashBeforeCommit', 'crashAfterCommit'] as const;

/**
 * The faults of which a run needs one that has struck in it, those that tell most: without them, the cause may have
 * another minimal run. Empty where none has struck.
 *
 * @param parts of the run, judged for the finding.
 */
export function faultsNeeded(
  steps: readonly Executed[],
  parts: readonly JudgedStep[],
): readonly FaultName[] {
  const needed = parts.filter(({ need }) => need !== 'notNeeded');
  const isNeeded = (kind: JudgedStep['kind']) => needed.some((part) => part.kind === kind);
  if (isNeeded('secondDelivery')) return ['duplicated'];
  const struck = needed.find(({ kind }) => kind === 'fault');
  const operation = struck && steps[struck.stepIndex]?.operation;
  const fault = operation && 'fault' in operation ? operation.fault?.kind : undefined;
  if (fault === 'accessFails' || fault === 'commitFails' || fault === 'actionRefused')
    return [fault];
  if (fault !== undefined || isNeeded('crash')) return CRASHES;
  return isNeeded('loss') ? ['undelivered'] : [];
}

/** What a run was found without: ", without second deliveries"; empty where all faults could strike. */
export function describeWithout({ without = [] }: Pick<MinimalRun, 'without'>): string {
  const words = [...new Set(without.map((name) => FAULT_WORDS[name]))];
  return words.length === 0 ? '' : `, without ${words.join(' and ')}`;
}

/** The requirement that a finding breaks, and the place in the source, where that is known. */
export function requirementOf({
  kind,
  name,
  source,
}: Pick<Finding, 'kind' | 'name'> & { readonly source?: string | undefined }): string {
  return JSON.stringify([kind, name, source ?? '']);
}

/** How many results of one action a pattern keeps: the last one, and what it came on top of. */
const RESULTS_KEPT = 2;

/**
 * What a run needs in order to fail, in a form in which runs can be compared: its requests, results, crashes and
 * faults by their kinds, in order. Actions are numbered in the order of their results.
 *
 * A request is described by the tracked actions that it asks for, if there are any: which of several requests has
 * asked for something seldom matters, and neither does the order of requests in a row, nor when one comes that asks
 * for nothing, nor which of several actions of one kind in a request has which result. Of the results of an action
 * the last two count: an earlier one was only needed so that they could come. A rule that is checked by trying
 * something, such as a crash, adds that, unless a fault has struck in the step already.
 *
 * @param steps of the run, all of them.
 * @param parts of the run, judged for the finding.
 */
export function patternOf(
  steps: readonly Executed[],
  parts: readonly JudgedStep[],
  finding: Finding,
): Pattern {
  const needed = new Set(parts.filter(({ need }) => need !== 'notNeeded').map(stepOf));
  needed.add(finding.stepIndex);
  const marks = steps.filter((step) => needed.has(step.stepIndex)).flatMap(marksOf);
  const last = steps[finding.stepIndex];
  return numbered(lastResults([...hoisted(marks), ...(last ? triedAt(last, finding) : [])]));
}

function stepOf({ stepIndex }: JudgedStep): number {
  return stepIndex;
}

/** What a pattern says of a step, with the actions as the machine names them. */
interface Mark {
  readonly kind: 'request' | 'result' | 'other';
  readonly what: string;
  readonly ids: readonly ActionId[];
  /** What the actions are that a request asks for. */
  readonly names: readonly string[];
  readonly hasFault: boolean;
}

const CRASH: Mark = { kind: 'other', what: 'crash', ids: [], names: [], hasFault: false };

function marksOf(step: Executed): readonly Mark[] {
  const { operation } = step;
  const fault = struckAt(step);
  const mark = (
    kind: Mark['kind'],
    what: string,
    ids: readonly ActionId[] = [],
    names: readonly string[] = [],
  ): Mark[] => [
    { kind, what: fault ? `${what}, ${fault}` : what, ids, names, hasFault: fault !== undefined },
  ];
  switch (operation.kind) {
    case 'normal': {
      const asked = askedOf(step)
        .map(({ id, action }) => ({ id, name: nameOf(action) }))
        .toSorted((one, other) => compareTexts(one.name, other.name));
      const names = asked.map(({ name }) => name);
      const what =
        asked.length > 0 ? `request for ${names.join(', ')}` : `request ${nameOf(operation.input)}`;
      return mark(
        'request',
        what,
        asked.map(({ id }) => id),
        names,
      );
    }
    case 'trackedActionCompleted':
      return mark('result', `result ${nameOf(operation.result)}`, [operation.id]);
    case 'loss':
      return mark('other', `loss ${nameOf(operation.result)}`, [operation.id]);
    case 'crash':
      return [CRASH];
    case 'restore':
      // It follows from the crash, unless it has a fault of its own.
      return fault ? mark('other', 'restore') : [];
    case 'settled':
      return [];
    default:
      return assertNever(operation, 'operation');
  }
}

/** What a fault in a step has done: whether a commit fails or an access, a step that is rolled back is undone. */
function struckAt({ operation, outcome }: Executed): string | undefined {
  if (!('fault' in operation) || !operation.fault) return undefined;
  if (outcome.kind === 'crashed') return 'died';
  return outcome.kind === 'err' ? 'rolled back' : operation.fault.kind;
}

/** The tracked actions that a step asked for, whether or not they were sent. */
function askedOf({ actions, discarded, refused }: Executed) {
  return [...actions, ...discarded, ...refused].flatMap((emitted) =>
    emitted.kind === 'tracked' ? [emitted] : [],
  );
}

function nameOf(value: unknown): string {
  return withoutNumbers(kindOf(value));
}

/** What the check of a rule has tried after the step of its finding. */
function triedAt(step: Executed, { kind, name }: Finding): readonly Mark[] {
  const rule: Rule | undefined = kind === 'rule' ? RULES[name as RuleName] : undefined;
  const own = marksOf(step);
  if (!rule?.tries || own.some(({ hasFault }) => hasFault)) return [];
  if (rule.tries === 'crash') return [CRASH];
  const { operation } = step;
  const isRepeated = operation.kind === 'trackedActionCompleted' && operation.isDuplicate === true;
  return isRepeated ? [] : own;
}

/** Lets a request that asks for nothing come first, but for a crash before it; the last step stays the last. */
function hoisted(marks: readonly Mark[]): readonly Mark[] {
  const isFree = ({ kind, ids, hasFault }: Mark, at: number) =>
    kind === 'request' && ids.length === 0 && !hasFault && at < marks.length - 1;
  const sorted: Mark[] = [];
  let first = 0;
  for (const [at, mark] of marks.entries()) {
    if (isFree(mark, at)) {
      sorted.splice(first, 0, mark);
      first += 1;
      continue;
    }
    sorted.push(mark);
    if (mark.kind === 'other') first = sorted.length;
  }
  return sorted;
}

function lastResults(marks: readonly Mark[]): readonly Mark[] {
  return marks.filter(({ kind, ids: [id], hasFault }, at) => {
    if (kind !== 'result' || hasFault) return true;
    const later = marks.slice(at + 1).filter((other) => other.kind === kind && other.ids[0] === id);
    return later.length < RESULTS_KEPT;
  });
}

/** Numbers the actions, in the order of their results, and sorts requests in a row by them. */
function numbered(marks: readonly Mark[]): Pattern {
  const numbers = new Map<ActionId, number>();
  const byResults = [...marks.filter(({ kind }) => kind === 'result'), ...marks];
  for (const id of byResults.flatMap(({ ids }) => ids)) {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
  }
  const all = marks.map(({ kind, what, ids, names }) => ({
    kind,
    needed: neededOf(
      what,
      ids.map((id) => numbers.get(id) ?? 0),
      names,
    ),
  }));
  const pattern: Needed[] = [];
  for (let at = 0; at < all.length;) {
    const { kind } = all[at] ?? {};
    const next = all.findIndex((mark, place) => place > at && mark.kind !== kind);
    const end = kind === 'request' ? (next < 0 ? all.length : next) : at + 1;
    const row = all.slice(at, end).map(({ needed }) => needed);
    pattern.push(...row.toSorted(compareNeeded));
    at = end;
  }
  return pattern;
}

/** Which of several actions of one kind is which does not matter. */
function neededOf(what: string, numbers: readonly number[], names: readonly string[]): Needed {
  if (names.length < 2) return { what, actions: numbers };
  const byName = numbers
    .map((number, at) => ({ number, name: names[at] ?? '' }))
    .toSorted((one, other) => compareTexts(one.name, other.name) || one.number - other.number);
  return { what, actions: byName.map(({ number }) => number), names };
}

function compareNeeded(one: Needed, other: Needed): number {
  return compareTexts(JSON.stringify(one), JSON.stringify(other));
}

/** A run that needs more than this was not shrunk well: what it needs cannot be distinguished from what it happens to have. */
const TELLING_MAX = 12;

/** Whether a pattern is short enough to tell runs apart by it. */
export function isTelling(pattern: Pattern): boolean {
  return pattern.length <= TELLING_MAX;
}

/** Whether a pattern has all of another one in it, in order, perhaps with actions of other numbers. */
export function isPatternWithin(small: Pattern, large: Pattern): boolean {
  return small.length <= large.length && fits(small, large, []);
}

/** Actions of one pattern, each of which stands for one of as many of another pattern, whichever. */
interface Alike {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

function fits(small: Pattern, large: Pattern, known: readonly Alike[]): boolean {
  const [first, ...rest] = small;
  if (!first) return true;
  return large.some((needed, at) => {
    const more = alikeIn(first, needed, known);
    return more !== undefined && fits(rest, large.slice(at + 1), more);
  });
}

/** What is known of the actions when one thing is another one; `undefined` when it is not. */
function alikeIn(
  one: Needed,
  other: Needed,
  known: readonly Alike[],
): readonly Alike[] | undefined {
  if (one.what !== other.what || one.actions.length !== other.actions.length) return undefined;
  let alike: readonly Alike[] | undefined = known;
  for (const places of placesByName(one)) {
    const [ours, theirs] = [one, other].map(({ actions }) => places.map((at) => actions[at] ?? 0));
    alike = alike && ours && theirs && divided(alike, { ours, theirs });
  }
  return alike;
}

/** The places of actions that are of one kind, as far as that is known. */
function placesByName({ actions, names }: Needed): readonly (readonly number[])[] {
  const places = new Map<string | number, number[]>();
  for (const at of actions.keys()) {
    const name = names?.[at] ?? at;
    places.set(name, [...(places.get(name) ?? []), at]);
  }
  return [...places.values()];
}

/** Divides what is known by what some actions stand for; `undefined` when that contradicts it. */
function divided(known: readonly Alike[], { ours, theirs }: Alike): readonly Alike[] | undefined {
  const parts = known.flatMap((alike) => [
    { ours: common(alike.ours, ours), theirs: common(alike.theirs, theirs) },
    { ours: withoutThose(alike.ours, ours), theirs: withoutThose(alike.theirs, theirs) },
  ]);
  const others = {
    ours: withoutThose(
      ours,
      known.flatMap((alike) => alike.ours),
    ),
    theirs: withoutThose(
      theirs,
      known.flatMap((alike) => alike.theirs),
    ),
  };
  const all = [...parts, others].filter((part) => part.ours.length + part.theirs.length > 0);
  return all.every((part) => part.ours.length === part.theirs.length) ? all : undefined;
}

function common(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.filter((number) => other.includes(number));
}

function withoutThose(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.filter((number) => !other.includes(number));
}
