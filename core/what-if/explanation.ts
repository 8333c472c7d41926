import { assertNever } from '../assert.ts';
import { signatureOf } from '../engine/signature.ts';
import { formatPlural, formatCount } from '../text/quantities.ts';
import { showText } from '../text/visible.ts';
import { describeFault, describeResult } from '../trace/words/fork-words.ts';
import type { PartKind } from '../trace/words/judged.ts';
import { joined, namesIn, stepList, type Piece, type Sentence } from '../trace/words/sentences.ts';
import { labelOf } from '../value/label.ts';
import { sameValue } from '../value/same-value.ts';
import type { Value } from '../value/value.ts';
import type { ButFor } from './but-for.ts';
import { describeFields } from './field-words.ts';
import { isSwallowed } from './other-results.ts';
import type { Parent } from './parent.ts';
import type { Part } from './parts.ts';

/** Steps that a sentence names; the others are counted. */
const NAMED_MAX = 6;
/** Parts that a sentence names with what they are. */
const DESCRIBED_MAX = 4;
/** The fewest sentences that explain something, and the most that are read. */
const SENTENCES_MIN = 3;
const SENTENCES_MAX = 6;

/**
 * Explains a finding in three to six sentences (or one, where it was stopped before it had found anything), each of which a run has shown: what it fails because of, what
 * else it takes, what does not matter, and how far the nearest run is that passes.
 */
export function explain(parent: Parent, found: ButFor): readonly Sentence[] {
  const taken = found.parts.filter(({ need }) => need !== 'notNeeded');
  const reason = tellingOf(taken.map(({ part }) => part));
  const untried = untriedOf(found);
  if (!reason) {
    const which = found.parts.length < found.partsAsked ? 'that was tried' : 'of the run before it';
    return [
      [`No single part ${which} is needed for it.`],
      ...togetherOf(found.together),
      ...spareOf(found),
      ...untried,
    ];
  }
  const isNeeded = taken.some(({ part, need }) => part === reason && need === 'needed');
  const others = taken.map(({ part }) => part).filter((part) => part !== reason);
  const isOnly = isOnlyCause(parent, found);
  const aside = asideOf(parent, reason, found);
  const sentences: readonly Sentence[] = [
    ['Fails because ', ...because(parent, reason), ...aside, '.'],
    // That a result which fails by itself must come goes without saying.
    ...(isNeeded && aside.length > 0 && reason.kind === 'completion'
      ? []
      : [withoutReason(reason, isNeeded, isOnly)]),
    ...alsoOf(parent, reason, others),
    ...togetherOf(found.together),
    ...describeFields(found.fields),
  ];
  const isShort = sentences.length < SENTENCES_MIN;
  const nearest = nearestOf(parent, found, { reason, isShort, isOnly });
  const length = sentences.length + nearest.length + untried.length;
  const spare = length < SENTENCES_MAX ? spareOf(found) : [];
  return [...sentences, ...spare, ...nearest, ...untried];
}

/** What is left open where it was stopped. */
function untriedOf({ parts, partsAsked, isStopped }: ButFor): readonly Sentence[] {
  const count = partsAsked - parts.length;
  if (count > 0) {
    const tried = `${formatCount(parts.length)} of the ${formatPlural(partsAsked, 'part')}`;
    return [
      [
        `It was stopped when ${tried} of the run had been taken out: the earlier ones may matter, too.`,
      ],
    ];
  }
  if (!isStopped) return [];
  return [['It was stopped before it was known which parts matter only together.']];
}

/** Whether nothing else was found in the run: then it passes without this cause. */
function isOnlyCause({ findings }: Parent, { failure }: ButFor): boolean {
  return findings.every((found) => signatureOf(found) === failure.signature);
}

function withoutReason(reason: Part, isNeeded: boolean, isOnly: boolean): Sentence {
  const { kind } = reason;
  const without =
    kind === 'resultValue'
      ? `With ${otherResultOf(reason)} in its place`
      : `Without ${nounOf(kind)}`;
  if (isNeeded && isOnly) return [`${without} it passes.`];
  if (isNeeded) return [`${without} this cause does not appear.`];
  return [`${without} this finding is gone, but the same cause appears elsewhere.`];
}

/** The result that was tried in the place of one. */
function otherResultOf({ without }: Part): string {
  const change = without.find(({ kind }) => kind === 'result');
  return change?.kind === 'result' ? showText(labelOf(change.result)) : 'another result';
}

/**
 * What is remarkable about a result that the run fails because of: that the machine does nothing about it, that another
 * one came before, or no fault.
 */
function asideOf(parent: Parent, reason: Part, found: ButFor): Sentence {
  if (reason.kind === 'resultValue' && isSwallowed(parent, reason.stepIndex)) {
    return ['; the machine accepts it without changing anything'];
  }
  if (reason.kind !== 'completion') return [];
  const { operation } = parent.step(reason.stepIndex);
  const earlier = found.parts.findLast(({ part: { kind, stepIndex }, need }) => {
    if (kind !== 'completion' || need === 'notNeeded' || stepIndex >= reason.stepIndex)
      return false;
    const { operation: other } = parent.step(stepIndex);
    return 'id' in operation && 'id' in other && sameValue(other.id, operation.id);
  });
  if (earlier) {
    const { stepIndex } = earlier.part;
    const { operation: other } = parent.step(stepIndex);
    const result = 'result' in other ? labelOf(other.result) : '';
    return [`, although its result ${showText(result)} had come before (`, { stepIndex }, ')'];
  }
  return takesNoFault(found) ? ['; it takes no fault, delay or crash'] : [];
}

/** Whether it was seen that requests and results alone, once and in time, are enough. */
function takesNoFault({ parts, spare, isStopped }: ButFor): boolean {
  const isOrdinary = ({ kind }: Part) =>
    kind === 'input' || kind === 'completion' || kind === 'resultValue';
  return (
    !isStopped && parts.every(({ part }) => isOrdinary(part) || spare?.includes(part) === true)
  );
}

/** What explains most comes first: what the surroundings did, before what was asked of the machine. */
const TELLING: readonly PartKind[] = [
  'secondDelivery',
  'fault',
  'crash',
  'loss',
  'delay',
  'completion',
  'resultValue',
  'input',
];

function tellingOf(parts: readonly Part[]): Part | undefined {
  return parts.toSorted(
    (one, other) =>
      TELLING.indexOf(one.kind) - TELLING.indexOf(other.kind) || other.stepIndex - one.stepIndex,
  )[0];
}

/** "the success of request 7 is delivered twice (step 41)", as pieces. */
function because(parent: Parent, part: Part): Sentence {
  const { kind, stepIndex } = part;
  const at: Piece[] = [' (', { stepIndex }, ')'];
  const { operation } = parent.step(stepIndex);
  switch (kind) {
    case 'secondDelivery':
      return [`${messageOf(parent, stepIndex)} is delivered twice`, ...at];
    case 'delay':
      return [`${messageOf(parent, stepIndex)} comes late`, ...at];
    case 'loss':
      return [`${messageOf(parent, stepIndex)} is lost on its way`, ...at];
    case 'completion':
      return [`${messageOf(parent, stepIndex)} comes`, ...at];
    case 'resultValue':
      return [`${messageOf(parent, stepIndex)} comes`, ...at, ` and not ${otherResultOf(part)}`];
    case 'crash':
      return [`the process crashes${beforeSending(parent, stepIndex)}`, ...at];
    case 'fault': {
      const fault = describeFault('fault' in operation ? operation.fault : undefined);
      const place = operation.kind === 'restore' ? 'restore' : eventOf(parent, stepIndex);
      return [`${fault} in ${place}`, ...at];
    }
    case 'input':
      return [`of ${eventOf(parent, stepIndex)}`, ...at];
    default:
      return assertNever(kind, 'part');
  }
}

/** What a crash has kept from being sent: " before Release is sent". */
function beforeSending(parent: Parent, stepIndex: number): string {
  const names = [
    ...new Set(parent.step(stepIndex).lost.map(({ action }) => labelOf(action as Value))),
  ];
  return names.length === 0
    ? ''
    : ` before ${namesIn(names)} ${names.length === 1 ? 'is' : 'are'} sent`;
}

/** What a step is about: "the request Cancel", "the result Held of tracked action 7". */
function eventOf(parent: Parent, stepIndex: number): string {
  const { operation } = parent.step(stepIndex);
  if (operation.kind !== 'normal') return messageOf(parent, stepIndex);
  return `the request ${showText(labelOf(operation.input))}`;
}

function messageOf(parent: Parent, stepIndex: number): string {
  const { operation } = parent.step(stepIndex);
  if (!('result' in operation)) return 'the result';
  return describeResult(operation);
}

const NOUNS: Readonly<Record<PartKind, readonly [the: string, one: string, many: string]>> = {
  secondDelivery: ['the second delivery', 'second delivery', 'second deliveries'],
  delay: ['the delay', 'delay', 'delays'],
  loss: ['the loss', 'loss', 'losses'],
  completion: ['this result', 'result', 'results'],
  resultValue: ['the value of this result', 'value of a result', 'values of results'],
  crash: ['the crash', 'crash', 'crashes'],
  fault: ['the fault', 'fault', 'faults'],
  input: ['this request', 'request', 'requests'],
};

/** What a part is called: "second delivery". */
export function partName(kind: PartKind): string {
  return NOUNS[kind][1];
}

function nounOf(kind: PartKind): string {
  return NOUNS[kind][0];
}

/**
 * What else it takes. Of a step, only what explains most: that a result which comes late must come, and a request in
 * which a fault strikes, goes without saying.
 */
function alsoOf(parent: Parent, reason: Part, others: readonly Part[]): readonly Sentence[] {
  const named = others.filter(
    (part) =>
      part.stepIndex !== reason.stepIndex &&
      part === tellingOf(others.filter(({ stepIndex }) => stepIndex === part.stepIndex)),
  );
  if (named.length === 0) return [];
  const list = named.length <= DESCRIBED_MAX ? oneByOne(parent, named) : byKind(named);
  return [['It also takes ', ...joined(list), '.']];
}

/** "the request Reserve at step 0", in the order of the run. */
function oneByOne(parent: Parent, parts: readonly Part[]): readonly Sentence[] {
  const inOrder = parts.toSorted((one, other) => one.stepIndex - other.stepIndex);
  return inOrder.map((part) => {
    const { kind, stepIndex } = part;
    if (kind === 'resultValue') {
      const instead = ` and not ${otherResultOf(part)}`;
      return [messageOf(parent, stepIndex), ' at ', { stepIndex }, instead];
    }
    const isWhole = kind === 'input' || kind === 'completion';
    const message = isWhole ? eventOf(parent, stepIndex) : nounOf(kind);
    const of = kind === 'delay' || kind === 'secondDelivery' || kind === 'loss';
    return [of ? `${message} of ${messageOf(parent, stepIndex)}` : message, ' at ', { stepIndex }];
  });
}

/** "the results at step 2 and step 3". */
function byKind(parts: readonly Part[]): readonly Sentence[] {
  return TELLING.flatMap((kind): Sentence[] => {
    const steps = parts.filter((part) => part.kind === kind).map(({ stepIndex }) => stepIndex);
    if (steps.length === 0) return [];
    const [, one, many] = NOUNS[kind];
    const named = steps.slice(0, NAMED_MAX);
    const more = steps.length - named.length;
    return [
      [
        `${steps.length === 1 ? `the ${one}` : `the ${many}`} at `,
        ...(more > 0 ? stepsInRow(named) : stepList(named)),
        ...(more > 0 ? [` and ${formatCount(more)} more`] : []),
      ],
    ];
  });
}

/** "step 1, step 2", where more follow. */
function stepsInRow(steps: readonly number[]): Sentence {
  return steps.flatMap((stepIndex, at): Piece[] => [at === 0 ? '' : ', ', { stepIndex }]);
}

function togetherOf(groups: readonly (readonly Part[])[]): readonly Sentence[] {
  const steps = groups.map((group) => [...new Set(group.map(({ stepIndex }) => stepIndex))]);
  const inOneStep = steps.filter(({ length }) => length === 1).flat();
  const [first, ...others] = steps.filter(({ length }) => length > 1);
  return [
    ...inOneStep.map((stepIndex): Sentence => [
      'Of ',
      { stepIndex },
      ', one thing or another is needed.',
    ]),
    ...(first
      ? [
          [
            ...someOf(first),
            ' matter only together: without one of them it fails all the same, but not without all of them.',
          ],
        ]
      : []),
    ...others.map((group): Sentence => ['So do ', ...someOf(group), '.']),
  ];
}

/** "step 1, step 2 and 3 more". */
function someOf(steps: readonly number[]): Sentence {
  const more = steps.length - NAMED_MAX;
  const named = stepList(steps.slice(0, NAMED_MAX));
  return more > 0 ? [...named, ` and ${formatCount(more)} more`] : named;
}

/** A result matters neither by coming nor by what it says: it is counted once. */
function countedAs({ kind }: Part): PartKind {
  return kind === 'resultValue' ? 'completion' : kind;
}

/** What does not matter: faults and the like by their kinds, requests and results in one number. */
function spareOf({ parts, together, spare: known, isByGroups }: ButFor): readonly Sentence[] {
  const grouped = new Set(together.flat());
  const spare = parts
    .filter(({ part, need }) => need === 'notNeeded' && !grouped.has(part))
    .map(({ part }) => part);
  if (spare.length === 0) return [];
  const counted = TELLING.flatMap((kind) => {
    const count = spare.filter((part) => countedAs(part) === kind).length;
    const [, one, many] = NOUNS[kind];
    return count === 0 ? [] : [formatPlural(count, one, many)];
  });
  const isOne = spare.length === 1;
  const list = joined(counted.map((text) => [text]));
  // Without all of them at once, it is not known to fail.
  const how = known ? '' : isOne ? ' on its own' : isByGroups ? ' by groups' : ' one by one';
  return [[...list, ` before it ${isOne ? 'does' : 'do'} not matter${how}.`]];
}

/** @param isShort whether little else is said. */
function nearestOf(
  parent: Parent,
  { nearest, isStopped }: ButFor,
  {
    reason,
    isShort,
    isOnly,
  }: { readonly reason: Part; readonly isShort: boolean; readonly isOnly: boolean },
): readonly Sentence[] {
  if (!nearest) {
    const which = isOnly ? 'the run passes' : 'this cause does not appear';
    return isStopped ? [] : [[`No single change was found after which ${which}.`]];
  }
  const run = `The nearest run ${isOnly ? 'that passes' : 'without this cause'}`;
  // It was said what the run comes to without that.
  if (nearest === reason) return isShort ? [[`${run} differs in that alone.`]] : [];
  return [[`${run} differs in one step: `, ...withoutOf(parent, nearest), '.']];
}

function withoutOf(parent: Parent, part: Part): Sentence {
  const { kind, stepIndex } = part;
  const at: Piece[] = [' (', { stepIndex }, ')'];
  if (kind === 'delay') return [`${messageOf(parent, stepIndex)} comes at once`, ...at];
  if (kind === 'loss') return [`${messageOf(parent, stepIndex)} arrives`, ...at];
  if (kind === 'completion') return [`${messageOf(parent, stepIndex)} does not come`, ...at];
  if (kind === 'resultValue') {
    return [`${otherResultOf(part)} comes in place of ${messageOf(parent, stepIndex)}`, ...at];
  }
  return [`${nounOf(kind).replace('this', 'the')} is missing`, ...at];
}
