import { canSplit, closePane, focusPaneBeside, hasOtherPanes, splitPane } from '../panes.ts';
import { arrangeFor } from '../presets.ts';
import { set, withTrace, type Behaviours } from './behaviour.ts';

/** How the window is divided. */
export const ARRANGE_COMMANDS = {
  splitBeside: { isEnabled: canSplit, run: () => splitPane('beside') },
  splitBelow: { isEnabled: canSplit, run: () => splitPane('below') },
  closePane: { isEnabled: hasOtherPanes, run: () => closePane() },
  nextPane: { isEnabled: hasOtherPanes, run: () => focusPaneBeside(1) },
  previousPane: { isEnabled: hasOtherPanes, run: () => focusPaneBeside(-1) },
  arrangeOne: withTrace(() => arrangeFor('one')),
  arrangeDebugging: withTrace(() => arrangeFor('debugging')),
  arrangeComparing: withTrace(() => arrangeFor('comparing')),
  arrangePresenting: withTrace(() => arrangeFor('presenting')),
  toggleRuns: set(({ isRunsShown }) => ({ isRunsShown: !isRunsShown })),
  toggleStep: set(({ isStepShown }) => ({ isStepShown: !isStepShown })),
} satisfies Behaviours;
