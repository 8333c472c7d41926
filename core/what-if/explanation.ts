import { assertNever } from '../assert.ts';
import { formatPlural, formatCount } from '../text/quantities.ts';
import { showText } from '../text/visible.ts';
import { describeFault } from '../trace/fork-words.ts';
import type { PartKind } from '../trace/judged.ts';
import { stepList, type Piece, type Sentence } from '../trace/sentences.ts';
import { labelOf } from '../value/label.ts';
import { quoteValue } from '../value/value.ts';
import type { ButFor } from './but-for.ts';
import type { Parent } from './parent.ts';
import type { Part } from './parts.ts';

/** Steps that a sentence names; the others are counted. */
const NAMED_MAX = 6;

/**
 * Explains a finding in three to six sentences, each of which a run has shown: what it fails because of, what
 * else it takes, what does not matter, and how far the nearest run is that passes.
 */
export function explain(parent: Parent, found: ButFor): readonly Sentence[] {
  const taken = found.parts.filter(({ need }) => need !== 'notNeeded');
  const reason = tellingOf(taken.map(({ part }) => part));
  if (!reason)
    return [['No single part of the run before it is needed for it.'], ...spareOf(found)];
  const isNeeded = taken.some(({ part, need }) => part === reason && need === 'needed');
  const others = taken.map(({ part }) => part).filter((part) => part !== reason);
  return [
    ['Fails because ', ...because(parent, reason), '.'],
    isNeeded
      ? [`Without ${nounOf(reason.kind)} it passes.`]
      : [
          `Without ${nounOf(reason.kind)} this finding is gone, but the same cause appears elsewhere.`,
        ],
    ...alsoOf(others),
    ...togetherOf(found.together),
    ...fieldsIn(found),
    ...spareOf(found),
    ...nearestOf(parent, found, reason),
  ];
}

/** What tells most comes first: what the surroundings did, before what was asked of the machine. */
const TELLING: readonly PartKind[] = [
  'secondDelivery',
  'fault',
  'crash',
  'loss',
  'delay',
  'completion',
  'input',
];

function tellingOf(parts: readonly Part[]): Part | undefined {
  return parts.toSorted(
    (one, other) =>
      TELLING.indexOf(one.kind) - TELLING.indexOf(other.kind) || other.stepIndex - one.stepIndex,
  )[0];
}

/** "the success of request 7 is delivered twice (step 41)", as pieces. */
function because(parent: Parent, { kind, stepIndex }: Part): Sentence {
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
    case 'crash':
      return ['the process crashes', ...at];
    case 'fault':
      return [describeFault('fault' in operation ? operation.fault : undefined), ...at];
    case 'input':
      return [
        `of the request ${showText(labelOf(operation.kind === 'normal' ? operation.input : ''))}`,
        ...at,
      ];
    default:
      return assertNever(kind, 'part');
  }
}

function messageOf(parent: Parent, stepIndex: number): string {
  const { operation } = parent.step(stepIndex);
  if (!('result' in operation)) return 'the result';
  return `the result ${showText(labelOf(operation.result))} of ${quoteValue(operation.id)}`;
}

const NOUNS: Readonly<Record<PartKind, readonly [the: string, one: string, many: string]>> = {
  secondDelivery: ['the second delivery', 'second delivery', 'second deliveries'],
  delay: ['the delay', 'delay', 'delays'],
  loss: ['the loss', 'loss', 'losses'],
  completion: ['this result', 'result', 'results'],
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

function alsoOf(others: readonly Part[]): readonly Sentence[] {
  if (others.length === 0) return [];
  const byKind = TELLING.flatMap((kind): Sentence[] => {
    const steps = others.filter((part) => part.kind === kind).map(({ stepIndex }) => stepIndex);
    if (steps.length === 0) return [];
    const [, one, many] = NOUNS[kind];
    const named = steps.slice(0, NAMED_MAX);
    const more = steps.length - named.length;
    return [
      [
        `${steps.length === 1 ? `the ${one}` : `the ${many}`} at `,
        ...stepList(named),
        ...(more > 0 ? [` and ${formatCount(more)} more`] : []),
      ],
    ];
  });
  return [['It also takes ', ...joined(byKind), '.']];
}

function joined(parts: readonly Sentence[]): Sentence {
  return parts.flatMap((part, at): Piece[] => {
    const isLast = at === parts.length - 1;
    return [at === 0 ? '' : isLast ? ', and ' : ', ', ...part];
  });
}

function togetherOf(together: readonly Part[]): readonly Sentence[] {
  if (together.length === 0) return [];
  const steps = [...new Set(together.map(({ stepIndex }) => stepIndex))];
  const [first] = steps;
  if (steps.length === 1 && first !== undefined) {
    return [['Of ', { stepIndex: first }, ', one thing or another is needed.']];
  }
  const more = steps.length - NAMED_MAX;
  return [
    [
      ...stepList(steps.slice(0, NAMED_MAX)),
      more > 0 ? ` and ${formatCount(more)} more` : '',
      ' matter only together: without one of them it fails all the same, but not without all of them.',
    ],
  ];
}

/** "Of the request at step 7, day matters; name does not", as far as other values were tried. */
function fieldsIn({ fields }: ButFor): readonly Sentence[] {
  const steps = [...new Set(fields.map(({ stepIndex }) => stepIndex))];
  return steps.slice(0, NAMED_MAX).map((stepIndex) => {
    const own = fields.filter((field) => field.stepIndex === stepIndex);
    const needed = own.filter(({ need }) => need !== 'notNeeded').map(({ name }) => name);
    const spare = own.filter(({ need }) => need === 'notNeeded').map(({ name }) => name);
    const does = needed.length === 1 ? 'matters' : 'matter';
    const doesNot = spare.length === 1 ? 'does not' : 'do not';
    const parts = [
      ...(needed.length > 0 ? [`${namesIn(needed)} ${does}`] : []),
      ...(spare.length > 0 ? [`${namesIn(spare)} ${doesNot}`] : []),
    ];
    const end = needed.length > 0 ? '.' : ' matter.';
    return ['Of the request at ', { stepIndex }, `, ${parts.join('; ')}${end}`];
  });
}

/** "day, time and name". */
function namesIn(names: readonly string[]): string {
  const shown = names.map((name) => showText(name));
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** What does not matter: faults and the like by their kinds, requests and results in one number. */
function spareOf({ parts, together }: ButFor): readonly Sentence[] {
  const spare = parts
    .filter(({ part, need }) => need === 'notNeeded' && !together.includes(part))
    .map(({ part }) => part);
  if (spare.length === 0) return [];
  const counted = TELLING.flatMap((kind) => {
    const count = spare.filter((part) => part.kind === kind).length;
    const [, one, many] = NOUNS[kind];
    return count === 0 ? [] : [formatPlural(count, one, many)];
  });
  const isOne = spare.length === 1;
  const list = joined(counted.map((text) => [text]));
  return [[...list, ` before it ${isOne ? 'does' : 'do'} not matter.`]];
}

function nearestOf(parent: Parent, { nearest }: ButFor, reason: Part): readonly Sentence[] {
  if (!nearest) return [['No single change was found after which the run passes.']];
  if (nearest === reason) return [['The nearest run that passes differs in that alone.']];
  return [
    ['The nearest run that passes differs in one step: ', ...withoutOf(parent, nearest), '.'],
  ];
}

function withoutOf(parent: Parent, part: Part): Sentence {
  const { kind, stepIndex } = part;
  const at: Piece[] = [' (', { stepIndex }, ')'];
  if (kind === 'delay') return [`${messageOf(parent, stepIndex)} comes at once`, ...at];
  if (kind === 'loss') return [`${messageOf(parent, stepIndex)} arrives`, ...at];
  if (kind === 'completion') return [`${messageOf(parent, stepIndex)} does not come`, ...at];
  return [`${nounOf(kind).replace('this', 'the')} is missing`, ...at];
}
