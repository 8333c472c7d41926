import { Shrink } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '../../core/machine/executed.ts';
import { shrinkTo } from '../session/shrinks.ts';
import { selectRun, useSession } from '../session/store.ts';
import { IconButton } from '../ui/icon-button.tsx';
import './shrink-finding.css';

/** Shrinks the run to a finding, where it comes from a machine. */
export function ShrinkFinding({ finding }: { finding: Finding }): ReactNode {
  const isShrinkable = useSession((state) => selectRun(state)?.origin.kind === 'machine');
  if (!isShrinkable) return null;
  return <IconButton icon={Shrink} command="shrink" onPress={() => shrinkTo(finding)} />;
}
