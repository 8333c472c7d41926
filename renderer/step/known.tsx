import { useMemo, type ReactNode } from 'react';
import type { Finding } from '../../core/machine/finding.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { useKnownCauses } from '../causality/use-known-causes.ts';
import type { RunEntry } from '../session/model.ts';
import { LinkedSentence } from './linked-sentence.tsx';
import './known.css';

interface KnownProps {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly finding: Finding;
}

/** What is known of the cause of a finding: facts that its trace shows, with steps and lines that can be gone to. */
export function Known({ run, trace, finding }: KnownProps): ReactNode {
  const findings = useMemo(() => [finding], [finding]);
  const [sentences = []] = useKnownCauses(run, trace, findings);
  if (sentences.length === 0) return null;
  return (
    <section className="known small" aria-label="What is known">
      <h4>What is known</h4>
      <ul>
        {sentences.map((sentence, at) => (
          <li key={at}>
            <LinkedSentence sentence={sentence} />
          </li>
        ))}
      </ul>
    </section>
  );
}
