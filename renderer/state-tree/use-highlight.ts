import { useLayoutEffect, type RefObject } from 'react';

const HIGHLIGHT = 'state-search';

/**
 * Marks the text that was searched for in the rows on screen. It goes through the browser's own
 * highlights, which need no elements: keys and values stay as they are drawn. It runs after every
 * drawing, since scrolling brings other rows.
 */
export function useHighlight(element: RefObject<HTMLElement | null>, query: string): void {
  useLayoutEffect(() => {
    if (query === '' || !element.current) {
      CSS.highlights.delete(HIGHLIGHT);
      return;
    }
    CSS.highlights.set(HIGHLIGHT, new Highlight(...rangesOf(element.current, query.toLowerCase())));
    return () => {
      CSS.highlights.delete(HIGHLIGHT);
    };
  });
}

function rangesOf(element: HTMLElement, query: string): readonly Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement?.closest('[data-searched]')) continue;
    const text = (node.textContent ?? '').toLowerCase();
    for (let at = text.indexOf(query); at !== -1; at = text.indexOf(query, at + query.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + query.length);
      ranges.push(range);
    }
  }
  return ranges;
}
