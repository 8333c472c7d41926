import { meantKey } from '../ui/keys.ts';
import { addressId, parseAddress } from './expansion.ts';
import type { TreeRows } from './tree-rows.ts';

/** The action of a key in the tree; the kinds are named as in `RowActions`. */
export type KeyAction =
  | { readonly kind: 'move'; readonly index: number }
  | {
      readonly kind:
        | 'toggle'
        | 'pin'
        | 'findWriter'
        | 'showHistory'
        | 'showOrigin'
        | 'watch'
        | 'onlyChanges'
        | 'follow'
        | 'copyValue'
        | 'copyPath'
        | 'note';
    };

interface Key {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const DEEDS: Readonly<Record<string, Exclude<KeyAction['kind'], 'move'>>> = {
  p: 'pin',
  w: 'findWriter',
  h: 'showHistory',
  o: 'showOrigin',
  e: 'watch',
  s: 'onlyChanges',
  i: 'follow',
  c: 'copyValue',
  C: 'copyPath',
  m: 'note',
};

/**
 * Returns the action of a key at a row, as in ARIA's tree pattern; `undefined` if it would change
 * nothing here, so that the window can use the key for something else.
 *
 * @param page the rows that one page has.
 */
export function keyAction(
  { key: written, code, shiftKey, ctrlKey, metaKey, altKey }: Key,
  rows: TreeRows,
  index: number,
  page: number,
): KeyAction | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const row = rows.at(index);
  const key = meantKey({ key: written, code, shiftKey }, (one) => Object.hasOwn(DEEDS, one));
  switch (key) {
    case 'ArrowUp':
      return move(rows, index, index - 1);
    case 'ArrowDown':
      return move(rows, index, index + 1);
    case 'PageUp':
      return move(rows, index, Math.max(0, index - page));
    case 'PageDown':
      return move(rows, index, index + page);
    case 'Home':
      return move(rows, index, 0);
    case 'End':
      return move(rows, index, rows.length - 1);
    case 'ArrowRight':
      if (!row.canExpand) return undefined;
      return row.isExpanded ? move(rows, index, index + 1) : { kind: 'toggle' };
    case 'ArrowLeft':
      if (row.isExpanded) return { kind: 'toggle' };
      return move(rows, index, rows.indexOf(addressId(parseAddress(row.id).slice(0, -1))));
    case 'Enter':
    case ' ':
      return row.canExpand ? { kind: 'toggle' } : undefined;
    default: {
      const kind = Object.hasOwn(DEEDS, key) ? DEEDS[key] : undefined;
      return kind && { kind };
    }
  }
}

function move(rows: TreeRows, from: number, to: number): KeyAction | undefined {
  const index = Math.min(to, rows.length - 1);
  return index < 0 || index === from ? undefined : { kind: 'move', index };
}
