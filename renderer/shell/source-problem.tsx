import { FileWarning } from 'lucide-react';
import type { ReactNode } from 'react';
import { isSameMachine, machineNameOf, machineOf, type MachineEntry } from '../session/model.ts';
import { selectRun, useSession } from '../session/store.ts';
import { Banner } from '../ui/banner.tsx';

/** Why what was saved last cannot be loaded. It stays until a good source is saved. */
export function SourceProblem(): ReactNode {
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
