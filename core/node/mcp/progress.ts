import { showText } from '../../text/visible.ts';

/** Sends a notification to the client. */
export type Notify = (notification: {
  readonly method: 'notifications/progress';
  readonly params: { progressToken: string | number; progress: number; message: string };
}) => Promise<void>;

/** The least time between two messages. */
const TELL_MS = 250;
/** A client may give up a call of which it hears nothing. */
const SILENCE_MS = 5_000;

/** Reports to the client of a call how far it has come, if it asked for that. */
export class ProgressReport {
  readonly #token: string | number | undefined;
  readonly #notify: Notify;
  readonly #startMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #sentMs = Number.NEGATIVE_INFINITY;
  #text = 'Started';

  constructor(token: string | number | undefined, notify: Notify) {
    this.#token = token;
    this.#notify = notify;
    this.#timer = setInterval(() => this.tell(this.#text), SILENCE_MS);
  }

  /** Reports it, unless it reported something just before. */
  tell(text: string): void {
    this.#text = text;
    const nowMs = performance.now();
    if (this.#token === undefined || nowMs - this.#sentMs < TELL_MS) return;
    this.#sentMs = nowMs;
    // It must increase, and its end is not known: the seconds that the call has taken.
    const progress = (nowMs - this.#startMs) / 1_000;
    const params = { progressToken: this.#token, progress, message: showText(text) };
    // A client that has gone hears nothing.
    this.#notify({ method: 'notifications/progress', params }).catch(() => {});
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
