import type { ReactNode } from 'react';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { causesOf } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { changeFilter } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { useNotes } from '../session/notes.ts';
import { OPERATION_KINDS, OUTCOMES, type StepFilter } from '../session/step-filter.ts';
import { formatCount } from '../words/format.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { OUTCOME_WORDS } from './filter-words.ts';
import { useErrorKinds } from './use-error-kinds.ts';

const FLAGS = [
  ['hasChangedState', 'changed the state'],
  ['hasFault', 'with a fault'],
  ['hasFinding', 'with a finding'],
] as const;

/** How many kinds of errors can be chosen from. */
const ERRORS_SHOWN_MAX = 50;
/** How many causes can be chosen from. */
const CAUSES_SHOWN_MAX = 50;

/** What steps can be chosen by without writing. */
export function FilterMenu({
  run,
  trace,
  filter,
}: {
  run: RunEntry;
  trace: Trace;
  filter: StepFilter;
}): ReactNode {
  const change = (changed: Parameters<typeof changeFilter>[1]) => changeFilter(run.id, changed);
  const causes = causesOf(trace.findings);
  const notes = useNotes(run);
  return (
    <div className="steps-choices small">
      <Choices title="Kind">
        {OPERATION_KINDS.map((kind) => (
          <Choice
            key={kind}
            isOn={filter.kinds?.includes(kind) ?? false}
            onToggle={() => change({ kinds: toggled(filter.kinds, kind) })}
          >
            {OPERATION_WORDS[kind]}
          </Choice>
        ))}
      </Choices>
      <Choices title="Outcome">
        {OUTCOMES.map((outcome) => (
          <Choice
            key={outcome}
            isOn={filter.outcomes?.includes(outcome) ?? false}
            onToggle={() => change({ outcomes: toggled(filter.outcomes, outcome) })}
          >
            {OUTCOME_WORDS[outcome]}
          </Choice>
        ))}
      </Choices>
      <Choices title="Only steps">
        {FLAGS.map(([flag, words]) => (
          <Choice
            key={flag}
            isOn={filter[flag] ?? false}
            onToggle={() => change({ [flag]: filter[flag] ? undefined : true })}
          >
            {words}
          </Choice>
        ))}
        {(notes.length > 0 || filter.noted) && (
          <Choice
            isOn={filter.noted ?? false}
            onToggle={() => change({ noted: filter.noted ? undefined : true })}
          >
            with a note
          </Choice>
        )}
      </Choices>
      <ErrorChoices run={run} trace={trace} filter={filter} />
      {causes.length > 0 && (
        <Choices title="Only one cause of findings" isList>
          {causes.slice(0, CAUSES_SHOWN_MAX).map(({ signature, first, count }) => (
            <Choice
              key={signature}
              isOn={filter.cause === signature}
              onToggle={() => change({ cause: filter.cause === signature ? undefined : signature })}
            >
              <span className="truncate" title={shownLine(first.shape)}>
                {shownName(first.name)} <span className="muted">{shownLine(first.shape)}</span>
              </span>
              <span className="data">×{formatCount(count)}</span>
            </Choice>
          ))}
        </Choices>
      )}
    </div>
  );
}

/** The kinds of errors that steps of the run ended in; those that are chosen are always there. */
function ErrorChoices({
  run,
  trace,
  filter: { errors = [] },
}: {
  run: RunEntry;
  trace: Trace;
  filter: StepFilter;
}): ReactNode {
  const { kinds, searched, problem } = useErrorKinds(trace, run.steps);
  const isShown = ([kind]: readonly [string, number], at: number) =>
    at < ERRORS_SHOWN_MAX || errors.includes(kind);
  const shown = kinds.filter(isShown);
  const isSearching = problem === undefined && searched < run.steps;
  if (shown.length === 0 && !isSearching && problem === undefined) return null;
  return (
    <Choices title="Error" isList>
      {shown.map(([kind, steps]) => (
        <Choice
          key={kind}
          isOn={errors.includes(kind)}
          onToggle={() => changeFilter(run.id, { errors: toggled(errors, kind) })}
        >
          <span className="truncate">{shownLine(kind)}</span>
          <span className="data">×{formatCount(steps)}</span>
        </Choice>
      ))}
      {isSearching && (
        <progress aria-label="Progress of counting errors" value={searched} max={run.steps} />
      )}
      {problem !== undefined && <p className="ink-rejected">{shownLine(problem)}</p>}
    </Choices>
  );
}

/** The list with an item more, or without it. */
function toggled<Item>(items: readonly Item[] = [], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((other) => other !== item) : [...items, item];
}

function Choices({
  title,
  isList = false,
  children,
}: {
  title: string;
  isList?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <fieldset className="steps-group" data-list={isList}>
      <legend className="muted">{title}</legend>
      {children}
    </fieldset>
  );
}

function Choice({
  isOn,
  onToggle,
  children,
}: {
  isOn: boolean;
  onToggle: () => void;
  children: ReactNode;
}): ReactNode {
  return (
    <button type="button" className="steps-choice" aria-pressed={isOn} onClick={onToggle}>
      {children}
    </button>
  );
}
