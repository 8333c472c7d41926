import type { Finding } from '../../machine/finding.ts';
import { OPERATION_WORDS } from '../../machine/operation.ts';
import { escapeMarkdown, markdownCode, markdownFence } from '../../text/markdown.ts';
import { formatCount } from '../../text/quantities.ts';
import { cutText, showText } from '../../text/visible.ts';
import { formatStep, type Step } from '../format/format.ts';
import type { TraceHeader } from '../format/header.ts';
import { describePlaceOf, isBookmark, type Note } from '../format/notes.ts';
import { factsOf, placeOf, sourceOf } from './finding-facts.ts';
import { rowTextOf, type RowAction } from './step-row.ts';

/** @file Steps, findings and notes as Markdown, in which no text of a trace is more than text. */

const TITLE_CHARS_MAX = 160;
const TEXT_CHARS_MAX = 2_000;

/** A step in words: what came, how it ended, what it emitted, and what does not hold after it. */
export function stepLine(step: Step): string {
  const { operation, brief, outcome, actions } = rowTextOf(step);
  // The outcome says that a step panicked or hung.
  const broken = step.findings.filter((one) => one.kind !== 'panic' && one.kind !== 'hang');
  const { kind } = step.operation;
  const given = kind === 'normal' || kind === 'trackedActionCompleted' || kind === 'loss';
  const what = given
    ? `${OPERATION_WORDS[kind]} ${markdownName(operation)}${brief === '' ? '' : ` (${markdownText(brief)})`}`
    : OPERATION_WORDS[kind];
  const named = (isOwn: boolean) =>
    actions
      .filter((action) => isEmitted(action) === isOwn)
      .map((action) => markdownName(action.text))
      .join(', ');
  const [answered, emitted] = [named(false), named(true)];
  return [
    `**Step ${formatCount(step.stepIndex)}**: ${what}${answered === '' ? '' : ` of ${answered}`}: ${markdownText(outcome)}.`,
    ...(emitted === '' ? [] : [`It emits ${emitted}.`]),
    ...broken.map(({ name }) => `Here ${markdownName(name)} does not hold.`),
  ].join(' ');
}

function isEmitted({ kind }: RowAction): boolean {
  return kind === 'tracked' || kind === 'untracked';
}

/** A step as Markdown: in words, and whole, as the JSON of its line in a trace file. */
export function stepMarkdown(step: Step): string {
  const json = visibleJson(JSON.stringify(JSON.parse(formatStep(step)), null, 2));
  return `${[stepLine(step), '', ...markdownFence(json.split('\n'), 'json')].join('\n')}\n`;
}

/**
 * A finding in lines of Markdown: what does not hold and where, in which run, and what is known about it.
 *
 * @param original its step in the run that was shrunk, if that is another one.
 */
export function findingLines(
  { machine, scenario, seed, faults }: TraceHeader,
  finding: Finding,
  original = finding.stepIndex,
): readonly string[] {
  const { kind, name, message, shape, stepIndex } = finding;
  const before = original === stepIndex ? '' : ` (step ${formatCount(original)} of the original)`;
  const place = `${placeOf(stepIndex)}${before}`;
  const title = markdownText(`${kind}: ${name}`);
  return [
    `**${title}** fails ${place} (${markdownShape(shape)}): ${markdownText(message)}`,
    '',
    `- machine: ${markdownName(machine)}`,
    `- scenario: ${markdownName(scenario)}, seed ${markdownName(seed)}, faults ${markdownName(faults)}`,
    ...factsOf(finding).map(([fact, value]) => `- ${fact}: ${markdownText(value)}`),
  ];
}

/** The parts of a shape, such as an operation and its fault, each as a name. */
function markdownShape(shape: string): string {
  return shape.split(', ').map(markdownName).join(', ');
}

/** A finding as Markdown by itself, with its place in the source. */
export function findingSummary(header: TraceHeader, finding: Finding): string {
  const source = sourceOf(finding);
  const lines = findingLines(header, finding);
  return `${[...lines, ...(source === undefined ? [] : [`- source: ${markdownName(source)}`])].join('\n')}\n`;
}

/** A note as Markdown: its place, and its text as it was written. */
export function noteMarkdown(note: Note): string {
  const place = `**${escapeMarkdown(describePlaceOf(note))}**`;
  return isBookmark(note) ? `${place}\n` : `${place}\n\n${note.text.trim()}\n`;
}

/** JSON whose strings hide and reorder nothing: what does is written as an escape, which is the same JSON. */
function visibleJson(json: string): string {
  return json.replaceAll(/[\u007F-\u009F\u2028\u2029\p{Cf}]/gu, (hidden) =>
    Array.from(
      { length: hidden.length },
      (_, at) => `\\u${hidden.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** A text of a machine or trace on one line of Markdown. */
export function markdownText(given: string): string {
  return escapeMarkdown(showText(cutText(given, TEXT_CHARS_MAX)));
}

/** A name of a machine or trace as code on one line of Markdown. */
export function markdownName(given: string): string {
  return markdownCode(showText(cutText(given, TITLE_CHARS_MAX)));
}
