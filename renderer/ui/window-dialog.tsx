import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from './icon-button.tsx';

export interface WindowDialogProps {
  title: string;
  /** Without a heading, the title only names the dialog. */
  hasHeading?: boolean;
  isOpen: boolean;
  onClose: () => void;
  className?: string;
  children: ReactNode;
}

/** A dialog over the window; Escape and a click beside it close it. */
export function WindowDialog(props: WindowDialogProps): ReactNode {
  const { title, hasHeading = true, isOpen, onClose, className = '', children } = props;
  return (
    <ModalOverlay
      className="dialog-overlay"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
    >
      <Modal className={`dialog ${className}`}>
        <Dialog aria-label={title}>
          {hasHeading && (
            <header className="dialog-header">
              <Heading slot="title">{title}</Heading>
              <IconButton icon={X} label="Close" onPress={onClose} />
            </header>
          )}
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
