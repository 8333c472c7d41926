/** Between two tabs, and before the menu of the others. */
const GAP_PX = 8;
/** The width of the button that opens the menu of the others. */
const MORE_PX = 76;

/**
 * Which tabs a row has room for: the first ones, and always the selected one.
 *
 * @param widthsPx the width of each tab.
 * @param selected the index of the selected tab.
 * @param roomPx the width of the row. The button of the menu takes its part of it unless all tabs fit.
 * @returns the indices of the tabs.
 */
export function fittingTabs(
  widthsPx: readonly number[],
  selected: number,
  roomPx: number,
): ReadonlySet<number> {
  const all = widthsPx.reduce((sum, width) => sum + width + GAP_PX, -GAP_PX);
  if (all <= roomPx) return new Set(widthsPx.keys());
  const fitting = new Set([selected]);
  let leftPx = roomPx - MORE_PX - GAP_PX - (widthsPx[selected] ?? 0);
  for (const [at, width] of widthsPx.entries()) {
    if (at === selected) continue;
    leftPx -= width + GAP_PX;
    if (leftPx < 0) break;
    fitting.add(at);
  }
  return fitting;
}
