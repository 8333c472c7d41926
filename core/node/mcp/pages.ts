import { Recent } from '../../recent.ts';
import type { Answer } from './answer.ts';

/** The answers that are kept, so that the next page of one comes without executing it again. */
const KEPT_MAX = 8;

/** Keeps the latest answers for their next pages. */
export class Pages {
  readonly #kept = new Recent<string, Answer>(KEPT_MAX);

  /**
   * The answer to a call: made anew for its first page, and kept for the others, so that all pages are of the
   * same answer.
   */
  async of(
    tool: string,
    given: Readonly<Record<string, unknown>>,
    make: () => Promise<Answer>,
  ): Promise<Answer> {
    const { offset = 0, limit: _, ...asked } = given;
    const key = JSON.stringify([tool, Object.entries(asked).toSorted(byName)]);
    const known = offset === 0 ? undefined : this.#kept.get(key);
    const answer = known ?? (await make());
    return this.#kept.keep(key, answer);
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
