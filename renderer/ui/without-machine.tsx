import { FolderOpen, Play, type LucideProps } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import { Button } from './button.tsx';
import { Placeholder } from './placeholder.tsx';

export interface WithoutMachineProps {
  icon: ComponentType<LucideProps>;
  /** The name of the machine. */
  name: string;
  /** Whether the machine is open, but nobody has let it work on the run yet. */
  isOpen: boolean;
  /** What the machine is needed for. */
  children: string;
  /** Names what it would do. */
  action: string;
  /** Opens the machine, if it is not, and lets it work on the run. */
  onAllow: () => void;
}

/** What a view shows of a run that its machine does not work on, with the way to let it. */
export function WithoutMachine(props: WithoutMachineProps): ReactNode {
  const { icon, name, isOpen, children, action, onAllow } = props;
  return (
    <Placeholder
      icon={icon}
      title={isOpen ? 'This trace was opened from a file' : 'This run is open without its machine'}
    >
      <p className="muted">{children}</p>
      <Button variant="primary" icon={isOpen ? Play : FolderOpen} onPress={onAllow}>
        {isOpen ? action : `Open ${name}`}
      </Button>
    </Placeholder>
  );
}
