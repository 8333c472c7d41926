import { byCount } from '../../core/text/counts.ts';

export { byCount };

const GROUPS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** A count with its digits in groups, set apart by narrow spaces: 10 000. */
export function formatCount(count: number): string {
  return GROUPS.format(count).replaceAll(',', '\u202f');
}

/** A count with its noun: `1 step`, `10 000 steps`. */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${byCount(count, one, many)}`;
}

/** A step index as the window shows it: `step 12`, and `start` for the initial state. */
export function formatStepIndex(stepIndex: number): string {
  return stepIndex < 0 ? 'start' : `step ${formatCount(stepIndex)}`;
}

/**
 * Where the cursor is, and how many steps there are: `step 2`, ` of 4`. Steps count from 0, so the
 * last one is named as such: `step 3`, `, last of 4`.
 */
export function formatPlace(
  stepIndex: number,
  steps: number,
): readonly [place: string, of: string] {
  if (stepIndex < 0) return ['initial state', ` of ${formatPlural(steps, 'step')}`];
  const last = stepIndex === steps - 1 ? ', last' : '';
  return [formatStepIndex(stepIndex), `${last} of ${formatCount(steps)}`];
}
