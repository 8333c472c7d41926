import { useEffect, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { Finding } from '../../core/machine/finding.ts';
import { adviceOn } from '../../core/machine/rules.ts';
import { causesOf, findingsOf } from '../../core/trace/causes.ts';
import { describeChange } from '../../core/trace/change-words.ts';
import { formatSentence } from '../../core/trace/sentences.ts';
import { rowTextOf } from '../../core/trace/step-row.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from '../session/model.ts';
import { useShownRun, type ShownRun } from '../session/store.ts';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine, shownLines } from '../words/shown.ts';
import './printed-run.css';

/** The causes that are printed. */
const CAUSES_MAX = 5;
/** The steps that are printed before the one at the cursor and after it. */
const STEPS_BEFORE = 12;
const STEPS_AFTER = 4;
/** The changes of the state that are printed. */
const CHANGES_MAX = 40;

/** What is on paper instead of the panels: the findings, why, and the steps around the cursor. */
export function PrintedRun(): ReactNode {
  const shown = useShownRun();
  const isPrinting = useIsPrinting();
  const trace = shown?.run.trace;
  if (!isPrinting || !shown || !trace) return null;
  return <Sheet shown={shown} trace={trace} />;
}

/** The sheet must be there before the event is over. */
function useIsPrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    addEventListener('beforeprint', begin);
    addEventListener('afterprint', end);
    return () => {
      removeEventListener('beforeprint', begin);
      removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
}

function Sheet({ shown, trace }: { shown: ShownRun; trace: Trace }): ReactNode {
  const { machine, scenario, seed, faults } = trace.header;
  const { stepIndex } = shown.cursor;
  const causes = causesOf(trace.findings);
  const here = findingsOf(trace, stepIndex);
  const others = causes.filter(({ first }) => !here.includes(first));
  return (
    <article className="printed">
      <h1>{shownLine(machine)}</h1>
      <p className="muted">
        {shownLine(`scenario ${scenario} · seed ${seed} · faults ${faults}`)} ·{' '}
        {formatPlural(trace.length, 'step')} · {formatPlural(trace.findings.length, 'finding')}
      </p>
      {here.map((finding, at) => (
        <PrintedFinding key={at} finding={finding} />
      ))}
      {others.slice(0, CAUSES_MAX).map(({ first, signature }) => (
        <PrintedFinding key={signature} finding={first} />
      ))}
      <PrintedExplanation run={shown.run} />
      <PrintedSteps trace={trace} cursor={stepIndex} />
      <PrintedChanges trace={trace} cursor={stepIndex} />
    </article>
  );
}

function PrintedFinding({ finding }: { finding: Finding }): ReactNode {
  const { kind, name, message, stepIndex, expected, actual, source } = finding;
  const advice = adviceOn(finding);
  const facts = {
    expected,
    came: actual,
    source,
    'likely cause': advice?.cause,
    'usual cure': advice?.cure,
  };
  return (
    <section className="printed-finding">
      <h2>
        {FINDING_KIND_WORDS[kind]}: {shownLine(name)}{' '}
        <span className="muted">{formatStepIndex(stepIndex)}</span>
      </h2>
      <p>{shownLines(message)}</p>
      <dl>
        {Object.entries(facts).map(
          ([fact, text]) =>
            text !== undefined && (
              <div key={fact}>
                <dt>{fact}</dt>
                <dd>{shownLines(text)}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

function PrintedExplanation({ run: { explanation } }: { run: RunEntry }): ReactNode {
  if (!explanation?.explained) return null;
  const { finding, explained } = explanation;
  return (
    <section>
      <h2>
        Why {shownLine(finding.name)} failed{' '}
        <span className="muted">{formatStepIndex(finding.stepIndex)}</span>
      </h2>
      {explained.sentences.map((sentence, at) => (
        <p key={at}>{shownLines(formatSentence(sentence))}</p>
      ))}
    </section>
  );
}

function PrintedSteps({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const from = Math.max(0, cursor - STEPS_BEFORE);
  const to = Math.min(trace.length, cursor + STEPS_AFTER + 1);
  const steps = Array.from({ length: to - from }, (_, at) => trace.step(from + at));
  return (
    <section>
      <h2>Steps around {formatStepIndex(cursor)}</h2>
      <table>
        <thead>
          <tr>
            <th>step</th>
            <th>operation</th>
            <th>outcome</th>
            <th>actions</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => {
            const { operation, brief, outcome, actions, findings } = rowTextOf(step);
            return (
              <tr key={step.stepIndex} data-current={step.stepIndex === cursor}>
                <td>{formatCount(step.stepIndex)}</td>
                <td>
                  {operation} <span className="muted">{brief}</span>
                </td>
                <td>
                  {outcome}
                  {findings.map((name, at) => (
                    <div key={at} className="ink-finding">
                      {name}
                    </div>
                  ))}
                </td>
                <td>{actions.map(({ text }) => text).join(', ')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function PrintedChanges({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const patch = cursor < 0 ? [] : trace.step(cursor).patch;
  if (patch.length === 0) return null;
  const more = patch.length - CHANGES_MAX;
  return (
    <section>
      <h2>What {formatStepIndex(cursor)} changed</h2>
      <pre>
        {patch.slice(0, CHANGES_MAX).map(describeChange).join('\n')}
        {more > 0 && `\nand ${formatPlural(more, 'other place')}`}
      </pre>
    </section>
  );
}
