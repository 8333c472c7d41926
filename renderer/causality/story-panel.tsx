import { Copy, X } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import {
  storyMarkdown,
  storyTitle,
  tellCausality,
  type StoryPart,
} from '../../core/trace/causality/story.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { copyText } from '../session/clipboard.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { WithPlaces } from '../ui/place-link.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import type { CausalityGraph } from './graph-model.ts';
import { setStoryShown } from './story-view.ts';
import './story-panel.css';

/** The graph as a text of a few sentences, whose steps can be gone to. */
export function StoryPanel({
  trace,
  graph,
  cursor,
}: {
  trace: Trace;
  graph: CausalityGraph;
  cursor: number;
}): ReactNode {
  const sentences = useMemo(() => tellCausality(trace, graph), [trace, graph]);
  const title = storyTitle(trace, graph.focus, ({ name }) => shownName(name));
  return (
    <aside className="story" aria-label="The causes as text">
      <header className="story-head">
        <h3 className="truncate" title={title}>
          {title}
        </h3>
        <IconButton
          icon={Copy}
          label="Copy as Markdown"
          size="small"
          onPress={() =>
            void copyText(
              storyMarkdown(title, sentences),
              `${formatPlural(sentences.length, 'step')} as Markdown`,
            )
          }
        />
        <IconButton
          icon={X}
          command="toggleStory"
          label="Hide the text"
          size="small"
          onPress={() => setStoryShown(false)}
        />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keyboard. */}
      <ol className="story-list" tabIndex={0} aria-label={title}>
        {sentences.map(({ stepIndex, parts }) => (
          <li key={stepIndex} aria-current={stepIndex === cursor ? 'step' : undefined}>
            <StepLink stepIndex={stepIndex} />{' '}
            {parts.map((part, at) => (
              <Part key={at} part={part} />
            ))}
          </li>
        ))}
      </ol>
    </aside>
  );
}

function Part({ part }: { part: StoryPart }): ReactNode {
  if (typeof part === 'string') return <WithPlaces text={shownLine(part)} />;
  if ('stepIndex' in part) return <StepLink stepIndex={part.stepIndex} />;
  return <span className="story-name">{shownName(part.name)}</span>;
}
