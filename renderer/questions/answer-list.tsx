import { CircleAlert, CircleCheck, CircleDashed, CircleSlash } from 'lucide-react';
import { useMemo, useRef, type ReactNode } from 'react';
import {
  showFailure,
  useAskedRuns,
  type Answered,
  type AskedRuns,
  type Subject,
} from '../session/asked-runs.ts';
import { StepLink } from '../ui/seek.tsx';
import { useVirtualRows } from '../ui/use-virtual-rows.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';

/** The answers of the runs: those in which it fails first, then the others, each in their order. */
export function AnswerList({ onLeave }: { onLeave: () => void }): ReactNode {
  const asked = useAskedRuns((asking) => asking.asked);
  if (!asked) return null;
  if (asked.problem !== undefined) {
    return (
      <p className="ink-rejected" role="alert">
        {shownLine(asked.problem)}
      </p>
    );
  }
  return (
    <section className="ask-answers" aria-label="Answers">
      <Summary asked={asked} />
      <Rows asked={asked} onLeave={onLeave} />
    </section>
  );
}

function Summary({ asked }: { asked: AskedRuns }): ReactNode {
  const { claim, subjects, answers, status } = asked;
  const failing = [...answers.values()].filter(isFailing).length;
  const of = formatPlural(answers.size, asked.scope === 'seeds' ? 'seed' : 'run');
  return (
    <header className="ask-summary">
      <output aria-label="Result">
        <span className={failing > 0 ? 'ink-finding' : ''}>
          {failing > 0 ? `Fails in ${formatCount(failing)} of ${of}` : `Fails in none of ${of}`}
        </span>
        {status === 'cancelled' && <span className="muted">, cancelled</span>}
      </output>
      <span className="muted small truncate data" title={shownLine(textOf(claim))}>
        {shownLine(textOf(claim))}
      </span>
      {status === 'asking' && (
        <progress aria-label="Progress of asking" value={answers.size} max={subjects.length} />
      )}
    </header>
  );
}

function textOf(claim: AskedRuns['claim']): string {
  return claim.kind === 'expression' ? claim.expression : claim.name;
}

function isFailing(answer: Answered | undefined): boolean {
  return answer?.kind === 'judged' && answer.judged.failedAt !== undefined;
}

/** The list scrolls beyond this height. */
const ROWS_PX_MAX = 264;

/** The places of the runs in the order in which they are listed. */
function orderOf({ subjects, answers }: AskedRuns): readonly number[] {
  const places = [...subjects.keys()];
  const rank = (place: number) => {
    const answer = answers.get(place);
    if (isFailing(answer)) return 0;
    return answer?.kind === 'unjudged' ? 1 : 2;
  };
  return places.toSorted((one, other) => rank(one) - rank(other));
}

function Rows({ asked, onLeave }: { asked: AskedRuns; onLeave: () => void }): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const order = useMemo(() => orderOf(asked), [asked]);
  const { indexes, totalPx, topOf } = useVirtualRows(scroller, order.length, 0);
  const show = (subject: Subject, stepIndex: number) => {
    onLeave();
    void showFailure(asked, subject, stepIndex);
  };
  return (
    <div
      ref={scroller}
      className="ask-rows"
      data-scope={asked.scope}
      style={{ height: Math.min(ROWS_PX_MAX, totalPx) }}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is scrolled by keys.
      tabIndex={0}
    >
      <ul aria-label="Runs" style={{ height: totalPx }}>
        {indexes.map((index) => {
          const place = order[index];
          const one = place === undefined ? undefined : asked.subjects[place];
          if (place === undefined || !one) return null;
          return (
            <li
              key={place}
              className="ask-row"
              style={{ transform: `translateY(${topOf(index)}px)` }}
            >
              <Row
                title={one.title}
                answer={asked.answers.get(place)}
                onShow={(stepIndex) => show(one.subject, stepIndex)}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface RowProps {
  title: string;
  answer: Answered | undefined;
  onShow: (stepIndex: number) => void;
}

const ICON = { size: 14, 'aria-hidden': true } as const;

function Row({ title, answer, onShow }: RowProps): ReactNode {
  const shown = (
    <span className="truncate ask-title" title={shownLine(title)}>
      {shownLine(title)}
    </span>
  );
  if (!answer) {
    return (
      <>
        <CircleDashed {...ICON} className="muted" />
        {shown}
      </>
    );
  }
  if (answer.kind === 'unjudged') {
    return (
      <>
        <CircleSlash {...ICON} className="ink-rejected" />
        {shown}
        <Words text={answer.why} ink="ink-rejected" />
      </>
    );
  }
  const { failedAt, message, steps, asked, without, because = '' } = answer.judged;
  if (failedAt !== undefined) {
    return (
      <>
        <CircleAlert {...ICON} className="ink-finding" />
        {shown}
        <StepLink stepIndex={failedAt} onPress={() => onShow(failedAt)} />
        {message !== undefined && <Words text={message} ink="muted" />}
      </>
    );
  }
  const isAnswered = without < asked;
  return (
    <>
      {isAnswered ? (
        <CircleCheck {...ICON} className="ink-ok" />
      ) : (
        <CircleSlash {...ICON} className="ink-rejected" />
      )}
      {shown}
      <span className="muted small">
        {isAnswered ? `holds in ${formatPlural(steps, 'step')}` : 'no answer at any step'}
      </span>
      {without > 0 && (
        <Words
          text={isAnswered ? `no answer at ${formatPlural(without, 'step')}: ${because}` : because}
          ink="muted"
        />
      )}
    </>
  );
}

function Words({ text, ink }: { text: string; ink: string }): ReactNode {
  return (
    <span className={`small truncate ${ink}`} title={shownLine(text)}>
      {shownLine(text)}
    </span>
  );
}
