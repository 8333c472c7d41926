import type { ReactNode } from 'react';
import type { Printed, PrintLevel } from '../../core/machine/printed.ts';
import { Section } from '../ui/section.tsx';
import { formatCount } from '../words/format.ts';
import { shownLines } from '../words/shown.ts';
import './output-section.css';

/** The most prints that are listed; the console has all. */
const PRINTS_SHOWN_MAX = 12;

const INKS: Readonly<Partial<Record<PrintLevel, string>>> = {
  warn: 'ink-rejected',
  error: 'ink-finding',
  debug: 'muted',
  note: 'muted',
};

/** What was printed in the step. */
export function OutputSection({ output }: { output: readonly Printed[] }): ReactNode {
  if (output.length === 0) return null;
  const hidden = output.length - PRINTS_SHOWN_MAX;
  return (
    <Section title="Printed" note={formatCount(output.length)}>
      <ul className="step-output data">
        {output.slice(0, PRINTS_SHOWN_MAX).map(({ level, text }, at) => (
          <li key={at} className={INKS[level] ?? ''}>
            {shownLines(text)}
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <p className="muted small">and {formatCount(hidden)} more, which the console shows</p>
      )}
    </Section>
  );
}
