import type { ApiEvent } from '../../core/contract/window.ts';
import type { StoredTrace } from './session-folder.ts';

/** While runs are written, their size is looked at this often. */
const LOOK_MS = 5_000;
/** After a report, the next one comes when there is this much more. */
const MORE = 1.05;

/** What the room of a session is measured with. */
export interface RoomSurroundings {
  /** The traces of the session, the oldest first. */
  readonly traces: () => readonly StoredTrace[];
  /** Whether a trace must stay, since it is being written, or lies somewhere else as well. */
  readonly isHeld: (traceId: string) => boolean;
  readonly bytesMax: () => number;
  readonly emit: (event: ApiEvent) => void;
}

/** Watches how much room the traces of the session take, and reports when it is too much. */
export class Room {
  readonly #surroundings: RoomSurroundings;
  /** What was reported last. */
  #reportedBytes = 0;
  #lookedMs = -Infinity;

  constructor(surroundings: RoomSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Looks now and then while traces grow. */
  lookSometimes(): void {
    if (performance.now() - this.#lookedMs >= LOOK_MS) this.look();
  }

  /** How many bytes the traces take. */
  measure(): number {
    return bytesOf(this.#surroundings.traces());
  }

  /** Reports that there is too little room, unless that was said already. */
  look(): void {
    const { traces, isHeld, bytesMax, emit } = this.#surroundings;
    this.#lookedMs = performance.now();
    const stored = traces();
    const bytes = bytesOf(stored);
    if (bytes <= bytesMax()) this.#reportedBytes = 0;
    if (bytes <= bytesMax() || bytes < this.#reportedBytes * MORE) return;
    this.#reportedBytes = bytes;
    const free = stored.filter(({ traceId }) => !isHeld(traceId));
    emit({
      kind: 'sessionFull',
      bytes,
      bytesMax: bytesMax(),
      traces: free.map((trace) => ({ traceId: trace.traceId, bytes: trace.bytes })),
    });
  }
}

function bytesOf(traces: readonly StoredTrace[]): number {
  return traces.reduce((sum, trace) => sum + trace.bytes, 0);
}
