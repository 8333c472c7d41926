import { onePane, splitOf, type Arrangement } from '../session/arrangement.ts';
import { arrange } from '../session/arrangements.ts';
import { currentPair, putBeside } from '../session/beside.ts';
import { hasDifference } from '../session/model.ts';
import { originOf } from '../session/run-relations.ts';
import { selectRun, session } from '../session/store.ts';
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
  // The runs to choose from, and in what they differ: after a change of the source, or from where a run came.
  comparing: {
    arrange: () =>
      compareWithOrigin()
        ? { root: splitOf('beside', ['beside', 'steps']), focused: 'beside' }
        : {
            root: splitOf('beside', ['state', splitOf('below', ['difference', 'steps'])]),
            focused: 'state',
          },
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

/**
 * Puts the run that the one on the screen was forked or shrunk from beside it, unless it is compared already. Returns
 * whether there are two; what a change of the source changed has a view of its own.
 */
function compareWithOrigin(): boolean {
  if (currentPair()) return true;
  const { runs } = session.getState();
  const run = selectRun(session.getState());
  const origin = run && !hasDifference(run) ? originOf(run, runs) : undefined;
  if (!run || !origin) return false;
  putBeside(run.id, origin.id);
  return true;
}

/** Arranges the window for a purpose. */
export function arrangeFor(purpose: keyof typeof PRESETS): void {
  const { arrange: change, isRunsShown, isStepShown }: Preset = PRESETS[purpose];
  arrange(change);
  ui.setState({ isRunsShown, isStepShown });
}
