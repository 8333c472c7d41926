import { useCallback, useRef, type ReactNode } from 'react';
import { Header, Menu, MenuItem, MenuSection, Popover } from 'react-aria-components';
import { possibleAt, type PossibleId } from '../../core/trace/possible-changes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { copyCommand, copyLink } from '../session/places.ts';
import { useSession } from '../session/store.ts';
import { askWhatIf, closeWhatIfMenu, useWhatIf, type WhatIf } from '../session/what-if.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { COMMANDS } from '../words/commands.ts';
import { formatStepIndex } from '../words/format.ts';
import { POSSIBLE_WORDS } from '../words/possible-words.ts';
import '../ui/menu-button.css';
import '../ui/popover.css';

/** What can be tried otherwise at a step, as a menu where the pointer is. */
export function WhatIfMenu(): ReactNode {
  const whatIf = useWhatIf();
  const trace = useSession(({ runs }) => runs.find(({ id }) => id === whatIf?.runId)?.trace);
  if (!whatIf?.menuAt || !trace) return null;
  return <MenuOfStep trace={trace} whatIf={whatIf} at={whatIf.menuAt} />;
}

function MenuOfStep({
  trace,
  whatIf: { stepIndex },
  at,
}: {
  trace: Trace;
  whatIf: WhatIf;
  at: NonNullable<WhatIf['menuAt']>;
}): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null);
  const compute = useCallback(() => possibleAt(trace, stepIndex), [trace, stepIndex]);
  const { result: possible = [] } = useLoaded(trace, compute);
  const title = `What if, at ${formatStepIndex(stepIndex)}`;
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
        isOpen={possible.length > 0}
        onOpenChange={(isOpen) => {
          if (!isOpen) closeWhatIfMenu();
        }}
      >
        <Menu
          className="menu"
          aria-label={title}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a menu has the focus while it is open.
          autoFocus="first"
          onAction={(id) => {
            if (id === 'copyLink') void copyLink(stepIndex);
            else if (id === 'copyCommand') void copyCommand(stepIndex);
            else askWhatIf({ stepIndex, chosen: id as PossibleId });
          }}
        >
          <MenuSection className="menu-section">
            <Header className="picker-header">{title}</Header>
            {possible.map(({ id }) => (
              <MenuItem
                key={id}
                id={id}
                textValue={POSSIBLE_WORDS[id].title}
                className="menu-item what-if-item"
              >
                <span>{POSSIBLE_WORDS[id].title}…</span>
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection className="menu-section">
            <Header className="picker-header">Copy</Header>
            {(['copyLink', 'copyCommand'] as const).map((id) => (
              <MenuItem
                key={id}
                id={id}
                textValue={COMMANDS[id].title}
                className="menu-item what-if-item"
              >
                <span>{COMMANDS[id].title}</span>
              </MenuItem>
            ))}
          </MenuSection>
        </Menu>
      </Popover>
    </>
  );
}
