import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  Header,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
  Select,
  SelectValue,
  Text,
} from 'react-aria-components';
import { shownLine, shownLines, shownName } from '../words/shown.ts';
import './field.css';
import './picker.css';
import './popover.css';

/** One thing to pick. */
export interface PickerItem {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
}

export interface PickerProps {
  /** Names the field; it is not shown, since the value speaks for itself. */
  label: string;
  sections: readonly { readonly title?: string; readonly items: readonly PickerItem[] }[];
  selected: string | undefined;
  placeholder: string;
  isDisabled?: boolean;
  className?: string;
  onPick: (id: string) => void;
}

/** A field that is set by picking from a list. */
export function Picker(props: PickerProps): ReactNode {
  const { label, sections, selected, placeholder, isDisabled = false, onPick } = props;
  return (
    <Select
      className={`picker ${props.className ?? ''}`}
      aria-label={label}
      placeholder={placeholder}
      isDisabled={isDisabled}
      value={selected ?? null}
      onChange={(key) => {
        if (key !== null) onPick(String(key));
      }}
    >
      <Button className="field picker-button">
        <SelectValue className="truncate">
          {({ selectedText, isPlaceholder }) =>
            isPlaceholder ? placeholder : <span title={selectedText}>{selectedText}</span>
          }
        </SelectValue>
        <ChevronDown size={14} aria-hidden />
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="picker-list">
          {sections.map(({ title, items }) => (
            <ListBoxSection key={title ?? ''} id={title ?? 'items'} aria-label={title ?? label}>
              {title !== undefined && <Header className="picker-header">{shownLine(title)}</Header>}
              {items.map((item) => (
                <PickerRow key={item.id} item={item} />
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

function PickerRow({ item }: { item: PickerItem }): ReactNode {
  return (
    <ListBoxItem id={item.id} textValue={shownName(item.label)} className="picker-item">
      <>
        <Check size={14} aria-hidden />
        <span>
          <Text slot="label">{shownLine(item.label)}</Text>
          {item.description !== undefined && (
            <Text slot="description" className="picker-description">
              {shownLines(item.description)}
            </Text>
          )}
        </span>
      </>
    </ListBoxItem>
  );
}
