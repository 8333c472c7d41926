import { Check, CircleAlert, CircleDashed, CircleSlash, History } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { RULES } from '../../core/machine/rules.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sameValue } from '../../core/value/value.ts';
import { LongText } from '../ui/long-text.tsx';
import { Section } from '../ui/section.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatPlural } from '../words/format.ts';
import { shownLine } from '../words/shown.ts';
import { ruleRowsAt, summarizeRules, type RuleRow } from './rule-rows.ts';
import './checks-section.css';

/** An invariant at a step; `since` is absent if it began to fail at this step. */
interface InvariantRow {
  readonly name: string;
  readonly failure?: { readonly message: string; readonly since?: number };
}

/** Every invariant and rule with its verdict at the step. */
export function ChecksSection({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const invariants = trace.verdictsAt(cursor).map(({ name, failure }): InvariantRow => {
    if (!failure) return { name };
    const { message, since } = failure;
    return { name, failure: since === cursor ? { message } : { message, since } };
  });
  const rules = ruleRowsAt(trace, cursor);
  return <Checks invariants={invariants} rules={rules} />;
}

interface ChecksProps {
  invariants: readonly InvariantRow[];
  rules: readonly RuleRow[];
}

/** Memoised by content: it is nearly always the same from one step to the next. */
const Checks = memo(function Checks({ invariants, rules }: ChecksProps): ReactNode {
  const failing = invariants.filter(({ failure }) => failure).length;
  const note = failing === 0 ? 'all hold' : `${failing} of ${invariants.length} fail`;
  return (
    <>
      <Section title="Invariants" note={invariants.length === 0 ? 'none' : note}>
        <ul className="verdicts">
          {invariants.map((row) => (
            <Invariant key={row.name} row={row} />
          ))}
        </ul>
        {invariants.length === 0 && <p className="muted">The machine declares none.</p>}
      </Section>
      <Section title="Rules" note={summarizeRules(rules)}>
        <ul className="verdicts">
          {rules.map((row) => (
            <Rule key={row.name} row={row} />
          ))}
        </ul>
        {NOT_ASKED.filter(({ reason }) => rules.some(hasReason(reason))).map(({ reason, text }) => (
          <p key={reason} className="muted small verdict-note">
            {text}
          </p>
        ))}
      </Section>
    </>
  );
}, saysTheSame);

/** Why rules have no verdict. */
const NOT_ASKED = [
  {
    reason: 'noFaults',
    text:
      'Rules about recovery are not checked in a run without faults: nothing is lost, and nothing ' +
      'comes twice.',
  },
  {
    reason: 'notRecorded',
    text: 'Rules that were not checked when the run was recorded have no verdict.',
  },
] as const;

function hasReason(reason: (typeof NOT_ASKED)[number]['reason']): (row: RuleRow) => boolean {
  return (row) => row.kind === 'notAsked' && row.reason === reason;
}

function saysTheSame(before: ChecksProps, after: ChecksProps): boolean {
  return sameValue(before, after);
}

function Invariant({ row: { name, failure } }: { row: InvariantRow }): ReactNode {
  if (!failure) return <Row icon={ICONS.kept} name={name} verdict="holds" />;
  return (
    <Row icon={ICONS.violatedHere} name={name} verdict="fails" message={failure.message}>
      {failure.since !== undefined && (
        <>
          since <StepLink stepIndex={failure.since} />
        </>
      )}
    </Row>
  );
}

function Rule({ row }: { row: RuleRow }): ReactNode {
  const { name, kind } = row;
  const common = { name, title: RULES[name].violatedWhen, icon: ICONS[kind] };
  switch (row.kind) {
    case 'kept':
      return <Row {...common} verdict="kept" />;
    case 'violatedHere':
      return (
        <Row {...common} verdict="violated in this step" message={row.message}>
          {row.times > 1 && `for the ${ordinal(row.times)} time in this run`}
        </Row>
      );
    case 'violatedBefore':
      return (
        <Row {...common} verdict="violated before">
          {formatPlural(row.times, 'time')} before, last in <StepLink stepIndex={row.lastStep} />
        </Row>
      );
    case 'waived':
      return (
        <Row {...common} verdict="waived" isMuted>
          waived: {shownLine(row.reason)}
        </Row>
      );
    case 'notAsked':
      return <Row {...common} verdict="not asked in this run" isMuted aside="not asked" />;
    default:
      return assertNever(row, 'rule row');
  }
}

function ordinal(count: number): string {
  const tens = count % 100;
  const isTeen = tens > 10 && tens < 14;
  const ending = isTeen ? undefined : ['th', 'st', 'nd', 'rd'][count % 10];
  return `${count}${ending ?? 'th'}`;
}

const ICONS = {
  kept: { Icon: Check, ink: 'ink-ok' },
  violatedHere: { Icon: CircleAlert, ink: 'ink-finding' },
  violatedBefore: { Icon: History, ink: 'ink-finding' },
  waived: { Icon: CircleSlash, ink: 'muted' },
  notAsked: { Icon: CircleDashed, ink: 'muted' },
} as const;

interface RowProps {
  icon: (typeof ICONS)[keyof typeof ICONS];
  name: string;
  /** The verdict in words, for screen readers. */
  verdict: string;
  title?: string;
  /** The message of the violation. */
  message?: string;
  isMuted?: boolean;
  /** A word at the end of the line. */
  aside?: string;
  children?: ReactNode;
}

function Row(props: RowProps): ReactNode {
  const { icon, name, verdict, title, message, isMuted = false, aside, children } = props;
  const { Icon, ink } = icon;
  return (
    <li className="verdict" title={title}>
      <Icon size={13} aria-hidden className={ink} />
      <div className="verdict-body">
        <span className={isMuted ? 'muted' : ''}>{shownLine(name)}</span>
        <span className="visually-hidden">: {verdict}</span>
        {aside !== undefined && (
          <span className="muted small verdict-aside" aria-hidden>
            {aside}
          </span>
        )}
        {message !== undefined && (
          <p className="small verdict-message">
            <LongText text={message} />
          </p>
        )}
        {children !== undefined && children !== false && <p className="small muted">{children}</p>}
      </div>
    </li>
  );
}
