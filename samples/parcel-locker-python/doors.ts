import type {
  Completion,
  DeepReadonly,
  Executed,
  ExternalFaults,
  ExternalSystems,
  SettledVerdict,
} from 'phasmoscope';
import type { Order, ParcelLocker } from './locker.ts';

type Result = ParcelLocker['Result'];
type State = DeepReadonly<ParcelLocker['State']>;

/**
 * The doors of the locker and those who repair them. They carry out each order once, some time later,
 * and report its result again when they are asked again.
 */
export class Doors implements ExternalSystems<ParcelLocker> {
  readonly #faults: ExternalFaults;
  readonly #orders = new Map<number, Order>();
  readonly #results = new Map<number, Result>();
  /** Orders that are not carried out, in the order of their arrival. */
  readonly #waiting: number[] = [];
  readonly #jammed = new Set<string>();

  constructor(faults: ExternalFaults) {
    this.#faults = faults;
  }

  /** How many orders wait to be carried out. */
  get waiting(): number {
    return this.#waiting.length;
  }

  receive(id: number, order: DeepReadonly<Order>): Result | undefined {
    if (this.#orders.has(id)) return this.#results.get(id);
    this.#orders.set(id, order);
    this.#waiting.push(id);
    return undefined;
  }

  /** Carries out the order at a place in the queue, and returns the messages about it. */
  carryOut(index: number): Completion<ParcelLocker> {
    const id = this.#waiting[index] as number;
    const order = this.#orders.get(id) as Order;
    const opened = this.#faults.strikes() ? 'Jammed' : 'Opened';
    const result = order.kind === 'Repair' ? 'Repaired' : opened;
    this.#end(id, result);
    return { kind: 'trackedActionCompleted', id, result };
  }

  #end(id: number, result: Result): void {
    const order = this.#orders.get(id);
    if (!order || this.#results.has(id)) return;
    this.#results.set(id, result);
    if (result === 'Jammed') this.#jammed.add(order.box);
    if (result === 'Repaired') this.#jammed.delete(order.box);
    const waiting = this.#waiting.indexOf(id);
    if (waiting !== -1) this.#waiting.splice(waiting, 1);
  }

  settle(): Completion<ParcelLocker> | undefined {
    return this.#waiting.length > 0 ? this.carryOut(0) : undefined;
  }

  /** Follows what the messages say, so that a run can be judged again without its generator. */
  observe({ operation }: Executed<ParcelLocker>): void {
    if (operation.kind !== 'trackedActionCompleted' && operation.kind !== 'loss') return;
    this.#end(operation.id, operation.result);
  }

  readonly settled = {
    'nobody is left waiting for a door': ({ orders }: State): SettledVerdict => {
      const [id] = Object.keys(orders);
      if (id === undefined) return true;
      return { id: Number(id), message: `order ${id} is open, but nothing more will come for it` };
    },

    'a door that jammed was repaired': (): SettledVerdict => {
      const [box] = this.#jammed;
      return box === undefined || `the door of box ${box} is jammed, and nobody was called`;
    },
  };
}
