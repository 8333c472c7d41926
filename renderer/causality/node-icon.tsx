import {
  Ban,
  Check,
  CornerDownLeft,
  Flag,
  LogIn,
  MailX,
  Play,
  RotateCcw,
  Send,
  SendHorizontal,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Operation, OPERATION_WORDS } from '../../core/machine/operation.ts';

/** The meanings of icons, in nodes and in the legend. */
export type IconName =
  | (typeof OPERATION_WORDS)[Operation['kind']]
  | 'tracked'
  | 'untracked'
  | 'start'
  | 'ok'
  | 'rejected';

const ICONS: Readonly<Record<IconName, LucideIcon>> = {
  input: LogIn,
  completion: CornerDownLeft,
  crash: Zap,
  restore: RotateCcw,
  loss: MailX,
  settled: Flag,
  tracked: Send,
  untracked: SendHorizontal,
  start: Play,
  ok: Check,
  rejected: Ban,
};

/** A small icon; the words beside it have the same meaning. */
export function NodeIcon({ name, size = 13 }: { name: IconName; size?: number }): ReactNode {
  const Icon = ICONS[name];
  return <Icon size={size} strokeWidth={2} aria-hidden className={`causality-icon is-${name}`} />;
}
