import { Copy, FileWarning, Hourglass, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../../core/problem.ts';
import { copyText } from '../session/clipboard.ts';
import { dismiss } from '../session/closing.ts';
import { isSameMachine, machineOf, type MachineEntry } from '../session/model.ts';
import { machineNameOf } from '../session/names.ts';
import { useProblems } from '../session/notices.ts';
import { stopMachine } from '../session/running.ts';
import { selectRun, useSession } from '../session/store.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import './problems.css';

/** Everything that is wrong now, over the width of the window. */
export function Problems(): ReactNode {
  return (
    <div className="problems">
      <Reported />
      <SourceProblem />
      <SilentMachine />
    </div>
  );
}

/** What went wrong and was not dismissed yet: cause, remedy, and details to copy. */
function Reported(): ReactNode {
  const problems = useProblems();
  return problems.map((shown) => {
    const { id, problem } = shown;
    return (
      <Banner key={id} icon={TriangleAlert} tone="finding" {...problem}>
        <Button icon={Copy} onPress={() => void copyText(textOf(problem), 'the problem')}>
          Copy
        </Button>
        <IconButton icon={X} label="Dismiss" onPress={() => dismiss(shown)} />
      </Banner>
    );
  });
}

function textOf({ title, remedy, details }: Problem): string {
  return [title, remedy, details].filter((part) => part !== undefined).join('\n\n');
}

/** Why what was saved last cannot be loaded. It stays until a good source is saved. */
function SourceProblem(): ReactNode {
  const broken = useSession(({ machines }) =>
    machines.find(({ saveProblem }) => saveProblem !== undefined),
  );
  const run = useSession(selectRun);
  const problem = broken?.saveProblem;
  if (!problem) return null;
  const own = run && machineOf(run.origin);
  const isShown = own !== undefined && isSameMachine(own, broken.ref);
  return (
    <Banner
      icon={FileWarning}
      tone="finding"
      title={problem.title}
      remedy={describeConsequence(broken, isShown)}
      details={problem.details}
    />
  );
}

function describeConsequence({ info, ref }: MachineEntry, isShown: boolean): string {
  if (info === undefined) return 'It opens as soon as a good source is saved.';
  const what = isShown ? 'The run on the screen' : `What is open of ${machineNameOf(ref)}`;
  return `${what} is of the last good source. Save the file again when it is mended.`;
}

const SILENT_REMEDY =
  'It may be in an endless loop. Wait for it, or stop it: the steps so far are kept, and the next ' +
  'run starts it again.';

/** Shown while a busy machine says nothing: it may be in an endless loop. */
function SilentMachine(): ReactNode {
  const silent = useSession((state) =>
    state.machines.find(({ silentMs }) => silentMs !== undefined),
  );
  if (!silent) return null;
  return (
    <Banner
      icon={Hourglass}
      tone="rejected"
      title={`The machine ${machineNameOf(silent.ref)} does not answer.`}
      remedy={SILENT_REMEDY}
    >
      <Button onPress={() => stopMachine(silent.ref)}>Stop the machine</Button>
    </Banner>
  );
}
