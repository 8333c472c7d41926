import { Radar } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Popover,
  Tooltip,
  TooltipTrigger,
} from 'react-aria-components';
import { selectMachine, useSession } from '../session/store.ts';
import { SweepForm } from '../sweep/sweep-form.tsx';
import { Shortcut } from '../ui/icon-button.tsx';
import { ui, useUi } from './ui-store.ts';

/** The button beside Run, and the small form that it opens. */
export function SweepButton(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'sweep');
  const isReady = useSession((state) => selectMachine(state)?.info !== undefined);
  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(open) => ui.setState({ dialog: open ? 'sweep' : undefined })}
    >
      <TooltipTrigger delay={500}>
        <Button className="button sweep-button" aria-label="Sweep" isDisabled={!isReady}>
          <Radar size={14} aria-hidden /> <span className="sweep-button-text">Sweep</span>
        </Button>
        <Tooltip className="tooltip" offset={6}>
          Sweep many seeds
          <Shortcut command="sweep" />
        </Tooltip>
      </TooltipTrigger>
      <Popover className="popover sweep-popover" placement="bottom end" offset={6}>
        <Dialog aria-label="Sweep many seeds">
          <SweepForm onDone={() => ui.setState({ dialog: undefined })} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
