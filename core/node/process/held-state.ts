import { encodeValue } from '../../value/encoding.ts';
import type { Value } from '../../value/value.ts';
import type { Call } from './machine-process.ts';
import type { ProtocolVersion } from './protocol.ts';

/**
 * Which state a process has, and how it gets another one. The process never rolls back on its own:
 * it receives `undo` for its last step, or a whole state.
 */
export class HeldState {
  /** The state that the process has, if that is known. */
  #held: object | undefined;
  /** The state to which `undo` leads, if that is known. */
  #previous: object | undefined;
  #batches = 0;

  /** The process has this state, and nothing to undo; or nothing is known about it. */
  reset(state?: object): void {
    this.#held = state;
    this.#previous = undefined;
  }

  /** The requests that give the process a state. */
  callsTo(state: object, version: ProtocolVersion): readonly Call[] {
    if (this.#held === state) return [];
    if (version >= 2 && this.#previous === state) return [{ method: 'undo', params: {} }];
    return [{ method: 'loadState', params: { state: encodeValue(state as Value) } }];
  }

  /**
   * Requests are on their way: until they are answered, nobody knows which state the process has.
   *
   * @returns what to call with the states after the answers. It has no effect if others were sent since.
   */
  depart(): (held: object | undefined, previous?: object) => void {
    this.#batches += 1;
    const batch = this.#batches;
    this.reset();
    return (held, previous) => {
      if (this.#batches !== batch) return;
      this.#held = held;
      this.#previous = previous;
    };
  }
}
