import type { ReactNode } from 'react';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { AnswerList } from './answer-list.tsx';
import { AskForm } from './ask-form.tsx';
import './ask-dialog.css';

/**
 * Asks whether something always holds, of runs that were recorded before it was asked. What came of it
 * stays until the next question.
 */
export function AskDialog({
  isOpen,
  onClose,
}: {
  isOpen: boolean;
  onClose: () => void;
}): ReactNode {
  return (
    <WindowDialog title="Ask of runs" isOpen={isOpen} onClose={onClose} width="wide">
      <div className="dialog-body ask-dialog">
        <AskForm />
        <AnswerList onLeave={onClose} />
      </div>
    </WindowDialog>
  );
}
