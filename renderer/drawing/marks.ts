import type { DrawingChanges } from '../../core/drawing/changes.ts';
import type { Drawing } from '../../core/drawing/drawing.ts';
import { shownLine } from '../words/shown.ts';

/** What a form needs: the drawing at the cursor, the one that it is compared with, and what changed. */
export interface FormProps<Kind extends Drawing['kind']> {
  readonly drawing: Extract<Drawing, { readonly kind: Kind }>;
  readonly before: Extract<Drawing, { readonly kind: Kind }> | undefined;
  readonly changes: DrawingChanges;
}

/** How an item is marked: `data-*` attributes that the style sheet knows. */
export function marksOf(
  { id, tone }: { readonly id: string; readonly tone?: string | undefined },
  { marks, gone }: DrawingChanges,
): { readonly 'data-tone'?: string; readonly 'data-change'?: string } {
  const change = gone.has(id) ? 'gone' : marks.get(id);
  return {
    ...(tone === undefined ? {} : { 'data-tone': tone }),
    ...(change === undefined ? {} : { 'data-change': change }),
  };
}

/** A change and a tone in words, for those who do not see their colours and shapes. */
export function wordsOf(
  { id, tone }: { readonly id: string; readonly tone?: string | undefined },
  { marks, gone }: DrawingChanges,
): string {
  const change = gone.has(id) ? 'gone' : marks.get(id);
  return [tone === 'muted' ? undefined : tone, change].filter(Boolean).join(', ');
}

/** A cell as text. */
export function cellText(cell: string | number | boolean | null): string {
  if (cell === null) return '';
  return typeof cell === 'string'
    ? shownLine(cell)
    : cell.toLocaleString('en-US').replaceAll(',', '\u202f');
}
