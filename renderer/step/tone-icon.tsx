import { Check, CircleAlert, RotateCcw, X, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepTone } from '../design/describe.ts';

const ICONS = {
  ok: Check,
  rejected: X,
  finding: CircleAlert,
  crash: Zap,
  restore: RotateCcw,
} as const;

/** The icon of a tone, in its colour; the shape alone tells them apart. */
export function ToneIcon({ tone, size = 14 }: { tone: StepTone; size?: number }): ReactNode {
  const Icon = ICONS[tone];
  return <Icon size={size} strokeWidth={2} aria-hidden className={`ink-${tone}`} />;
}
