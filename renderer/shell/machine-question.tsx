import { FolderOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as RowButton } from 'react-aria-components';
import { request } from '../api.ts';
import { machineNameOf } from '../session/names.ts';
import { useSession, type MachineQuestion } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { shownLine, shownName } from '../words/shown.ts';
import './machine-question.css';

/** How many machines that were opened before are offered. */
const RECENTS_SHOWN_MAX = 4;

/** Asks which file the machine of a trace is. */
export function MachineDialog(): ReactNode {
  const question = useSession((state) => state.machineQuestion);
  return (
    <WindowDialog
      title="Which machine is this trace of?"
      isOpen={question !== undefined}
      onClose={() => question?.answer(undefined)}
    >
      {question && <Question question={question} />}
    </WindowDialog>
  );
}

function Question({ question: { name, answer } }: { question: MachineQuestion }): ReactNode {
  const recents = useSession((state) => state.recents);
  const machines = recents.filter(({ kind }) => kind === 'machine').slice(0, RECENTS_SHOWN_MAX);
  return (
    <div className="dialog-body machine-question">
      <p>
        The trace names the machine <span className="data">{shownName(name)}</span>, which is not
        open. It does not say which file that is, and opening it has run nothing.
      </p>
      <p className="muted">
        The file that you choose is opened as a machine: its code, and the code that it imports,
        runs on this computer.
      </p>
      {machines.length > 0 && (
        <ul className="question-files" aria-label="Opened before">
          {machines.map(({ path }) => (
            <li key={path}>
              <RowButton className="question-file" onPress={() => answer(path)}>
                <span>{shownName(machineNameOf({ kind: 'file', path }))}</span>
                <span className="muted small truncate">{shownLine(path)}</span>
              </RowButton>
            </li>
          ))}
        </ul>
      )}
      <div className="dialog-buttons">
        <Button onPress={() => answer(undefined)}>Not now</Button>
        <Button variant="primary" icon={FolderOpen} onPress={() => void choose(answer)}>
          Choose its machine file…
        </Button>
      </div>
    </div>
  );
}

/** The question stays while the person has not chosen. */
async function choose(answer: MachineQuestion['answer']): Promise<void> {
  const chosen = await request('chooseFile', 'machine');
  if (chosen) answer(chosen.path);
}
