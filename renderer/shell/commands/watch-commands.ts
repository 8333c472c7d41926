import type { RunEntry } from '../../session/model.ts';
import type { Direction } from '../../session/navigation.ts';
import {
  chooseWatch,
  foldWatches,
  goAlongWatch,
  watchesOf,
  type WatchGoal,
  type Watches,
} from '../../session/watches.ts';
import { ui } from '../ui-store.ts';
import { currentView, withFound, withTrace, type Behaviour, type Behaviours } from './behaviour.ts';

/** What is watched, and the ways along it. */
export const WATCH_COMMANDS = {
  watch: withTrace(() => ui.setState({ dialog: 'watch', watchEdited: undefined })),
  nextWatch: chooseBeside(1),
  previousWatch: chooseBeside(-1),
  foldWatches: withWatches(({ machine, watches }) => foldWatches(machine, !watches.isFolded)),
  nextWatched: alongWatch('next', 'changes'),
  previousWatched: alongWatch('previous', 'changes'),
  nextTrue: alongWatch('next', 'becomesTrue'),
  previousTrue: alongWatch('previous', 'becomesTrue'),
} satisfies Behaviours;

/** The run on the screen, and what is watched of its machine. */
interface Watching {
  readonly run: RunEntry;
  readonly machine: string;
  readonly watches: Watches;
}

function currentWatching(): Watching | undefined {
  const viewed = currentView();
  if (!viewed) return undefined;
  const { run, trace } = viewed;
  const { machine } = trace.header;
  const watches = watchesOf(machine);
  return watches.expressions.length === 0 ? undefined : { run, machine, watches };
}

function withWatches(act: (watching: Watching) => void): Behaviour {
  return withFound(currentWatching, act);
}

function alongWatch(direction: Direction, goal: WatchGoal): Behaviour {
  return withWatches(({ run }) => goAlongWatch(run, direction, goal));
}

/** Chooses another watch, and goes on at the other end after the last one. */
function chooseBeside(stride: 1 | -1): Behaviour {
  return withWatches(({ machine, watches: { expressions, chosen = '' } }) => {
    const { length } = expressions;
    const next = expressions[(expressions.indexOf(chosen) + stride + length) % length];
    if (next !== undefined) chooseWatch(machine, next);
  });
}
