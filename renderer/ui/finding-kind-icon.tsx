import {
  FlagTriangleRight,
  OctagonX,
  Scale,
  ShieldX,
  TimerOff,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { FindingKind } from '../../core/machine/finding.ts';

/** A shape for each kind of finding, so that they can be distinguished without colour. */
const ICONS: Readonly<Record<FindingKind, LucideIcon>> = {
  invariant: ShieldX,
  rule: Scale,
  panic: OctagonX,
  settled: FlagTriangleRight,
  hang: TimerOff,
};

/** The kind of a finding as an icon; the words stand beside it. */
export function FindingKindIcon({ kind }: { kind: FindingKind }): ReactNode {
  const Icon = ICONS[kind];
  return <Icon size={16} strokeWidth={1.75} aria-hidden className="ink-finding kind-icon" />;
}
