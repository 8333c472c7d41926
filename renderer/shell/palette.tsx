import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { Input, SearchField } from 'react-aria-components';
import './palette.css';

/** The field of a palette. Escape closes the palette, whatever is in the field. */
export function PaletteSearch({
  label,
  placeholder,
  onClose,
}: {
  label: string;
  placeholder: string;
  onClose: () => void;
}): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-autofocus -- a palette is there to type in.
    <SearchField className="palette-search" aria-label={label} autoFocus>
      <Search size={16} aria-hidden />
      <Input
        placeholder={placeholder}
        onKeyDown={({ key }) => {
          if (key === 'Escape') onClose();
        }}
      />
    </SearchField>
  );
}

/** What a palette finds. Its items follow the arrow keys in the field, and it scrolls by keyboard as well. */
export function PaletteList({ children }: { children: ReactNode }): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls by keyboard.
    <div className="palette-list" tabIndex={0}>
      {children}
    </div>
  );
}
