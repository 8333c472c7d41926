import { ChevronLeft, ChevronRight, Eye, EyeOff, Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Step } from '../../core/trace/format.ts';
import type { Patch } from '../../core/value/patch.ts';
import { useSeek } from '../ui/seek.tsx';
import { describeOutcome, toneOfOutcome, toneSourceOf, type StepTone } from '../words/describe.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { IconButton } from './icon-button.tsx';
import { countSigns, type Sign } from './marks.ts';
import type { Tone } from './state-row.tsx';
import type { Filter } from './tree-rows.ts';

interface StripProps {
  readonly cursor: number;
  readonly compareWith: number | undefined;
  readonly patch: Patch;
  readonly tone: Tone;
  /** The step at the cursor, when it had tried something that was rolled back. */
  readonly rolledBack: Step | undefined;
  readonly around: { readonly previous: number | undefined; readonly next: number | undefined };
  readonly filter: Filter;
  readonly onTone: (tone: Tone) => void;
  readonly onFilter: (filter: Filter) => void;
}

/**
 * The line over the tree: what changed, or that nothing did, or what was tried in vain. It is always
 * there and always as high, so that the tree stays where it is from step to step.
 */
export function ChangeStrip(props: StripProps): ReactNode {
  const { rolledBack, tone, around, filter, onFilter } = props;
  return (
    <div className="state-strip" data-tone={rolledBack && tone}>
      <output className="state-summary">
        {rolledBack ? <Attempt {...props} step={rolledBack} /> : <Summary {...props} />}
      </output>
      <fieldset className="state-nav" aria-label="Steps that changed the state">
        <ChangeButton to={around.previous} direction="previous" />
        <ChangeButton to={around.next} direction="next" />
      </fieldset>
      <fieldset className="state-segments" aria-label="Rows">
        {(['all', 'changed'] as const).map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={filter === choice}
            title={choice === 'all' ? 'Show the whole state' : 'Show only what differs'}
            onClick={() => onFilter(choice)}
          >
            {choice === 'all' ? 'All' : 'Changed'}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function Summary({ cursor, compareWith, patch }: StripProps): ReactNode {
  if (patch.length > 0) return <Counts patch={patch} />;
  return <span className="muted truncate">{nothingText(cursor, compareWith)}</span>;
}

/** The sentence for when there is nothing to mark. */
export function nothingText(cursor: number, compareWith: number | undefined): string {
  if (compareWith !== undefined) return `No difference from ${formatStepIndex(compareWith)}`;
  return cursor < 0 ? 'The initial state' : 'No change in this step';
}

function Attempt({ step, tone, patch, onTone }: StripProps & { step: Step }): ReactNode {
  const isTried = tone === 'tried';
  const verdict = describeVerdict(step);
  const title = `${verdict}. What the step had changed was rolled back.`;
  return (
    <>
      <Undo2 size={14} aria-hidden className="state-attempt-icon" />
      <b className="state-attempt">Tried, rolled back</b>
      <span className="state-verdict truncate" title={title}>
        {verdict}
      </span>
      {isTried && <Counts patch={patch} isShort />}
      <IconButton
        icon={isTried ? Eye : EyeOff}
        name={isTried ? 'Hide what was tried' : 'Show what was tried'}
        onPress={() => onTone(isTried ? 'diff' : 'tried')}
      />
    </>
  );
}

/** Why it was rolled back: the machine rejected it, panicked, or a fault came between. */
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
