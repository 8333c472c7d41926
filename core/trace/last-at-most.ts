/** The index of the last item that is at most `limit` in an ascending list; -1 if there is none. */
export function lastAtMost(ascending: ArrayLike<number>, limit: number): number;
export function lastAtMost<Item>(
  ascending: ArrayLike<Item>,
  limit: number,
  numberOf: (item: Item) => number,
): number;
export function lastAtMost<Item>(
  ascending: ArrayLike<Item>,
  limit: number,
  numberOf: (item: Item) => number = Number,
): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberOf(ascending[middle] as Item) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
