import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** A button with a picture. Its name and its key are in the tooltip. */
export function IconButton({
  icon: Icon,
  name,
  shortcut,
  isDisabled = false,
  isInRow = false,
  onPress,
}: {
  icon: LucideIcon;
  name: string;
  shortcut?: string;
  isDisabled?: boolean;
  /** It stands in a row of the tree, which keeps the focus and has a key for the same. */
  isInRow?: boolean;
  onPress: () => void;
}): ReactNode {
  return (
    <button
      type="button"
      className="state-icon-button"
      aria-label={name}
      title={shortcut ? `${name} (${shortcut})` : name}
      disabled={isDisabled}
      {...(isInRow ? { tabIndex: -1, onMouseDown: (event) => event.preventDefault() } : {})}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden />
    </button>
  );
}
