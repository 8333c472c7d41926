import { ListFilter, Search, SquareFunction, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { useStore } from 'zustand';
import type { Trace } from '../../core/trace/trace.ts';
import { changeFilter } from '../session/filters.ts';
import type { RunEntry } from '../session/model.ts';
import { criteriaOf, type StepFilter } from '../session/step-filter.ts';
import { Button } from '../ui/button.tsx';
import { MistakeNote, mistakeIn, NAMES_HINT, type Mistake } from '../ui/expression-mistake.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Popover } from '../ui/popover.tsx';
import { Segments } from '../ui/segments.tsx';
import { formatPlural } from '../words/format.ts';
import { FilterMenu } from './filter-menu.tsx';
import { stepsView } from './selection.ts';
import { useDraft } from './use-draft.ts';

interface FilterProps {
  readonly run: RunEntry;
  readonly trace: Trace;
  readonly filter: StepFilter;
}

const FIELDS = [
  { id: 'words', label: 'Words', hint: 'Steps that hold these words' },
  { id: 'where', label: 'Expression', hint: 'Steps at which an expression is true' },
] as const;

/** The ways to say which steps are shown. */
export function FilterBar(props: FilterProps): ReactNode {
  const { run, filter } = props;
  const field = useStore(stepsView, (state) => state.field);
  return (
    <div className="view-bar" role="toolbar" aria-label="Filter the steps">
      <Segments
        label="Filter by"
        options={FIELDS}
        selected={field}
        onSelect={(id) => stepsView.setState({ field: id })}
      />
      {field === 'words' ? (
        <WordsField key={run.id} {...props} />
      ) : (
        <WhereField key={run.id} {...props} />
      )}
      <DialogTrigger>
        <Button icon={ListFilter} label="Filter by kind, outcome or finding">
          Filter
        </Button>
        <Popover label="Filter the steps" placement="bottom end" className="steps-menu">
          {() => <FilterMenu {...props} />}
        </Popover>
      </DialogTrigger>
      {criteriaOf(filter).length === 0 && (
        <output className="steps-total muted small" aria-label="Shown steps">
          {formatPlural(run.steps, 'step')}
        </output>
      )}
    </div>
  );
}

function WordsField({ run, filter }: FilterProps): ReactNode {
  const draft = useDraft(filter.words ?? '', (words) => changeFilter(run.id, { words }));
  return (
    <div className="steps-field">
      <Search size={14} aria-hidden />
      <FilterInput label="Words in the steps" draft={draft} />
    </div>
  );
}

const EXAMPLE = 'outcome.kind == "err" && step > 100';
function WhereField({ run, filter }: FilterProps): ReactNode {
  const [mistake, setMistake] = useState<Mistake>();
  const draft = useDraft(filter.where ?? '', (where) => {
    const found = mistakeIn(where);
    setMistake(found);
    if (!found) changeFilter(run.id, { where });
  });
  const isWrong = mistake !== undefined && mistake.text === draft.text.trim();
  return (
    <div className="steps-field" title={NAMES_HINT} data-invalid={isWrong}>
      <SquareFunction size={14} aria-hidden />
      <FilterInput
        label="An expression over the step"
        placeholder={EXAMPLE}
        draft={draft}
        isData
        isInvalid={isWrong}
      />
      {isWrong && <MistakeNote mistake={mistake} />}
    </div>
  );
}

function FilterInput({
  label,
  placeholder = label,
  draft: { text, type, commit },
  isData = false,
  isInvalid = false,
}: {
  label: string;
  placeholder?: string;
  draft: ReturnType<typeof useDraft>;
  isData?: boolean;
  isInvalid?: boolean;
}): ReactNode {
  return (
    <>
      <input
        className={isData ? 'data' : ''}
        aria-label={label}
        aria-invalid={isInvalid}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          else if (event.key === 'Escape' && text !== '') type('');
          else if (event.key === 'ArrowDown') focusRows();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {text !== '' && (
        <IconButton
          icon={X}
          label="Clear the field"
          keys={['Esc']}
          size="small"
          onPress={() => type('')}
        />
      )}
    </>
  );
}

function focusRows(): void {
  document.querySelector<HTMLElement>('.steps-grid')?.focus();
}
