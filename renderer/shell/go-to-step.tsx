import { useState, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { seek } from '../session/controller.ts';
import { selectRun, useSession } from '../session/store.ts';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { formatCount } from '../words/format.ts';
import { ui, useUi } from './ui-store.ts';
import './dialogs.css';

/** Asks for a step and goes there. */
export function GoToStep(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'goToStep');
  const close = () => ui.setState({ dialog: undefined });
  return (
    <WindowDialog title="Go to step" className="narrow" isOpen={isOpen} onClose={close}>
      <StepForm onDone={close} />
    </WindowDialog>
  );
}

function StepForm({ onDone }: { onDone: () => void }): ReactNode {
  const cursor = useSession((state) => selectRun(state)?.cursor ?? 0);
  const last = useSession((state) => (selectRun(state)?.trace?.length ?? 0) - 1);
  const [text, setText] = useState(String(Math.max(0, cursor)));
  const stepIndex = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  const isGood = stepIndex >= 0 && stepIndex <= last;
  return (
    <form
      className="dialog-body step-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGood) return;
        seek(stepIndex);
        onDone();
      }}
    >
      <input
        className="field data"
        aria-label={`Step, 0 to ${last}`}
        aria-invalid={!isGood}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- the dialog has nothing else to do.
        autoFocus
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
      />
      <Button className="button primary" type="submit" isDisabled={!isGood}>
        Go
      </Button>
      <p className="muted small">
        {isGood ? 'Enter goes there.' : `A whole number from 0 to ${formatCount(last)}.`}
      </p>
    </form>
  );
}
