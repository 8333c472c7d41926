import { findingsAt } from '../../../core/trace/causes.ts';
import { possibleAt, POSSIBLE_IDS, type PossibleId } from '../../../core/trace/possible-changes.ts';
import { LinesNotLoaded } from '../../../core/trace/step-lines.ts';
import { failingBeside } from '../../session/crash-points.ts';
import { isForkable, openNearest } from '../../session/forks.ts';
import type { RunEntry } from '../../session/model.ts';
import type { Direction } from '../../session/navigation.ts';
import { crashEverywhere, isCrashable } from '../../session/tasks/crash-everywhere.ts';
import { askDoom, isDoomAskable } from '../../session/tasks/doom.ts';
import { explainFinding, isExplainable } from '../../session/tasks/explain.ts';
import { askWhatIf } from '../../session/what-if.ts';
import { tryCommandOf } from '../../words/commands.ts';
import { ui } from '../ui-store.ts';
import {
  behavioursOf,
  currentRun,
  currentView,
  jumpTo,
  withFound,
  type Behaviour,
  type Behaviours,
} from './behaviour.ts';

const TRY_COMMANDS = behavioursOf(POSSIBLE_IDS, tryCommandOf, (chosen) => ({
  isEnabled: () => isPossible(chosen),
  run: () => askWhatIf({ chosen }),
}));

/** Forks of the run on the screen, and why it failed. */
export const WHAT_IF_COMMANDS = {
  explain: withFound(
    () => findingOfRun(isExplainable),
    ({ runId, finding }) => void explainFinding(runId, finding),
  ),
  doom: withFound(
    () => findingOfRun(isDoomAskable),
    ({ runId, finding }) => void askDoom(runId, finding),
  ),
  crashEverywhere: withFound(
    () => {
      const run = currentRun();
      return run && isCrashable(run) ? run.id : undefined;
    },
    (runId) => void crashEverywhere(runId),
  ),
  nextFailingCrash: toFailingCrash('next'),
  previousFailingCrash: toFailingCrash('previous'),
  openNearest: withFound(() => {
    const run = currentRun();
    return run?.explanation?.explained?.nearest === undefined ? undefined : run;
  }, openNearest),
  whatIf: { isEnabled: () => isForkable(currentRun()), run: () => askWhatIf() },
  ...TRY_COMMANDS,
  renameFork: {
    isEnabled: () => currentRun()?.origin.kind === 'fork',
    run: () => ui.setState({ dialog: 'renameFork' }),
  },
} satisfies Behaviours;

function toFailingCrash(direction: Direction): Behaviour {
  return jumpTo(({ run, cursor }) =>
    run.crashes ? failingBeside(run.crashes.verdicts, cursor, direction) : undefined,
  );
}

/** The finding under the cursor, if its run can be asked about it. */
function findingOfRun(isAskable: (run: RunEntry) => boolean) {
  const viewed = currentView();
  if (!viewed || !isAskable(viewed.run)) return undefined;
  const finding = findingsAt(viewed.trace, viewed.cursor).find(({ stepIndex }) => stepIndex >= 0);
  return finding && { runId: viewed.run.id, finding };
}

/** Whether something can be tried at the cursor; while its step is not at hand, it may be. */
function isPossible(chosen: PossibleId): boolean {
  const viewed = currentView();
  if (!viewed || !isForkable(viewed.run)) return false;
  try {
    return possibleAt(viewed.trace, viewed.cursor).some(({ id }) => id === chosen);
  } catch (error) {
    if (error instanceof LinesNotLoaded) return true;
    throw error;
  }
}
