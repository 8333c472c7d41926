import { Check, CircleAlert } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { RULES, type RuleName } from '../../core/machine/rules.ts';
import type { Step } from '../../core/trace/format.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sameValue } from '../../core/value/value.ts';
import { Section } from './section.tsx';
import { StepLink } from './step-link.tsx';

/** Every invariant and rule with its verdict at the step. */
export function ChecksSection({ trace, cursor }: { trace: Trace; cursor: number }): ReactNode {
  const verdicts = trace.verdictsAt(cursor);
  const step = cursor < 0 ? undefined : trace.step(cursor);
  const rules = Object.keys(RULES).map((name) => ({ name, message: violation(step, name) }));
  return <Checks cursor={cursor} verdicts={verdicts} rules={rules} />;
}

interface ChecksProps {
  cursor: number;
  verdicts: ReturnType<Trace['verdictsAt']>;
  rules: readonly { readonly name: string; readonly message: string | undefined }[];
}

/** Memoised by what it says: from one step to the next, nearly always the same. */
const Checks = memo(function Checks({ cursor, verdicts, rules }: ChecksProps): ReactNode {
  const failing = verdicts.filter(({ failure }) => failure).length;
  const note = failing === 0 ? 'all hold' : `${failing} of ${verdicts.length} fail`;
  return (
    <>
      <Section title="Invariants" note={note}>
        <ul className="verdicts">
          {verdicts.map(({ name, failure }) => (
            <Verdict key={name} name={name} message={failure?.message}>
              {failure && failure.since !== cursor && (
                <span className="small muted">
                  since <StepLink stepIndex={failure.since} />
                </span>
              )}
            </Verdict>
          ))}
        </ul>
        {verdicts.length === 0 && <p className="muted">The machine declares none.</p>}
      </Section>
      <Section title="Rules" note="for every machine">
        <ul className="verdicts">
          {rules.map(({ name, message }) => (
            <Verdict
              key={name}
              name={name}
              title={RULES[name as RuleName].violatedWhen}
              message={message}
            />
          ))}
        </ul>
      </Section>
    </>
  );
}, saysTheSame);

function saysTheSame(before: ChecksProps, after: ChecksProps): boolean {
  const isFailing = after.verdicts.some(({ failure }) => failure);
  // A failure says since when, unless that is the very step at the cursor.
  if (isFailing && before.cursor !== after.cursor) return false;
  return sameValue([before.verdicts, before.rules], [after.verdicts, after.rules]);
}

function violation(step: Step | undefined, rule: string): string | undefined {
  return step?.findings.find(({ kind, name }) => kind === 'rule' && name === rule)?.message;
}

interface VerdictProps {
  name: string;
  title?: string;
  /** What is wrong; absent when it holds. */
  message: string | undefined;
  children?: ReactNode;
}

function Verdict({ name, title, message, children }: VerdictProps): ReactNode {
  const holds = message === undefined;
  return (
    <li className="verdict" data-holds={holds} title={title}>
      {holds ? (
        <Check size={13} aria-hidden className="ink-ok" />
      ) : (
        <CircleAlert size={13} aria-hidden className="ink-finding" />
      )}
      <div>
        <span>{name}</span>
        <span className="visually-hidden">{holds ? ': holds' : ': fails'}</span>
        {!holds && <p className="small verdict-message">{message}</p>}
        {children}
      </div>
    </li>
  );
}
