import type { ReactNode } from 'react';
import { Dialog, Popover as AriaPopover } from 'react-aria-components';
import './popover.css';

export interface PopoverProps {
  /** Names what the popover holds. */
  label: string;
  placement: 'bottom start' | 'bottom end' | 'top start';
  className?: string;
  /** The content, which is given the way to close the popover. */
  children: (close: () => void) => ReactNode;
}

/** A small dialog beside the button that opens it; both stand in a `DialogTrigger`. */
export function Popover({ label, placement, className = '', children }: PopoverProps): ReactNode {
  return (
    <AriaPopover className={`popover ${className}`} placement={placement} offset={6}>
      <Dialog className="popover-content" aria-label={label}>
        {({ close }) => children(close)}
      </Dialog>
    </AriaPopover>
  );
}
