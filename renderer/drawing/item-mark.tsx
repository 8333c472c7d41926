import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Minus,
  Pencil,
  Plus,
  type LucideIcon,
} from 'lucide-react';
import { createElement, type ReactNode } from 'react';
import type { DrawingChanges } from '../../core/drawing/changes.ts';
import { marksOf, wordsOf } from './marks.ts';
import './item-mark.css';

const TONES: Readonly<Record<string, LucideIcon>> = {
  good: CircleCheck,
  waiting: CircleDashed,
  bad: CircleAlert,
};
const CHANGES: Readonly<Record<string, LucideIcon>> = {
  new: Plus,
  changed: Pencil,
  gone: Minus,
};

/** The shapes of an item's tone and of its change, so that neither needs its colour. */
export function ItemMark({
  item,
  changes,
}: {
  item: { readonly id: string; readonly tone?: string | undefined };
  changes: DrawingChanges;
}): ReactNode {
  const words = wordsOf(item, changes);
  if (words === '') return null;
  const marks = marksOf(item, changes);
  return (
    <span className="item-mark">
      {iconOf(TONES, marks['data-tone'], 'item-tone')}
      {iconOf(CHANGES, marks['data-change'], 'item-change')}
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

function iconOf(
  icons: Readonly<Record<string, LucideIcon>>,
  name: string | undefined,
  className: string,
): ReactNode {
  const icon = name === undefined ? undefined : icons[name];
  return icon && createElement(icon, { size: 12, strokeWidth: 2, 'aria-hidden': true, className });
}
