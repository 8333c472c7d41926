import { Check, CircleAlert, CircleDashed, CircleSlash, History } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { RULES } from '../../core/machine/rules.ts';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sameValue } from '../../core/value/value.ts';
import { selectRun, useIsEarlier, useSession } from '../session/store.ts';
import { LongText } from '../ui/long-text.tsx';
import { Section } from '../ui/section.tsx';
import { StepLink } from '../ui/seek.tsx';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import {
  invariantRowsAt,
  ruleRowsAt,
  shownOf,
  summarizeInvariants,
  summarizeRules,
  type InvariantRow,
  type RuleRow,
} from './check-rows.ts';
import './checks-section.css';

/** Every invariant and rule with its verdict at the step. */
export function ChecksSection({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const isEarlier = useIsEarlier(useSession(selectRun));
  return (
    <Checks
      isEarlier={isEarlier}
      invariants={invariantRowsAt(trace, cursor)}
      rules={ruleRowsAt(trace, cursor)}
      isOfMachine={counterexampleOf(trace.header) === undefined}
    />
  );
}

interface ChecksProps {
  invariants: readonly InvariantRow[];
  rules: readonly RuleRow[];
  /** Whether a machine made the trace, and no model checker. */
  isOfMachine: boolean;
  /** Whether the verdicts are on an earlier source of the machine. */
  isEarlier: boolean;
}

/** Memoised by content: it is nearly always the same from one step to the next. */
const Checks = memo(function Checks(props: ChecksProps): ReactNode {
  const { invariants, rules, isOfMachine, isEarlier } = props;
  const shown = shownOf(invariants);
  const hidden = invariants.length - shown.length;
  return (
    <div data-earlier-findings={isEarlier}>
      <Section title="Invariants" note={noteOf(summarizeInvariants(invariants), isEarlier)}>
        <ul className="verdicts">
          {shown.map((row) => (
            <Invariant key={row.name} row={row} />
          ))}
        </ul>
        {hidden > 0 && <p className="muted small verdict-note">and {formatCount(hidden)} more</p>}
        {invariants.length === 0 && (
          <p className="muted">
            {isOfMachine ? 'The machine declares none.' : 'The document names none.'}
          </p>
        )}
      </Section>
      {isOfMachine && <Rules rules={rules} isEarlier={isEarlier} />}
    </div>
  );
}, saysTheSame);

/** A summary; of an earlier source, it says so. */
function noteOf(summary: string, isEarlier: boolean): string {
  return isEarlier ? `${summary} · earlier source` : summary;
}

function Rules({ rules, isEarlier }: Pick<ChecksProps, 'rules' | 'isEarlier'>): ReactNode {
  return (
    <Section title="Rules" note={noteOf(summarizeRules(rules), isEarlier)}>
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
  );
}

/** Why rules have no verdict. */
const NOT_ASKED = [
  {
    reason: 'noFaults',
    text:
      'Rules about recovery are not checked in a run without faults: the machine never crashes, so ' +
      'restore asks for nothing again, and no result comes twice.',
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

function Invariant({ row }: { row: InvariantRow }): ReactNode {
  const { name } = row;
  switch (row.kind) {
    case 'holds':
      return <Row icon={ICONS.kept} name={name} verdict="holds" />;
    case 'fails':
      return (
        <Row icon={ICONS.violatedHere} name={name} verdict="fails" message={row.message}>
          {row.since !== undefined && (
            <>
              since <StepLink stepIndex={row.since} />
            </>
          )}
        </Row>
      );
    case 'notEvaluated':
      return (
        <Row
          icon={ICONS.notAsked}
          name={name}
          verdict="not evaluated here"
          isMuted
          aside="not evaluated"
        />
      );
    default:
      return assertNever(row, 'invariant row');
  }
}

function Rule({ row }: { row: RuleRow }): ReactNode {
  const { name, kind } = row;
  const common = { name, title: RULES[name].violatedWhen, icon: ICONS[kind] };
  switch (row.kind) {
    case 'kept':
      return <Row {...common} verdict="kept" />;
    case 'notViolatedYet':
      return <Row {...common} verdict="not violated so far" aside="so far" />;
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
      return (
        <Row {...common} verdict="not asked in this run" isMuted aside="not asked">
          {row.reason === 'noOccasion' && RULES[name].never}
        </Row>
      );
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
  notViolatedYet: { Icon: CircleDashed, ink: 'muted' },
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
        <span className={isMuted ? 'muted' : ''}>{shownName(name)}</span>
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
