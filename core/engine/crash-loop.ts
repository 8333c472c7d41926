import type { Executed } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';

/** After this many failures in a row, `restore` is not called again: the run is over. */
const RESTORE_ATTEMPTS_MAX = 5;
/** After this many crashes in a row, the next step is spared, whatever the profile. */
const CRASHES_IN_A_ROW_MAX = 8;

/** What must come after a process has died: the crash and its restore, until the process lives again or is given up. */
export class CrashLoop {
  readonly #queued: Operation[];
  #restoreAttempts = 0;
  /** Crashes since the process last did anything but restore. */
  #crashes = 0;

  /** @param from the one that this is a copy of. */
  constructor(from?: CrashLoop) {
    this.#queued = from ? [...from.#queued] : [];
    if (!from) return;
    this.#restoreAttempts = from.#restoreAttempts;
    this.#crashes = from.#crashes;
  }

  /** Whether an operation must come before any other. */
  get isPending(): boolean {
    return this.#queued.length > 0;
  }

  /** Whether the process has died so often that the next step is spared. */
  get isSpared(): boolean {
    return this.#crashes >= CRASHES_IN_A_ROW_MAX;
  }

  /** Whether the next attempt to restore is the last: only a machine that cannot recover stays down. */
  get isLastAttempt(): boolean {
    return this.#restoreAttempts === RESTORE_ATTEMPTS_MAX - 1;
  }

  /** The process dies after that many actions of the step were dispatched. */
  die(dispatched: number): void {
    this.#queued.push({ kind: 'crash', dispatched }, { kind: 'restore' });
  }

  /** Takes the operation that must come next. */
  take(): Operation | undefined {
    return this.#queued.shift();
  }

  /** Discards the operation that must come next if it is of that kind. */
  discard(kind: Operation['kind']): void {
    if (this.#queued[0]?.kind === kind) this.#queued.shift();
  }

  /**
   * Takes in a step. A process that could not recover is started again.
   *
   * @returns whether it is given up instead.
   */
  observe({ operation, outcome }: Executed): boolean {
    let isGivenUp = false;
    if (operation.kind === 'crash') this.#crashes += 1;
    else if (operation.kind === 'restore') isGivenUp = this.#afterRestore(outcome.kind);
    else this.#crashes = 0;
    if (outcome.kind === 'crashed') this.die(0);
    return isGivenUp;
  }

  #afterRestore(outcome: Executed['outcome']['kind']): boolean {
    if (outcome === 'ok' || outcome === 'crashed') {
      this.#restoreAttempts = 0;
      return false;
    }
    this.#restoreAttempts += 1;
    if (this.#restoreAttempts >= RESTORE_ATTEMPTS_MAX) return true;
    this.#queued.push({ kind: 'restore' });
    return false;
  }
}
