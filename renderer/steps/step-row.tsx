import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { isBookmark, type Note } from '../../core/trace/format/notes.ts';
import type { StepGlance } from '../../core/trace/glance.ts';
import type { Need } from '../../core/trace/words/judged.ts';
import type { RowAction, RowText } from '../../core/trace/words/step-row.ts';
import { toneOfOutcome } from '../../core/trace/words/step-words.ts';
import { outcomeOf } from '../session/step-filter.ts';
import { menuOfStep } from '../session/what-if.ts';
import { markOf, MARK_MEANINGS } from '../theme/marks.ts';
import { MarkIcon } from '../ui/mark-icon.tsx';
import { NeedIcon } from '../ui/need-icon.tsx';
import { NoteIcon } from '../ui/note-icon.tsx';
import { formatCount } from '../words/format.ts';
import { NEED_WORDS } from '../words/need-words.ts';
import { shownTitleOf } from '../words/note-words.ts';
import { OUTCOME_WORDS } from './filter-words.ts';

/** The most actions that a row names. */
const ACTIONS_MAX = 4;

export interface StepRowProps {
  id: string;
  stepIndex: number;
  /** Of all rows, from 1, with the headings. */
  rowIndex: number;
  topPx: number;
  glance: StepGlance;
  /** Absent while the line of the step is not at hand. */
  text: RowText | undefined;
  /** How much it is needed for the finding that is explained, if one is. */
  need: Need | undefined;
  isCurrent: boolean;
  isActive: boolean;
  isChosen: boolean;
  /** The notes on the step, alone or among others. */
  notes: readonly Note[];
  /** Whether other steps alone are lit. */
  isDimmed: boolean;
  onPress: (isExtending: boolean) => void;
}

/** A step in a line: what its glance says at once, and the rest when its line is there. */
export function StepRow(props: StepRowProps): ReactNode {
  const { stepIndex, glance, text, need, isCurrent, isActive, isChosen, topPx, onPress } = props;
  const mark = markOf(glance);
  const operation = text?.operation ?? OPERATION_WORDS[glance.operation];
  const outcome = text?.outcome ?? OUTCOME_WORDS[outcomeOf(glance)];
  const tone = toneOfOutcome(glance);
  return (
    <tr
      id={props.id}
      aria-rowindex={props.rowIndex}
      aria-selected={isChosen}
      aria-current={isCurrent ? 'step' : undefined}
      data-active={isActive}
      data-need={need}
      data-dimmed={props.isDimmed}
      className="steps-row"
      style={{ transform: `translateY(${topPx}px)` }}
      onClick={(event) => onPress(event.shiftKey)}
      onContextMenu={(event) => menuOfStep(event, stepIndex)}
    >
      <td className="steps-cell steps-number data">
        <Noted notes={props.notes} />
        {formatCount(stepIndex)}
      </td>
      <td className="steps-cell steps-icon">
        {mark && (
          <span title={MARK_MEANINGS[mark]}>
            <MarkIcon mark={mark} size={13} />
            <span className="visually-hidden">{MARK_MEANINGS[mark]}</span>
          </span>
        )}
      </td>
      <td
        className="steps-cell truncate"
        title={[operation, text?.brief].filter(Boolean).join(' ')}
      >
        {need && (
          <span className="steps-need" title={NEED_WORDS[need]}>
            <NeedIcon need={need} />
            <span className="visually-hidden">{NEED_WORDS[need]}</span>
          </span>
        )}
        <span className={text ? '' : 'muted'}>{operation}</span>
        {text && text.brief !== '' && <span className="steps-brief data">{text.brief}</span>}
      </td>
      <td className={`steps-cell truncate ink-${tone}`} title={outcome}>
        {outcome}
      </td>
      <td className="steps-cell steps-actions truncate">
        {text && <Actions actions={text.actions} />}
      </td>
      <td className="steps-cell steps-number data">
        <Changes changes={text?.changes} hasChanged={glance.hasChangedState} />
      </td>
      <td className="steps-cell steps-number data ink-finding">
        {glance.hasFinding && (
          <span className="steps-findings" title={text?.findings.join('\n')}>
            <CircleAlert size={12} aria-hidden />
            {text ? formatCount(text.findings.length) : ''}
          </span>
        )}
      </td>
    </tr>
  );
}

/** The icon of the first note with a text, or of a bookmark. */
function Noted({ notes }: { notes: readonly Note[] }): ReactNode {
  const first = notes.find((note) => !isBookmark(note)) ?? notes[0];
  if (!first) return null;
  const kind = isBookmark(first) ? 'bookmarked' : 'noted';
  return (
    <span className="steps-noted" data-kind={kind} title={notes.map(shownTitleOf).join('\n')}>
      <NoteIcon note={first} size={11} />
      <span className="visually-hidden">{kind} </span>
    </span>
  );
}

const SIGNS: Readonly<Record<RowAction['kind'], readonly [sign: string, meaning: string]>> = {
  completed: ['◆', 'completes'],
  delivered: ['◇', 'brings a result of'],
  tracked: ['→', 'emits'],
  untracked: ['→', 'emits, untracked,'],
};

function Actions({ actions }: { actions: readonly RowAction[] }): ReactNode {
  const hidden = actions.length - ACTIONS_MAX;
  return (
    <>
      {actions.slice(0, ACTIONS_MAX).map(({ kind, text }, at) => (
        <span
          key={at}
          className={`steps-action ink-${kind === 'untracked' ? 'untracked' : 'tracked'}`}
          title={`${SIGNS[kind][1]} ${text}`}
        >
          <span aria-hidden>{SIGNS[kind][0]}</span>
          <span className="visually-hidden">{SIGNS[kind][1]}</span> {text}
        </span>
      ))}
      {hidden > 0 && <span className="muted">+{formatCount(hidden)}</span>}
    </>
  );
}

/** How many places of the state a step changed; dashed when they were rolled back. */
function Changes({
  changes,
  hasChanged,
}: {
  changes: number | undefined;
  hasChanged: boolean;
}): ReactNode {
  if (changes === undefined) return hasChanged ? '±' : '';
  if (changes > 0) return `±${formatCount(changes)}`;
  if (changes === 0) return '';
  return (
    <span className="muted steps-undone" title="changed, and rolled back">
      ±{formatCount(-changes)}
    </span>
  );
}
