import { useRef, type ReactNode } from 'react';
import { Menu, MenuItem, Popover } from 'react-aria-components';
import { createPortal } from 'react-dom';
import { compareWith } from '../session/beside.ts';
import { closeRun } from '../session/closing.ts';
import type { RunEntry } from '../session/model.ts';
import { showRun } from '../session/running.ts';
import { selectRun, useSession } from '../session/store.ts';
import '../ui/menu-button.css';
import '../ui/popover.css';

/** Where a menu was opened. */
export interface MenuPlace {
  readonly xPx: number;
  readonly yPx: number;
}

/** What can be done with a run of the list, as a menu where the pointer is. */
export function RunMenu({
  run,
  at,
  onClose,
}: {
  run: RunEntry;
  at: MenuPlace;
  onClose: () => void;
}): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null);
  const shownId = useSession((state) => selectRun(state)?.id);
  const canCompare = shownId !== undefined && shownId !== run.id;
  const choose = (id: string) => {
    onClose();
    if (id === 'show') void showRun(run.id);
    else if (id === 'close') closeRun(run);
    else if (shownId !== undefined) compareWith(shownId, run.id);
  };
  return (
    <>
      {/* In the body: a panel keeps even what is fixed within its own bounds. */}
      {createPortal(
        <span
          ref={anchor}
          aria-hidden
          className="run-menu-anchor"
          style={{ left: at.xPx, top: at.yPx }}
        />,
        document.body,
      )}
      <Popover
        className="popover"
        triggerRef={anchor}
        placement="bottom start"
        offset={2}
        isOpen
        onOpenChange={(isOpen) => {
          if (!isOpen) onClose();
        }}
      >
        <Menu
          className="menu"
          aria-label="Run"
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a menu has the focus while it is open.
          autoFocus="first"
          disabledKeys={canCompare ? [] : ['compare']}
          onAction={(id) => choose(String(id))}
        >
          <MenuItem id="compare" className="menu-item">
            Compare with the run on the screen
          </MenuItem>
          <MenuItem id="show" className="menu-item">
            Show
          </MenuItem>
          <MenuItem id="close" className="menu-item">
            Close
          </MenuItem>
        </Menu>
      </Popover>
    </>
  );
}
