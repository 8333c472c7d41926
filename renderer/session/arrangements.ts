import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { isViewId } from '../words/views.ts';
import { arrangementFrom, onePane, type Arrangement } from './arrangement.ts';
import { readOne } from './kept-entries.ts';
import type { SessionPart } from './session-part.ts';
import { selectRun, session, useSession, type Session } from './store.ts';

/** The arrangements of more machines are forgotten, the oldest first. */
const MACHINES_MAX = 40;

interface Arrangements {
  /** Which a machine begins with that was never arranged. */
  readonly last: Arrangement;
  /** By the name of the machine, the latest last. */
  readonly ofMachines: ReadonlyMap<string, Arrangement>;
}

const arrangements = createStore<Arrangements>(() => ({
  last: onePane('state'),
  ofMachines: new Map(),
}));

function selectArranged({ last, ofMachines }: Arrangements, machine: string | undefined) {
  return (machine === undefined ? undefined : ofMachines.get(machine)) ?? last;
}

function selectShownMachine(state: Session): string | undefined {
  return selectRun(state)?.trace?.header.machine;
}

/** How the middle of the window is arranged for the machine of the run on the screen. */
export function currentArrangement(): Arrangement {
  return selectArranged(arrangements.getState(), selectShownMachine(session.getState()));
}

/** The same in a component. */
export function useArrangement(): Arrangement {
  const machine = useSession(selectShownMachine);
  return useStore(arrangements, (state) => selectArranged(state, machine));
}

/** Arranges the middle of the window, and keeps it for the machine of the run on the screen. */
export function arrange(change: (arrangement: Arrangement) => Arrangement): void {
  const before = currentArrangement();
  const last = change(before);
  if (last === before) return;
  const machine = selectShownMachine(session.getState());
  arrangements.setState(({ ofMachines }) => ({
    last,
    ofMachines: machine === undefined ? ofMachines : withLatest(ofMachines, machine, last),
  }));
}

function withLatest(
  ofMachines: ReadonlyMap<string, Arrangement>,
  machine: string,
  arrangement: Arrangement,
): ReadonlyMap<string, Arrangement> {
  const others = [...ofMachines].filter(([name]) => name !== machine);
  return new Map([...others.slice(1 - MACHINES_MAX), [machine, arrangement]]);
}

const keptArrangements = z.object({ last: z.unknown(), ofMachines: z.array(z.unknown()) });
const keptOfMachine = z.tuple([z.string(), z.unknown()]);

/** The arrangements, which come back with the session. */
export const arrangementsPart: SessionPart = {
  name: 'arrangements',
  keep: () => {
    const { last, ofMachines } = arrangements.getState();
    return { last, ofMachines: [...ofMachines] };
  },
  recall: (kept) => {
    const { value, isWhole } = readOne(keptArrangements, kept);
    if (!value) return isWhole;
    const known = value.ofMachines.flatMap((entry) => {
      const [machine, found] = readOne(keptOfMachine, entry).value ?? [];
      const arrangement = arrangementFrom(found);
      return machine !== undefined && arrangement ? [[machine, arrangement] as const] : [];
    });
    const last = arrangementFrom(value.last);
    arrangements.setState({
      last: last ?? onePane('state'),
      ofMachines: new Map(known.slice(-MACHINES_MAX)),
    });
    return last !== undefined && known.length === value.ofMachines.length;
  },
  subscribe: (listener) => arrangements.subscribe(listener),
};

/** The only view in the middle, which earlier versions kept. */
export const formerTabPart: SessionPart = {
  name: 'tab',
  keep: () => undefined,
  recall: (kept) => {
    if (isViewId(kept)) arrangements.setState({ last: onePane(kept) });
    return true;
  },
  subscribe: () => () => undefined,
};
