import { Radar } from 'lucide-react';
import type { ReactNode } from 'react';
import { DialogTrigger } from 'react-aria-components';
import { useSession } from '../session/store.ts';
import { canSweep } from '../session/tasks/sweep.ts';
import { SweepForm } from '../sweep/sweep-form.tsx';
import { Button } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { Shortcut } from '../ui/shortcut.tsx';
import { Tip } from '../ui/tip.tsx';
import { ui, useUi } from './ui-store.ts';

/** The button beside Run, and the small form that it opens. */
export function SweepButton(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'sweep');
  const isReady = useSession(canSweep);
  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(open) => ui.setState({ dialog: open ? 'sweep' : undefined })}
    >
      <Tip
        content={
          <>
            Sweep many seeds <Shortcut command="sweep" />
          </>
        }
      >
        <Button icon={Radar} label="Sweep" isDisabled={!isReady}>
          <span className="sweep-button-text">Sweep</span>
        </Button>
      </Tip>
      <Popover label="Sweep many seeds" placement="bottom end">
        {(close) => <SweepForm onDone={close} />}
      </Popover>
    </DialogTrigger>
  );
}
