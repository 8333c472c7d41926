import { useState, type ReactNode } from 'react';
import { parseStepIndex } from '../../core/text/quantities.ts';
import { selectRun, useSession, useShownRun } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useSeek } from '../ui/seek.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { formatCount } from '../words/format.ts';
import { ui, useUi } from './ui-store.ts';
import './go-to-step.css';

/** Asks for a step and goes there. */
export function GoToStep(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'goToStep');
  const close = () => ui.setState({ dialog: undefined });
  return (
    <WindowDialog title="Go to step" width="narrow" isOpen={isOpen} onClose={close}>
      <StepForm onDone={close} />
    </WindowDialog>
  );
}

function StepForm({ onDone }: { onDone: () => void }): ReactNode {
  const seek = useSeek();
  const cursor = useShownRun()?.cursor.stepIndex ?? 0;
  const last = useSession((state) => (selectRun(state)?.trace?.length ?? 0) - 1);
  const [text, setText] = useState(String(Math.max(0, cursor)));
  const step = parseStepIndex(text, last);
  const isGood = step.kind === 'ok';
  return (
    <form
      className="dialog-body step-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGood) return;
        seek(step.value);
        onDone();
      }}
    >
      <Field
        label={`Step, 0 to ${last}`}
        value={text}
        isInvalid={!isGood}
        isFirst
        onChange={setText}
      />
      <Button variant="primary" isSubmit isDisabled={!isGood}>
        Go
      </Button>
      <p className={isGood ? 'muted small' : 'ink-finding small'}>
        A step from 0 to {formatCount(last)}.
      </p>
    </form>
  );
}
