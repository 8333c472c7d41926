import type {
  Completion,
  DeepReadonly,
  Executed,
  ExternalFaults,
  ExternalSystems,
  SettledVerdict,
} from 'phasmoscope';
import type { Hotel } from './types.ts';

type Result = Hotel['Result'];
type State = DeepReadonly<Hotel['State']>;

/** The state of a deposit. A released one stays released, whatever comes later. */
type Deposit = 'undecided' | 'held' | 'refused' | 'released';

/** The bank: holds a deposit for a reservation and releases it, each once. */
export class Bank implements ExternalSystems<Hotel> {
  readonly #faults: ExternalFaults;
  /** The deposits, by the number of the reservation. */
  readonly #deposits = new Map<number, Deposit>();
  /** Reservations whose deposit is not decided, in the order of their arrival. */
  readonly #undecided: number[] = [];
  /** Reservations for which the hotel was given a result that this bank never sends. */
  readonly #misquoted = new Set<number>();

  constructor(faults: ExternalFaults) {
    this.#faults = faults;
  }

  /** How many deposits wait to be decided. */
  get undecided(): number {
    return this.#undecided.length;
  }

  receive(_: Hotel['Id'], action: DeepReadonly<Hotel['Tracked']>): Result | undefined {
    const { reservation } = action;
    const known = this.#deposits.get(reservation);
    switch (action.kind) {
      case 'HoldDeposit':
        if (known === 'held') return { kind: 'Held' };
        if (known === 'refused') return { kind: 'Refused' };
        if (known === undefined) {
          this.#deposits.set(reservation, 'undecided');
          this.#undecided.push(reservation);
        }
        return undefined;
      case 'ReleaseDeposit':
        this.#deposits.set(reservation, 'released');
        return { kind: 'Released' };
    }
  }

  /** Decides the deposit at a place in the queue, and returns the messages about it. */
  decide(index: number, succeeds: boolean): Completion<Hotel> {
    const reservation = this.#undecided[index] as number;
    const isHeld = succeeds && !this.#faults.strikes();
    this.#end(reservation, isHeld ? 'held' : 'refused');
    const result: Result = { kind: isHeld ? 'Held' : 'Refused' };
    return { kind: 'trackedActionCompleted', id: `hold ${reservation}`, result };
  }

  #end(reservation: number, decision: 'held' | 'refused'): void {
    const known = this.#deposits.get(reservation);
    if (known !== 'undecided') {
      const isOld = known === 'released' && decision === 'held';
      if (known !== decision && !isOld) this.#misquoted.add(reservation);
      return;
    }
    this.#deposits.set(reservation, decision);
    this.#undecided.splice(this.#undecided.indexOf(reservation), 1);
  }

  settle(): Completion<Hotel> | undefined {
    return this.#undecided.length > 0 ? this.decide(0, true) : undefined;
  }

  /** Follows what the messages say, so that a run can be judged again without its generator. */
  observe({ operation }: Executed<Hotel>): void {
    if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') return;
    const { kind } = operation.result;
    if (kind === 'Released') return;
    this.#end(Number(operation.id.split(' ')[1]), kind === 'Held' ? 'held' : 'refused');
  }

  readonly settled = {
    'a deposit is held for every confirmed reservation, and for no other': ({
      database,
    }: State): SettledVerdict => {
      for (const { id, status } of database.reservations.values()) {
        if (this.#misquoted.has(id)) continue;
        const isHeld = this.#deposits.get(id) === 'held';
        if (isHeld === (status === 'confirmed')) continue;
        const message = `reservation ${id} is ${status}, and its deposit is ${isHeld ? '' : 'not '}held`;
        return { id: `hold ${id}`, message };
      }
      return true;
    },

    'no reservation is left waiting': ({ database }: State): SettledVerdict => {
      for (const { id, status } of database.reservations.values()) {
        const action = status === 'held' ? 'hold' : 'release';
        if (status !== 'held' && status !== 'cancelled') continue;
        return { id: `${action} ${id}`, message: `reservation ${id} stays ${status} for ever` };
      }
      return true;
    },
  };
}
