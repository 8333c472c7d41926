import { Hourglass } from 'lucide-react';
import type { ReactNode } from 'react';
import { machineNameOf } from '../session/model.ts';
import { stopMachine } from '../session/running.ts';
import { useSession } from '../session/store.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';

const REMEDY =
  'It may be in an endless loop. Wait for it, or stop it: the steps so far are kept, and the next ' +
  'run starts it again.';

/** Shown while a busy machine says nothing: it may be in an endless loop. */
export function SilentMachine(): ReactNode {
  const silent = useSession((state) =>
    state.machines.find(({ silentMs }) => silentMs !== undefined),
  );
  if (!silent) return null;
  return (
    <Banner
      icon={Hourglass}
      tone="rejected"
      title={`The machine ${machineNameOf(silent.ref)} does not answer.`}
      remedy={REMEDY}
    >
      <Button onPress={() => stopMachine(silent.ref)}>Stop the machine</Button>
    </Banner>
  );
}
