import type { StepGlance } from '../../../core/trace/glance.ts';
import { currentPair, seekOther } from '../../session/beside.ts';
import { seek } from '../../session/cursor.ts';
import { filters } from '../../session/filters.ts';
import type { RunEntry, Viewed } from '../../session/model.ts';
import { findCrash, isOtherFault, isRejected, type Direction } from '../../session/navigation.ts';
import { counterpartOf, goToCounterpart } from '../../session/shrinks.ts';
import { session } from '../../session/store.ts';
import { PACES, ui } from '../ui-store.ts';
import {
  currentView,
  jumpTo,
  set,
  viewOf,
  withFound,
  withTrace,
  type Behaviour,
  type Behaviours,
} from './behaviour.ts';

/** What moves the cursor; `watch-commands.ts` has what moves it along a watch. */
export const GO_COMMANDS = {
  stepForward: move(1),
  stepBack: move(-1),
  tenForward: move(10),
  tenBack: move(-10),
  firstStep: stepTo(() => -1),
  lastStep: stepTo(({ trace }) => trace.length - 1),
  nextFinding: jump('next', hasFinding),
  previousFinding: jump('previous', hasFinding),
  nextChange: jump('next', hasChangedState),
  previousChange: jump('previous', hasChangedState),
  nextCrash: stepTo(({ trace, cursor }) => findCrash(trace, cursor, 'next')),
  previousCrash: stepTo(({ trace, cursor }) => findCrash(trace, cursor, 'previous')),
  nextFault: jump('next', isOtherFault),
  previousFault: jump('previous', isOtherFault),
  nextRejected: jump('next', isRejected),
  previousRejected: jump('previous', isRejected),
  nextShown: jumpTo((viewed) => shownBeside(viewed, 'next')),
  previousShown: jumpTo((viewed) => shownBeside(viewed, 'previous')),
  goToStep: withTrace(() => ui.setState({ dialog: 'goToStep' })),
  counterpart: { isEnabled: hasCounterpart, run: () => void goToCounterpart() },
  play: withTrace(() => ui.setState(({ isPlaying }) => ({ isPlaying: !isPlaying }))),
  faster: set(({ pace }) => ({ pace: Math.min(pace + 1, PACES.length - 1) })),
  slower: set(({ pace }) => ({ pace: Math.max(pace - 1, 0) })),
} satisfies Behaviours;

/** A command that goes to a step of the run on the screen, or of the one beside it while its timeline has the focus. */
function stepTo(find: (viewed: Viewed) => number | undefined): Behaviour {
  return withFound(
    () => {
      const other = focusedOther();
      const viewed = other ? viewOf(other) : currentView();
      const stepIndex = viewed && find(viewed);
      return stepIndex === undefined ? undefined : { stepIndex, go: other ? seekOther : seek };
    },
    ({ stepIndex, go }) => go(stepIndex),
  );
}

/** The run beside the one on the screen, while its timeline has the focus. */
function focusedOther(): RunEntry | undefined {
  const focused = document.activeElement?.closest('.other-timeline');
  return focused ? currentPair()?.other : undefined;
}

function move(stride: number): Behaviour {
  return stepTo(({ cursor }) => cursor + stride);
}

function jump(direction: Direction, isWanted: (glance: StepGlance) => boolean): Behaviour {
  return stepTo(({ trace, cursor }) => trace.findStep(cursor, direction, isWanted));
}

function hasFinding(glance: StepGlance): boolean {
  return glance.hasFinding;
}

function hasChangedState(glance: StepGlance): boolean {
  return glance.hasChangedState;
}

/** The nearest step on one side that the filter of the run on the screen shows. */
function shownBeside({ run, cursor }: Viewed, direction: Direction): number | undefined {
  const found = filters.getState().found[run.id]?.steps;
  if (!found) return undefined;
  const index =
    direction === 'next' ? found.countBefore(cursor + 1) : found.countBefore(cursor) - 1;
  return index >= 0 && index < found.length ? found.at(index) : undefined;
}

function hasCounterpart(): boolean {
  const viewed = currentView();
  return (
    viewed !== undefined &&
    counterpartOf(viewed.run, viewed.cursor, session.getState().runs) !== undefined
  );
}
