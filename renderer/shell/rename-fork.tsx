import { useState, type ReactNode } from 'react';
import { nameOfFork, renameFork } from '../session/forks.ts';
import type { RunEntry } from '../session/model.ts';
import { selectRun, useSession } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { ui, useUi } from './ui-store.ts';
import './go-to-step.css';

/** Asks for another name of the fork on the screen. */
export function RenameFork(): ReactNode {
  const run = useSession(selectRun);
  const isOpen = useUi((state) => state.dialog === 'renameFork') && run !== undefined;
  const close = () => ui.setState({ dialog: undefined });
  return (
    <WindowDialog title="Rename the fork" isOpen={isOpen} onClose={close}>
      {run && <NameForm run={run} onDone={close} />}
    </WindowDialog>
  );
}

function NameForm({ run, onDone }: { run: RunEntry; onDone: () => void }): ReactNode {
  const [name, setName] = useState(nameOfFork(run) ?? '');
  return (
    <form
      className="dialog-body step-form"
      onSubmit={(event) => {
        event.preventDefault();
        renameFork(run.id, name);
        onDone();
      }}
    >
      <Field
        label="Name"
        value={name}
        isInvalid={false}
        isNumber={false}
        isFirst
        onChange={setName}
      />
      <Button variant="primary" isSubmit>
        Rename
      </Button>
      <p className="muted small">Without a name, the fork is named after its change.</p>
    </form>
  );
}
