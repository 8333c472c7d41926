import { ChevronDown } from 'lucide-react';
import {
  memo,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import type { CommandId } from '../words/commands.ts';
import { fittingTabs } from './fitting-tabs.ts';
import { MenuButton } from './menu-button.tsx';
import './panel.css';
import './tabs.css';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** The command that selects it. */
  readonly command: CommandId;
}

export interface TabsProps<Id extends string> {
  /** Names the row of tabs. */
  label: string;
  tabs: readonly Tab<Id>[];
  selected: Id;
  onSelect: (id: Id) => void;
  /** What stands at the end of the row. */
  tools?: ReactNode;
  /** The content of the selected tab. */
  children: ReactNode;
}

/**
 * Views that take turns in one place; tabs for which there is no room are in a menu. The ready-made tab
 * panel of react-aria searches its whole content for something to focus after every change in it, which
 * costs more than a step does.
 */
export function Tabs<Id extends string>({ children, ...bar }: TabsProps<Id>): ReactNode {
  return (
    <div className="panel">
      <TabBar {...bar} />
      <div
        id="tab-panel"
        className="tab-panel"
        role="tabpanel"
        aria-labelledby={tabId(bar.selected)}
      >
        {children}
      </div>
    </div>
  );
}

/**
 * The row of tabs, which stays as it is while the content changes from step to step. The types of React know
 * no type parameters of what `memo` makes.
 */
const TabBar = memo(TabBarOf) as typeof TabBarOf;

function TabBarOf<Id extends string>(props: Omit<TabsProps<Id>, 'children'>): ReactNode {
  const { label, tabs, selected, onSelect, tools } = props;
  const row = useRef<HTMLDivElement>(null);
  const shown = useFittingTabs(row, tabs, selected);
  const others = tabs.filter((tab) => !shown.includes(tab));
  const move = (event: KeyboardEvent) => {
    const stride = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (stride === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex(({ id }) => id === selected);
    const next = tabs[(at + stride + tabs.length) % tabs.length];
    if (!next) return;
    onSelect(next.id);
    // A tab that was in the menu is in the row by then.
    requestAnimationFrame(() => document.getElementById(tabId(next.id))?.focus());
  };
  return (
    <div className="tab-bar">
      <div className="tab-row" ref={row}>
        <div className="tab-list" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={move}>
          {tabs.map(({ id, label: name }) => (
            <button
              key={id}
              type="button"
              data-unseen={others.some((other) => other.id === id)}
              role="tab"
              id={tabId(id)}
              aria-selected={id === selected}
              aria-controls="tab-panel"
              tabIndex={id === selected ? 0 : -1}
              onClick={() => onSelect(id)}
            >
              {name}
            </button>
          ))}
        </div>
        {others.length > 0 && (
          <MenuButton
            label="More views"
            sections={[{ title: 'More views', choices: others }]}
            onChoose={(chosen) => {
              const tab = others.find(({ id }) => id === chosen);
              if (tab) onSelect(tab.id);
            }}
          >
            More
            <ChevronDown size={14} aria-hidden />
          </MenuButton>
        )}
      </div>
      {tools}
    </div>
  );
}

function tabId(id: string): string {
  return `tab-${id}`;
}

/** The tabs for which the row has room. The others stay in it unseen, so that they can be measured. */
function useFittingTabs<Id extends string>(
  row: RefObject<HTMLDivElement | null>,
  tabs: readonly Tab<Id>[],
  selected: Id,
): readonly Tab<Id>[] {
  const [sizes, setSizes] = useState<{ roomPx: number; widthsPx: ReadonlyMap<string, number> }>();
  const ids = tabs.map(({ id }) => id).join(' ');
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return undefined;
    const buttons = ids.split(' ').flatMap((id) => {
      const button = document.getElementById(tabId(id));
      return button ? [[id, button] as const] : [];
    });
    const observer = new ResizeObserver(() =>
      setSizes({
        roomPx: element.clientWidth,
        widthsPx: new Map(buttons.map(([id, button]) => [id, button.offsetWidth])),
      }),
    );
    for (const observed of [element, ...buttons.map(([, button]) => button)]) {
      observer.observe(observed);
    }
    return () => observer.disconnect();
  }, [row, ids]);
  if (!sizes) return tabs;
  const fitting = fittingTabs(
    tabs.map(({ id }) => sizes.widthsPx.get(id) ?? 0),
    tabs.findIndex(({ id }) => id === selected),
    sizes.roomPx,
  );
  return tabs.filter((_, at) => fitting.has(at));
}
