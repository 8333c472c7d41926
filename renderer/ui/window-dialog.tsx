import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from './icon-button.tsx';
import './window-dialog.css';

export interface WindowDialogProps {
  title: string;
  /** Without a heading, the title only names the dialog. */
  hasHeading?: boolean;
  isOpen: boolean;
  onClose: () => void;
  width?: 'usual' | 'narrow' | 'wide';
  children: ReactNode;
}

/** A dialog over the window; Escape and a click beside it close it. */
export function WindowDialog(props: WindowDialogProps): ReactNode {
  const { title, hasHeading = true, isOpen, onClose, width = 'usual', children } = props;
  return (
    <ModalOverlay
      className="dialog-overlay"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
    >
      <Modal className="dialog" data-width={width}>
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
