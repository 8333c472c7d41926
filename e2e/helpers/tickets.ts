import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderOutside } from './outside.ts';

/**
 * A machine outside of the checkout, as somebody else would write one: tickets for the seats of a theatre.
 * An order that was paid for after its time is sold, although the seat may be another's by then.
 */
const MACHINE = `import { defineMachine, defineScenario, err, ok, type MachineTypes } from 'phasmoscope';

interface Order {
  seat: string;
  status: 'held' | 'expired' | 'sold';
}

interface Tickets extends MachineTypes {
  State: { now: number; seats: Map<string, number>; orders: Map<number, Order> };
  Input:
    | { kind: 'Hold'; seat: string }
    | { kind: 'Pay'; order: number }
    | { kind: 'Expire'; order: number };
  Rejection: 'SeatTaken' | 'UnknownOrder';
}

export const machine = defineMachine<Tickets>({
  name: 'tickets',
  description: 'Seats of a theatre, held and sold.',
  initialState: () => ({ now: 0, seats: new Map(), orders: new Map() }),
  stf(state, input) {
    if (input.kind !== 'normal') return ok();
    const { input: asked } = input;
    if (asked.kind === 'Hold') {
      if (state.current.seats.has(asked.seat)) return err('SeatTaken');
      state.update((draft) => {
        const id = draft.orders.size + 1;
        draft.seats.set(asked.seat, id);
        draft.orders.set(id, { seat: asked.seat, status: 'held' });
        draft.now += 1;
      });
      return ok();
    }
    if (!state.current.orders.has(asked.order)) return err('UnknownOrder');
    state.update((draft) => {
      const order = draft.orders.get(asked.order);
      if (!order) return;
      draft.now += 1;
      if (asked.kind === 'Pay') order.status = 'sold';
      else if (order.status === 'held') {
        order.status = 'expired';
        draft.seats.delete(order.seat);
      }
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {
    'a seat is sold once': (state) => {
      const sold = [...state.orders.values()].filter(({ status }) => status === 'sold');
      const twice = sold.find(({ seat }, at) => sold.findIndex((one) => one.seat === seat) < at);
      return twice === undefined || twice.seat + ' is sold twice';
    },
  },
});

const SEATS = ['A1', 'A2', 'B1', 'B2'];

export const scenarios = [
  defineScenario<Tickets>({
    name: 'evening',
    description: 'People hold, pay and forget.',
    defaults: { seed: '1', operations: 120 },
    start: (random) => ({
      next() {
        const kind = random.genRange('u8', 0, 3);
        if (kind === 0) {
          return { kind: 'normal', input: { kind: 'Hold', seat: random.choose(SEATS) ?? 'A1' } };
        }
        const order = random.genRange('u32', 1, 13);
        return { kind: 'normal', input: { kind: kind === 1 ? 'Pay' : 'Expire', order } };
      },
      observe: () => {},
      tallies: () => ({}),
    }),
  }),
];
`;

/** A folder with the machine of the tickets. */
export interface TicketsPackage {
  readonly folder: string;
  readonly machine: string;
}

/** Writes the machine of the tickets into a folder of its own. */
export function writeTickets(): TicketsPackage {
  const folder = makeFolderOutside();
  const machine = join(folder, 'tickets.ts');
  writeFileSync(join(folder, 'package.json'), '{ "name": "tickets", "type": "module" }');
  writeFileSync(machine, MACHINE);
  return { folder, machine };
}
