import type { ReactNode } from 'react';
import { counterexampleOf, type Comments } from '../../core/trace/format/counterexample.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { Section } from '../ui/section.tsx';
import { ValueBlock } from './value-block.tsx';

/**
 * What the document of a model checker says about a state besides its variables: what led to the
 * initial state, to which no step leads, and the comments. Nothing for a trace of a machine.
 */
export function DocumentSection({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const document = counterexampleOf(trace.header);
  if (!document) return null;
  const isInitial = cursor < 0;
  const parts = [
    { title: 'What led here', values: isInitial ? document.initial : {} },
    { title: '#meta of this state', values: document.commentsOn(cursor) },
    { title: '#meta of the document', values: isInitial ? document.comments : {} },
  ].filter(({ values }) => Object.keys(values).length > 0);
  if (parts.length === 0) return null;
  return (
    <Section title="Document" note={`state ${cursor + 1}`}>
      {parts.map(({ title, values }) => (
        <Part key={title} title={title} values={values} />
      ))}
    </Section>
  );
}

function Part({ title, values }: { title: string; values: Comments }): ReactNode {
  return (
    <>
      <p className="muted small">{title}</p>
      <ValueBlock value={values} />
    </>
  );
}
