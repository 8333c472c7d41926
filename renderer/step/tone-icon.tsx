import { Check, CircleAlert, X, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepTone } from '../words/describe.ts';

/** What the simulation does has marks instead. */
const ICONS: Readonly<Partial<Record<StepTone, LucideIcon>>> = {
  ok: Check,
  rejected: X,
  finding: CircleAlert,
};

/** The icon of how the machine answered, in its colour; the shape alone tells them apart. */
export function ToneIcon({ tone, size = 14 }: { tone: StepTone; size?: number }): ReactNode {
  const Icon = ICONS[tone] ?? Check;
  return <Icon size={size} strokeWidth={2} aria-hidden className={`ink-${tone}`} />;
}
