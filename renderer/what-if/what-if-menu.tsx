import { useCallback, useRef, type ReactNode } from 'react';
import { Header, Menu, MenuItem, MenuSection, Popover } from 'react-aria-components';
import type { NotePlace } from '../../core/trace/format/notes.ts';
import { possibleAt, type PossibleId } from '../../core/trace/possible-changes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { isForkable } from '../session/forks.ts';
import type { RunEntry } from '../session/model.ts';
import { askNote } from '../session/note-draft.ts';
import { toggleBookmark } from '../session/notes.ts';
import { copyCommand, copyLink } from '../session/places.ts';
import { useSession } from '../session/store.ts';
import { askWhatIf, closeWhatIfMenu, useWhatIf, type WhatIf } from '../session/what-if.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { COMMANDS } from '../words/commands.ts';
import { formatStepIndex } from '../words/format.ts';
import { POSSIBLE_WORDS } from '../words/possible-words.ts';
import { shownLabel } from '../words/shown.ts';
import '../ui/menu-button.css';
import '../ui/popover.css';

/** What can be done with a step, as a menu where the pointer is. */
export function WhatIfMenu(): ReactNode {
  const whatIf = useWhatIf();
  const run = useSession(({ runs }) => runs.find(({ id }) => id === whatIf?.runId));
  if (!whatIf?.menuAt || !run?.trace) return null;
  return <MenuOfStep run={run} trace={run.trace} whatIf={whatIf} at={whatIf.menuAt} />;
}

/** Something to choose from the menu. */
interface Choice {
  readonly id: string;
  readonly title: string;
  readonly act: () => void;
}

interface Choices {
  readonly title: string;
  readonly choices: readonly Choice[];
}

function MenuOfStep({
  run,
  trace,
  whatIf,
  at,
}: {
  run: RunEntry;
  trace: Trace;
  whatIf: WhatIf;
  at: NonNullable<WhatIf['menuAt']>;
}): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null);
  const { stepIndex } = whatIf;
  const canFork = isForkable(run);
  const compute = useCallback(
    () => (canFork ? possibleAt(trace, stepIndex).map(({ id }) => id) : []),
    [canFork, trace, stepIndex],
  );
  const { result: possible } = useLoaded(trace, compute);
  const sections = possible ? sectionsOf(run, trace, whatIf, possible) : [];
  return (
    <>
      <span
        ref={anchor}
        aria-hidden
        className="what-if-anchor"
        style={{ left: at.xPx, top: at.yPx }}
      />
      <Popover
        className="popover"
        triggerRef={anchor}
        placement="bottom start"
        offset={2}
        isOpen={sections.length > 0}
        onOpenChange={(isOpen) => {
          if (!isOpen) closeWhatIfMenu();
        }}
      >
        <Menu
          className="menu"
          aria-label={formatStepIndex(stepIndex)}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a menu has the focus while it is open.
          autoFocus="first"
          onAction={(chosen) =>
            sections
              .flatMap(({ choices }) => choices)
              .find(({ id }) => id === chosen)
              ?.act()
          }
        >
          {sections.map(({ title, choices }) => (
            <MenuSection key={title} className="menu-section">
              <Header className="picker-header">{title}</Header>
              {choices.map((choice) => (
                <MenuItem
                  key={choice.id}
                  id={choice.id}
                  textValue={choice.title}
                  className="menu-item what-if-item"
                >
                  <span>{choice.title}</span>
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </>
  );
}

function sectionsOf(
  run: RunEntry,
  trace: Trace,
  { stepIndex, spanIndex }: WhatIf,
  possible: readonly PossibleId[],
): readonly Choices[] {
  const whatIf: Choices = {
    title: `What if, at ${formatStepIndex(stepIndex)}`,
    choices: possible.map((id) => ({
      id,
      title: `${POSSIBLE_WORDS[id].title}…`,
      act: () => askWhatIf({ stepIndex, chosen: id }),
    })),
  };
  const copy: Choices = {
    title: 'Copy',
    choices: [
      { id: 'copyLink', title: COMMANDS.copyLink.title, act: () => void copyLink(stepIndex) },
      {
        id: 'copyCommand',
        title: COMMANDS.copyCommand.title,
        act: () => void copyCommand(stepIndex),
      },
    ],
  };
  const span = spanIndex === undefined ? undefined : trace.spans[spanIndex];
  return [
    ...(possible.length > 0 ? [whatIf] : []),
    {
      title: 'Note',
      choices: [
        { id: 'bookmark', title: COMMANDS.bookmark.title, act: () => mark(run, stepIndex) },
        {
          id: 'writeNote',
          title: COMMANDS.writeNote.title,
          act: () => askNote(run, { step: stepIndex }),
        },
        ...(span
          ? [
              noteOn(run, `Write a note on ${shownLabel(span.action)}…`, {
                step: span.emittedAt,
                action: span.id,
              }),
            ]
          : []),
      ],
    },
    copy,
  ];
}

function mark(run: RunEntry, step: number): void {
  toggleBookmark(run, { step });
}

function noteOn(run: RunEntry, title: string, place: NotePlace): Choice {
  return { id: 'noteOnAction', title, act: () => askNote(run, place) };
}
