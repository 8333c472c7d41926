import { Check, CircleAlert, X, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepTone } from '../../core/trace/words/step-words.ts';

/** Acts of the simulation have marks instead of icons. */
const ICONS: Readonly<Partial<Record<StepTone, LucideIcon>>> = {
  ok: Check,
  rejected: X,
  finding: CircleAlert,
};

/** The icon of an outcome, in its colour; the shapes differ without colour as well. */
export function ToneIcon({ tone, size = 14 }: { tone: StepTone; size?: number }): ReactNode {
  const Icon = ICONS[tone] ?? Check;
  return <Icon size={size} strokeWidth={2} aria-hidden className={`ink-${tone}`} />;
}
