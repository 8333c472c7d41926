/** A press of a key in the list. */
interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key does in the list. */
export type RowKeyAction =
  | { readonly kind: 'move'; readonly index: number; readonly isExtending: boolean }
  | { readonly kind: 'go' | 'all' | 'leave' | 'copy' | 'compare' };

/**
 * What a key does in the list; `undefined` when it is not the list's.
 *
 * @param active the index of the active row; -1 without rows.
 * @param pageRows the number of rows that a page has.
 */
export function rowKeyAction(
  { key, shiftKey, ctrlKey, metaKey, altKey }: Press,
  active: number,
  count: number,
  pageRows: number,
  hasSelection: boolean,
): RowKeyAction | undefined {
  if (count === 0 || altKey) return undefined;
  if (ctrlKey || metaKey) {
    if (shiftKey) return undefined;
    if (key === 'c') return { kind: 'copy' };
    return key === 'a' ? { kind: 'all' } : undefined;
  }
  if (key === 'Enter') return { kind: shiftKey && hasSelection ? 'compare' : 'go' };
  if (key === 'Escape') return hasSelection ? { kind: 'leave' } : undefined;
  const index = targetOf(key, active, count, pageRows);
  if (index === undefined) return undefined;
  const inside = Math.max(0, Math.min(index, count - 1));
  return { kind: 'move', index: inside, isExtending: shiftKey };
}

function targetOf(
  key: string,
  active: number,
  count: number,
  pageRows: number,
): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return active + 1;
    case 'ArrowUp':
      return active - 1;
    case 'PageDown':
      return active + pageRows;
    case 'PageUp':
      return active - pageRows;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
