import { formatTime } from '../text/quantities.ts';
import { SelfExplainingError } from '../thrown.ts';

/** Why a step was ended from outside. */
export interface Overrun {
  /** The time that a step may take. */
  readonly limitMs: number;
  /** Where the code stood in the author's source, as `file:line:column`, where that is known. */
  readonly source?: string;
}

/** Thrown when code that a step began and did not await has kept everything else from going on, and was ended. */
export class LeftBehindError extends SelfExplainingError {
  override readonly name = 'LeftBehindError';

  constructor({ limitMs, source }: Overrun) {
    const place = source === undefined ? '' : `, at ${source}`;
    super(
      `Code that the machine file left behind did not end within ${formatTime(limitMs)}${place}. ` +
        'Await what a step begins, or let it come to an end.',
    );
  }
}

/** What a watched execution shows of itself. */
export interface Beat {
  /** Counts a finished step. */
  step(): void;
  /** Whether steps are executed from now on, rather than something else, such as a message being awaited. */
  isStepping: boolean;
}

/** The end of a watched execution. */
export type Watched<T> =
  | { readonly kind: 'ended'; readonly value: T }
  | { readonly kind: 'overran'; readonly overrun: Overrun };

/**
 * Notices a step that does not end within its time limit, and ends it. Whoever notices belongs to another
 * thread, since the step may be in an endless loop.
 */
export interface StepWatch {
  /**
   * Executes steps. When one of them overruns its limit, everything that `execute` has under way is ended
   * without another line of code: no `catch` and no `finally` sees it.
   *
   * @throws {LeftBehindError} when the author's code does not come to an end although no step is executed.
   */
  over<T>(execute: (beat: Beat) => Promise<T>): Promise<Watched<T>>;
}
