import { ChevronLeft, ChevronRight, Eye, EyeOff, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Step } from '../../core/trace/format/format.ts';
import {
  describeOutcome,
  toneOfOutcome,
  toneSourceOf,
  type StepTone,
} from '../../core/trace/words/step-words.ts';
import type { Patch } from '../../core/value/patch.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { useSeek } from '../ui/seek.tsx';
import { Segments } from '../ui/segments.tsx';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { changesAround } from './comparison.ts';
import { countSigns, type Sign } from './marks.ts';
import type { StatePanelModel } from './use-state-panel.ts';
import './change-strip.css';

const ROWS = [
  { id: 'all', label: 'All', hint: 'Show the whole state' },
  { id: 'changed', label: 'Changed', hint: 'Show only what differs' },
] as const;

interface StripProps {
  readonly model: StatePanelModel;
}

/**
 * The line above the tree: the changes, that there are none, or the changes that were rolled back. It
 * always has the same height, so that the tree does not move from step to step.
 */
export function ChangeStrip({ model }: StripProps): ReactNode {
  const { trace, cursor, shown, view, changeView } = model;
  const around = changesAround(trace, cursor);
  return (
    <div className="state-strip" data-tone={shown.isRolledBack ? shown.tone : undefined}>
      <output className="state-summary">
        {shown.isRolledBack ? <Attempt model={model} /> : <Summary model={model} />}
      </output>
      <fieldset className="state-nav" aria-label="Steps that changed the state">
        <ChangeButton to={around.previous} direction="previous" />
        <ChangeButton to={around.next} direction="next" />
      </fieldset>
      <Segments
        label="Rows"
        options={ROWS}
        selected={view.filter}
        onSelect={(filter) => changeView({ filter })}
      />
    </div>
  );
}

function Summary({ model }: StripProps): ReactNode {
  const { shown } = model;
  const { patch } = shown.comparison;
  if (patch.length > 0) return <Counts patch={patch} />;
  return <span className="muted truncate">{nothingText(model)}</span>;
}

type NothingIn = Pick<StatePanelModel, 'cursor' | 'compareWith' | 'other'>;

/** The sentence for a step without changes. */
export function nothingText({ cursor, compareWith, other }: NothingIn): string {
  if (other) return 'The two runs have the same state here';
  if (compareWith !== undefined) return `No difference from ${formatStepIndex(compareWith)}`;
  return cursor < 0 ? 'The initial state' : 'No change in this step';
}

function Attempt({ model: { shown } }: StripProps): ReactNode {
  const isTried = shown.tone === 'tried';
  const verdict = shown.step ? describeVerdict(shown.step) : '';
  const title = `${verdict}. What the step had changed was rolled back.`;
  return (
    <>
      <Undo2 size={14} aria-hidden className="state-attempt-icon" />
      <b className="state-attempt">Tried, rolled back</b>
      <span className="state-verdict truncate" title={title}>
        {verdict}
      </span>
      {isTried && <Counts patch={shown.comparison.patch} isShort />}
      <IconButton
        icon={isTried ? Eye : EyeOff}
        size="small"
        label={isTried ? 'Hide what was tried' : 'Show what was tried'}
        onPress={() => shown.setTone(isTried ? 'diff' : 'tried')}
      />
    </>
  );
}

/** Why the step was rolled back: the machine rejected it or panicked, or a fault interrupted it. */
function describeVerdict(step: Step): string {
  const words = VERDICTS[toneOfOutcome(toneSourceOf(step))] ?? 'Rejected';
  return `${words}: ${describeOutcome(step)}`;
}

const VERDICTS: Readonly<Partial<Record<StepTone, string>>> = {
  finding: 'Panic',
  died: 'Fault',
  failed: 'Fault',
};

function Counts({ patch, isShort = false }: { patch: Patch; isShort?: boolean }): ReactNode {
  const counts = countSigns(patch);
  const signs: readonly (readonly [Sign, string])[] = [
    ['added', '+'],
    ['removed', '−'],
    ['changed', '±'],
  ];
  return (
    <span className="state-counts" data-short={isShort}>
      {signs
        .filter(([sign]) => counts[sign] > 0)
        .map(([sign, glyph]) => (
          <span
            key={sign}
            data-sign={sign}
            title={formatPlural(counts[sign], `row ${sign}`, `rows ${sign}`)}
          >
            <span className="data" aria-hidden>
              {glyph}
            </span>
            {formatCount(counts[sign])}
            <span className={isShort ? 'visually-hidden' : undefined}> {sign}</span>
          </span>
        ))}
    </span>
  );
}

function ChangeButton({
  to,
  direction,
}: {
  to: number | undefined;
  direction: 'previous' | 'next';
}): ReactNode {
  const seek = useSeek();
  const isPrevious = direction === 'previous';
  const name = isPrevious ? 'Previous change' : 'Next change';
  return (
    <button
      type="button"
      className="state-nav-button"
      disabled={to === undefined}
      aria-label={to === undefined ? name : `${name}: ${formatStepIndex(to)}`}
      title={to === undefined ? `No ${direction} change` : `${name}: ${formatStepIndex(to)}`}
      onClick={() => {
        if (to !== undefined) seek(to);
      }}
    >
      {isPrevious && <ChevronLeft size={14} aria-hidden />}
      <span className="state-nav-label">{isPrevious ? 'previous change' : 'next change'}</span>
      {!isPrevious && <ChevronRight size={14} aria-hidden />}
    </button>
  );
}
