import { ChevronDown, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RunEntry } from '../session/model.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import { showCommandOf } from '../words/commands.ts';
import { VIEWS, type ViewId } from '../words/views.ts';
import { ArrangeMenu } from './arrange-menu.tsx';
import { closePane, noteFocus, showViewIn } from './panes.ts';
import { viewsOf, ViewIcon } from './views.tsx';

/** One of several panes: a slim header, and a view. */
export function Pane({
  view,
  run,
  isFocused,
  children,
}: {
  view: ViewId;
  run: RunEntry;
  isFocused: boolean;
  children: ReactNode;
}): ReactNode {
  const { label } = VIEWS[view];
  return (
    <section
      className="pane"
      aria-label={`${label} pane`}
      data-focused={isFocused}
      tabIndex={-1}
      onFocusCapture={() => noteFocus(view)}
      onPointerDownCapture={() => noteFocus(view)}
    >
      <header className="pane-head">
        <MenuButton
          label={`View of this pane: ${label}`}
          className="pane-view"
          sections={[
            {
              title: 'Views',
              choices: viewsOf(run).map((id) => ({
                id,
                label: VIEWS[id].label,
                command: showCommandOf(id),
                isCurrent: id === view,
              })),
            },
          ]}
          onChoose={(id) => showViewIn(view, id as ViewId)}
        >
          <ViewIcon view={view} />
          {label}
          <ChevronDown size={12} aria-hidden />
        </MenuButton>
        <span className="spacer" />
        <ArrangeMenu view={view} />
        <IconButton icon={X} command="closePane" size="small" onPress={() => closePane(view)} />
      </header>
      <div className="pane-body">{children}</div>
    </section>
  );
}
