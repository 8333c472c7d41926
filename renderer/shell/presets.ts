import { onePane, splitOf, type Arrangement } from '../session/arrangement.ts';
import { arrange } from '../session/arrangements.ts';
import { ui } from './ui-store.ts';

/** An arrangement of the window for a purpose. */
interface Preset {
  /** The middle of the window. */
  readonly arrange: (before: Arrangement) => Arrangement;
  readonly isRunsShown: boolean;
  readonly isStepShown: boolean;
}

const PRESETS = {
  one: {
    arrange: ({ focused }) => onePane(focused),
    isRunsShown: true,
    isStepShown: true,
  },
  // What the step changed, and beside it how it came to that.
  debugging: {
    arrange: () => ({
      root: splitOf('beside', ['state', splitOf('below', ['causality', 'steps'])]),
      focused: 'state',
    }),
    isRunsShown: false,
    isStepShown: true,
  },
  // The runs to choose from, and in what they differ.
  comparing: {
    arrange: () => ({
      root: splitOf('beside', ['state', splitOf('below', ['difference', 'steps'])]),
      focused: 'state',
    }),
    isRunsShown: true,
    isStepShown: false,
  },
  // One thing to look at.
  presenting: {
    arrange: ({ focused }) => onePane(focused),
    isRunsShown: false,
    isStepShown: false,
  },
} satisfies Readonly<Record<string, Preset>>;

/** Arranges the window for a purpose. */
export function arrangeFor(purpose: keyof typeof PRESETS): void {
  const { arrange: change, isRunsShown, isStepShown }: Preset = PRESETS[purpose];
  arrange(change);
  ui.setState({ isRunsShown, isStepShown });
}
