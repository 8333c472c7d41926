import { escapeMarkdown, markdownCode } from '../../text/markdown.ts';
import { formatCount } from '../../text/quantities.ts';
import { formatSentence, type Sentence } from '../words/sentences.ts';
import type { StoryPart, StorySentence } from './story.ts';

/** What is known of the cause of a finding. */
export interface KnownOf {
  /** The name of the requirement that does not hold. */
  readonly name: string;
  readonly sentences: readonly Sentence[];
}

/** A story as Markdown, a list with one item for each step, and what is known of the findings that it ends with. */
export function storyMarkdown(
  title: string,
  sentences: readonly StorySentence[],
  known: readonly KnownOf[] = [],
): string {
  const items = sentences.map(({ stepIndex, parts }) => {
    const text = parts.map(markdownOf).join('');
    return `- **Step ${formatCount(stepIndex)}**: ${text}`;
  });
  const facts = known
    .filter((one) => one.sentences.length > 0)
    .flatMap((one) => [
      '',
      escapeMarkdown(knownTitle(one)),
      '',
      ...one.sentences.map((sentence) => `- ${escapeMarkdown(formatSentence(sentence))}`),
    ]);
  return `${[`**${escapeMarkdown(title)}**`, '', ...items, ...facts].join('\n')}\n`;
}

/** The heading of what is known. */
export function knownTitle({ name }: KnownOf): string {
  return `Known of ${name}:`;
}

function markdownOf(part: StoryPart): string {
  if (typeof part === 'string') return escapeMarkdown(part);
  if ('stepIndex' in part) return `step ${formatCount(part.stepIndex)}`;
  return markdownCode(part.name);
}

/** The text of a part for those that cannot go to a step. */
export function plainPart(part: StoryPart): string {
  if (typeof part === 'string') return part;
  return 'name' in part ? part.name : `step ${formatCount(part.stepIndex)}`;
}
