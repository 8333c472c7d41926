import { useEffect, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { Finding } from '../../core/machine/finding.ts';
import { adviceOn } from '../../core/machine/rules.ts';
import { causesOf, findingsOf } from '../../core/trace/causes.ts';
import { describePlaceOf, isBookmark } from '../../core/trace/format/notes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { describePatch } from '../../core/trace/words/change-words.ts';
import { formatSentence } from '../../core/trace/words/sentences.ts';
import { rowTextOf } from '../../core/trace/words/step-row.ts';
import type { Change } from '../../core/value/patch.ts';
import type { Path } from '../../core/value/path.ts';
import { isWithin } from '../../core/value/segment.ts';
import { treeLines } from '../../core/value/tree-lines.ts';
import { findingOf, type RunEntry } from '../session/model.ts';
import { useShownRun, type ShownRun } from '../session/store.ts';
import { Markdown } from '../ui/markdown.tsx';
import { FINDING_KIND_WORDS } from '../words/finding-words.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownLine, shownLines, shownName } from '../words/shown.ts';
import './printed-run.css';

/** The causes that are printed. */
const CAUSES_MAX = 5;
/** The steps that are printed before the one at the cursor and after it. */
const STEPS_BEFORE = 12;
const STEPS_AFTER = 4;
/** The changes of the state that are printed, and the lines of the state itself. */
const CHANGES_MAX = 40;
const STATE_LINES_MAX = 200;
/** How deep it is opened, besides the way to what changed. */
const OPENED_LEVELS = 1;

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
      <h1>{shownName(machine)}</h1>
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
      <PrintedNotes trace={trace} />
      <PrintedSteps trace={trace} cursor={stepIndex} />
      <PrintedChanges trace={trace} cursor={stepIndex} />
      <PrintedState trace={trace} cursor={stepIndex} />
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
        {FINDING_KIND_WORDS[kind]}: {shownName(name)}{' '}
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

function PrintedExplanation({ run: { explanation, trace } }: { run: RunEntry }): ReactNode {
  const finding = explanation && findingOf(trace, explanation);
  if (!finding || !explanation?.explained) return null;
  const { explained } = explanation;
  return (
    <section>
      <h2>
        Why {shownName(finding.name)} failed{' '}
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
  const before = trace.stateAt(cursor - 1);
  const more = patch.length - CHANGES_MAX;
  return (
    <section>
      <h2>What {formatStepIndex(cursor)} changed</h2>
      <pre>
        {describePatch(patch.slice(0, CHANGES_MAX), before).join('\n')}
        {more > 0 && `\nand ${formatPlural(more, 'other place')}`}
      </pre>
    </section>
  );
}

function PrintedNotes({ trace: { notes } }: { trace: Trace }): ReactNode {
  const written = notes.filter((note) => !isBookmark(note));
  if (written.length === 0) return null;
  return (
    <section>
      <h2>Notes</h2>
      {written.map((note) => (
        <div key={note.id} className="printed-note">
          <p className="muted">{shownLine(describePlaceOf(note))}</p>
          <Markdown text={note.text} />
        </div>
      ))}
    </section>
  );
}

/** The state, opened as far as records, and at what the step changed, which is in bold. */
function PrintedState({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const paths = cursor < 0 ? [] : trace.step(cursor).patch.flatMap(placesOf);
  const isChanged = (path: Path) => paths.some((changed) => isWithin(path, changed));
  const isOnTheWay = (path: Path) =>
    paths.some((changed) => isWithin(path, changed) || isWithin(changed, path));
  const tree = treeLines(trace.stateAt(cursor), {
    isKept: isOnTheWay,
    isOpened: (path) => path.length <= OPENED_LEVELS || isOnTheWay(path),
  });
  const lines = [...cut(tree, STATE_LINES_MAX + 1)];
  return (
    <section>
      <h2>{cursor < 0 ? 'The initial state' : `The state after ${formatStepIndex(cursor)}`}</h2>
      <ul className="printed-state">
        {lines.slice(0, STATE_LINES_MAX).map((line, at) => (
          <li
            key={at}
            style={{ paddingLeft: `${line.level * 2 + 2}ch` }}
            data-changed={line.text !== undefined && isChanged(line.path)}
          >
            {line.name}
            {line.name !== '' && line.text !== undefined && (line.isOpen ? '  ' : ': ')}
            <span className={line.isOpen ? 'muted' : undefined}>{line.text}</span>
          </li>
        ))}
      </ul>
      {lines.length > STATE_LINES_MAX && <p className="muted">… and more</p>}
    </section>
  );
}

/** What a change put where. */
function placesOf(change: Change): readonly Path[] {
  const { path } = change;
  if (change.kind !== 'spliced') return [path];
  return change.inserted.map((_, at) => [...path, change.index + at]);
}

function* cut<Item>(items: Iterable<Item>, max: number): Generator<Item> {
  let count = 0;
  for (const item of items) {
    if (count === max) return;
    count += 1;
    yield item;
  }
}
