import { appendFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { escapeMarkdown, markdownFence } from '../../text/markdown.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { cutText, showText } from '../../text/visible.ts';
import { placeOf } from '../../trace/words/finding-facts.ts';
import { isInGitHubActions, printCommand } from './print.ts';
import {
  alsoLines,
  minimalTitle,
  shapeOfCause,
  reportedCauses,
  type ReportedCause,
} from './reported-cause.ts';
import { commandOfSeed } from './reproduce.ts';

/** The most errors of a step that GitHub shows. */
const ANNOTATIONS_MAX = 10;
const MESSAGE_CHARS_MAX = 2_000;
/** The causes in a summary, which may have a mebibyte. */
const CAUSES_MAX = 100;
const CELL_CHARS_MAX = 300;

/**
 * Shows a report where GitHub Actions shows results: an error at the line of each cause, and a summary of
 * the step. Elsewhere, nothing happens.
 *
 * @throws {Error} when the summary cannot be written.
 */
export async function showOnGitHub(report: SweepReport): Promise<void> {
  if (!isInGitHubActions()) return;
  for (const annotation of annotationsOf(report)) printCommand(annotation);
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary !== '') await appendFile(summary, `${summaryOf(report)}\n`);
}

/** The commands that show the causes of a report at their lines. */
export function annotationsOf(report: SweepReport): readonly string[] {
  const root = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
  const shown = reportedCauses(report).slice(0, ANNOTATIONS_MAX);
  return shown.map((cause) => {
    const { example: group, distinction, seeds, minimal, otherway, command } = cause;
    const place = placeInRepository(report, group, root);
    const heading = `${group.kind}: ${group.name}`;
    const title = distinction === undefined ? heading : `${heading}, ${distinction}`;
    const properties = { ...place, title };
    const list = Object.entries(properties).map(
      ([name, value]) => `${name}=${escapeProperty(value)}`,
    );
    const message = [
      cutText(group.message, MESSAGE_CHARS_MAX),
      `In ${formatPlural(seeds, 'seed')}, such as ${group.seed}, ${placeOf(group.stepIndex)} (${group.shape}).`,
      ...alsoLines(cause).map((line) => `It also breaks ${line}.`),
      ...(minimal?.sentences ?? []),
      command,
      ...(otherway ? [`${minimalTitle(otherway)}:`, ...otherway.sentences, otherway.command] : []),
    ].join('\n');
    return `::error ${list.join(',')}::${escapeData(message)}`;
  });
}

/** Where the line of a cause is in the repository; of a machine without one, the file. */
function placeInRepository(
  { given }: SweepReport,
  { source }: SweepGroup,
  root: string,
): Readonly<Record<string, string>> {
  // A sample is not in the repository.
  if (given === undefined || !/\.[cm]?[jt]sx?$/.test(given)) return {};
  const [, name, line, col] = /^(.*):(\d+):(\d+)$/.exec(source ?? '') ?? [];
  const path = name === undefined ? given : join(dirname(given), name);
  const file = relative(root, path);
  return line === undefined || col === undefined ? { file } : { file, line, col };
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A report as Markdown: the causes in a table, and the commands that record them again. */
export function summaryOf(report: SweepReport): string {
  const { machine, scenario, faults, broken, seeds, steps, isCancelled } = report;
  const causes = reportedCauses(report);
  const found = causes.length === 0 ? 'nothing found' : formatPlural(causes.length, 'cause');
  const state = isCancelled ? ', stopped early' : '';
  const [shard] = report.shards;
  const isPart = report.shards.length === 1 && shard && shard.total > 1;
  const part = isPart ? `, shard ${shard.index} of ${shard.total}` : '';
  const head = [
    `### ${cell(machine)}: ${found} in ${formatPlural(seeds, 'seed')}${state}`,
    '',
    `${cell(scenario)}, faults ${cell(faults)}, ${formatPlural(steps, 'step')}${part}`,
  ];
  const shown = causes.slice(0, CAUSES_MAX);
  const rows = shown.map((cause) => {
    const { example: group, seeds: count } = cause;
    return (
      `| **${cell(`${group.kind}: ${group.name}`)}** ${cell(shapeOfCause(cause))} | ${formatCount(count)} | ` +
      `${group.seed}, ${placeOf(group.stepIndex)} | ${cell(group.source ?? '')} | ${cell(group.message)} |`
    );
  });
  const table = [
    '',
    '| cause | seeds | example | source | what happened |',
    '|---|--:|---|---|---|',
  ];
  const commands = shown.map(({ example }) => showText(commandOfSeed(report, example.seed)));
  const reproduce = [
    '',
    'To record the examples again:',
    '',
    ...markdownFence([...new Set(commands)], 'sh'),
  ];
  const more = causes.length - shown.length;
  return [
    ...head,
    ...(rows.length === 0 ? [] : [...table, ...rows]),
    ...(more > 0 ? ['', `and ${formatPlural(more, 'more cause')}`] : []),
    ...shown.flatMap(reasonsOf),
    ...othersOf(report),
    ...broken.map(({ seed, reason }) => `\nSeed ${seed} broke: ${cell(reason)}`),
    ...(rows.length === 0 ? [] : reproduce),
    '',
  ].join('\n');
}

/** Why the minimal run of a cause fails, and what else it breaks. */
function reasonsOf(cause: ReportedCause): readonly string[] {
  const { example, distinction, minimal, otherway, grouping, command } = cause;
  const lines = [
    ...(grouping === undefined ? [] : [grouping]),
    ...alsoLines(cause).map((line) => `It also breaks ${line}.`),
    ...(minimal?.sentences ?? []),
  ];
  if (lines.length === 0) return [];
  const apart = distinction === undefined ? '' : `, ${distinction}`;
  const heading = `**${cell(`${example.kind}: ${example.name}${apart}`)}**`;
  return [
    '',
    minimal ? `${heading} ${minimalTitle(minimal)}` : heading,
    '',
    ...lines.map((line) => `- ${cell(line)}`),
    ...(minimal ? ['', ...markdownFence([showText(command)], 'sh')] : []),
    ...(otherway
      ? [
          '',
          `${heading} ${minimalTitle(otherway)}`,
          '',
          ...otherway.sentences.map((line) => `- ${cell(line)}`),
          '',
          ...markdownFence([showText(otherway.command)], 'sh'),
        ]
      : []),
  ];
}

/** What was found beside the finding that was asked about. */
function othersOf({ others = [] }: SweepReport): readonly string[] {
  if (others.length === 0) return [];
  const named = others.slice(0, CAUSES_MAX).map(({ kind, name, shape, count }) => {
    return `- ${cell(`${kind}: ${name}`)} ${cell(shape)}, in ${formatPlural(count, 'seed')}`;
  });
  return ['', 'Not asked about, and not counted:', '', ...named];
}

function cell(text: string): string {
  return escapeMarkdown(showText(cutText(text, CELL_CHARS_MAX)));
}
