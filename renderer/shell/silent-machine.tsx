import { Hourglass } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { stopMachine } from '../session/controller.ts';
import { machineNameOf } from '../session/model.ts';
import { useSession } from '../session/store.ts';

/** Told while a busy machine says nothing: it may be in an endless loop. */
export function SilentMachine(): ReactNode {
  const silent = useSession((state) =>
    state.machines.find(({ silentMs }) => silentMs !== undefined),
  );
  if (!silent) return null;
  return (
    <div className="problems">
      <div className="problem" role="alert">
        <Hourglass size={16} aria-hidden className="ink-rejected" />
        <div className="problem-text">
          <p>The machine {machineNameOf(silent.ref)} does not answer.</p>
          <p className="muted">
            It may be in an endless loop. Wait for it, or stop it: the steps so far are kept, and
            the next run starts it anew.
          </p>
        </div>
        <Button className="button" onPress={() => stopMachine(silent.ref)}>
          Stop the machine
        </Button>
      </div>
    </div>
  );
}
