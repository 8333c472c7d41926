import type { Finding } from '../../machine/finding.ts';
import { markdownFence } from '../../text/markdown.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { cutText, showText } from '../../text/visible.ts';
import type { Step } from '../../trace/format/format.ts';
import type { TraceHeader } from '../../trace/format/header.ts';
import { sourceOf } from '../../trace/words/finding-facts.ts';
import {
  findingLines,
  markdownName as code,
  markdownText as text,
  stepLine,
} from '../../trace/words/markdown.ts';

/** A finding, and what the report says about it. */
export interface FindingReport {
  readonly header: TraceHeader;
  readonly finding: Finding;
  /** The steps that lead to it: all of the minimal run, or the last ones before it. */
  readonly steps: readonly Step[];
  /** The run that was shrunk: its steps, and that of the finding; absent where it could not be. */
  readonly shrunkFrom?: { readonly steps: number; readonly stepIndex: number };
  /** Why it fails, in sentences. */
  readonly sentences: readonly string[];
  /** The line of the source that the finding names. */
  readonly sourceLine?: string;
  /** The command that reproduces it, for a POSIX shell. */
  readonly command: string;
  /** What a reader should know about the report itself. */
  readonly remarks: readonly string[];
}

const TITLE_CHARS_MAX = 160;
const STEPS_MAX = 50;

/** A report as the lines of a Markdown document, in which no text of a trace is more than text. */
export function findingMarkdown(report: FindingReport): readonly string[] {
  const { header, finding, shrunkFrom, sentences, command, remarks } = report;
  const { machine, seed } = header;
  const { message } = finding;
  const title = `${cutText(message, TITLE_CHARS_MAX)} (${cutText(machine, TITLE_CHARS_MAX)}, seed ${seed})`;
  return [
    `# ${text(title)}`,
    '',
    ...findingLines(header, finding, shrunkFrom?.stepIndex),
    ...placeLines(report),
    ...stepsOf(report),
    ...section(
      'Why it fails',
      sentences.map((sentence) => `- ${text(sentence)}`),
    ),
    ...section('Reproduce it', markdownFence([showText(command)], 'sh')),
    ...remarks.flatMap((remark) => ['', text(remark)]),
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${heading}`, '', ...lines];
}

function placeLines({ finding, sourceLine }: FindingReport): readonly string[] {
  const source = sourceOf(finding);
  if (source === undefined) return [];
  const line = sourceLine === undefined ? [] : ['', ...markdownFence([showText(sourceLine)], 'ts')];
  return [`- source: ${code(source)}`, ...line];
}

function stepsOf({ steps, shrunkFrom }: FindingReport): readonly string[] {
  const shown = steps.slice(-STEPS_MAX);
  const hidden = steps.length - shown.length;
  const heading =
    shrunkFrom === undefined
      ? 'The last steps'
      : `The minimal run: ${formatPlural(steps.length, 'step')} of ${formatCount(shrunkFrom.steps)}`;
  return section(heading, [
    ...(hidden > 0 ? [`- ${formatPlural(hidden, 'step')} before these`] : []),
    ...shown.map((step) => `- ${stepLine(step)}`),
  ]);
}
