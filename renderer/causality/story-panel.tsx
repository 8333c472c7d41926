import { Copy, X } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { knownTitle, storyMarkdown } from '../../core/trace/causality/story-text.ts';
import { storyTitle, tellCausality, type StoryPart } from '../../core/trace/causality/story.ts';
import { findingsAt } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { copyText } from '../session/clipboard.ts';
import type { RunEntry } from '../session/model.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { WithPlaces } from '../ui/place-link.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import type { CausalityGraph } from './graph-model.ts';
import { setStoryShown } from './story-view.ts';
import { useKnownCauses } from './use-known-causes.ts';
import './story-panel.css';

/** The most findings of a step whose known facts are shown. */
const FINDINGS_MAX = 4;

interface StoryProps {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly graph: CausalityGraph;
  readonly cursor: number;
}

/** The graph as a text of a few sentences, whose steps can be gone to. */
export function StoryPanel({ run, trace, graph, cursor }: StoryProps): ReactNode {
  const findings = useMemo(
    () => (graph.focus < 0 ? [] : findingsAt(trace, graph.focus).slice(0, FINDINGS_MAX)),
    [trace, graph.focus],
  );
  const facts = useKnownCauses(run, trace, findings);
  const known = findings.flatMap(({ name }, at) => {
    const sentences = facts[at] ?? [];
    return sentences.length > 0 ? [{ name: shownName(name), sentences }] : [];
  });
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
              storyMarkdown(title, sentences, known),
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
      {known.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keyboard.
        <section className="story-known" tabIndex={0} aria-label="What is known">
          {known.map((one, at) => (
            <div key={at}>
              <strong>{knownTitle(one)}</strong>
              {one.sentences.map((sentence, place) => (
                <p key={place}>
                  {sentence.map((piece, part) => (
                    <Part key={part} part={piece} />
                  ))}
                </p>
              ))}
            </div>
          ))}
        </section>
      )}
    </aside>
  );
}

function Part({ part }: { part: StoryPart }): ReactNode {
  if (typeof part === 'string') return <WithPlaces text={shownLine(part)} />;
  if ('stepIndex' in part) return <StepLink stepIndex={part.stepIndex} />;
  return <span className="story-name">{shownName(part.name)}</span>;
}
