import type { Executed } from '../machine/executed.ts';
import type { CaughtFailure, Finding } from '../machine/finding.ts';
import type { ActionId } from '../machine/machine.ts';
import type { RuleName } from '../machine/rules.ts';
import { valueAt } from '../value/container.ts';
import { diff } from '../value/diff.ts';
import type { Patch } from '../value/patch.ts';
import { formatKey, isEntry, entryOf, type Path } from '../value/path.ts';
import { samePath } from '../value/segment.ts';
import { quoteValue, sameValue, type Value } from '../value/value.ts';

/** At most this many failures are remembered; the oldest are forgotten. */
const FAILURES_MAX = 100;

/** At most this many changes of a step are remembered. */
const CHANGES_MAX = 32;

/** The rules that a machine breaks when it goes on after a failure as if nothing had happened. */
const RULES_THAT_FOLLOW: readonly string[] = [
  'atomicity',
  'tracked actions are restorable',
  'results update state',
  'idempotent completion',
] satisfies readonly RuleName[];

/** A step that went on after a failure. */
interface Remembered {
  readonly failure: CaughtFailure;
  /** The id of the action that was refused. */
  readonly id: ActionId | undefined;
  /** The records that the step wrote, with their values after it. */
  readonly records: readonly { readonly path: Path; readonly value: Value }[];
}

/**
 * Remembers the steps in which a machine caught a refused action or a failed access and still ended
 * ok, and says which findings are likely to follow from one of them.
 */
export class CaughtFailures {
  readonly #locate: (error: unknown) => string | undefined;
  #remembered: readonly Remembered[] = [];

  constructor(locate: (error: unknown) => string | undefined) {
    this.#locate = locate;
  }

  /** Remembers what another one does. */
  becomeLike(other: CaughtFailures): void {
    this.#remembered = other.#remembered;
  }

  /**
   * Notes the failures of an accepted step. An action that is sent after all, such as at a second
   * attempt or from `restore`, is forgotten.
   *
   * @param refusal what was thrown at the refused action.
   */
  observe(step: Executed, refusal: Error | undefined): void {
    const { operation, refused } = step;
    const fault = 'fault' in operation ? operation.fault : undefined;
    if (this.#remembered.length > 0 || refused.length > 0 || fault) this.#observe(step, refusal);
  }

  #observe(step: Executed, refusal: Error | undefined): void {
    const { operation, refused, actions, stepIndex } = step;
    const fault = 'fault' in operation ? operation.fault : undefined;
    if (fault?.kind === 'accessFails') {
      const what = `access ${fault.access + 1} to the state failed`;
      this.#remember(step, { kind: 'StorageFailed', stepIndex, what }, undefined);
    }
    // Nothing in the state can depend on an untracked action.
    const action = refused.find((one) => one.kind === 'tracked');
    if (action) {
      const what = `the container refused the tracked action ${quoteValue(action.id)}: ${quoteValue(action.action)}`;
      const source = this.#locate(refusal);
      const failure = { kind: 'ActionRefused', stepIndex, what } as const;
      this.#remember(step, source === undefined ? failure : { ...failure, source }, action.id);
    }
    const sent = new Set(actions.flatMap((one) => (one.kind === 'tracked' ? [one.id] : [])));
    if (sent.size > 0) {
      this.#remembered = this.#remembered.filter(({ id }) => id === undefined || !sent.has(id));
    }
  }

  #remember({ before, after }: Executed, failure: CaughtFailure, id: ActionId | undefined): void {
    const records = entriesIn(diff(before as Value, after as Value).slice(0, CHANGES_MAX)).flatMap(
      (path) => {
        const found = valueAt(after as Value, path);
        return found.found ? [{ path, value: found.value }] : [];
      },
    );
    this.#remembered = [...this.#remembered, { failure, id, records }].slice(-FAILURES_MAX);
  }

  /**
   * Adds to the findings of a step the caught failure that they are likely to follow from. A finding
   * follows if it is of the same step; if it is about the action that was refused; or if it is about
   * a record that the step with the failure wrote.
   */
  explain(step: Executed): Executed {
    return step.findings.length === 0 || this.#remembered.length === 0 ? step : this.#explain(step);
  }

  #explain(step: Executed): Executed {
    const patch = diff(step.before as Value, step.after as Value);
    const written = entriesIn(patch.slice(0, CHANGES_MAX));
    return {
      ...step,
      findings: step.findings.map((finding) => {
        const found = this.#remembered.findLast((one) => follows(finding, one, step, written));
        return found && !finding.caught ? { ...finding, caught: found.failure } : finding;
      }),
    };
  }

  /** The caught refusal of the tracked action with this id. */
  about(id: unknown): CaughtFailure | undefined {
    if (id === undefined) return undefined;
    return this.#remembered.findLast((one) => one.id === id)?.failure;
  }
}

function follows(
  finding: Finding,
  { failure, id, records }: Remembered,
  { after, stepIndex }: Executed,
  written: readonly Path[],
): boolean {
  if (finding.kind === 'panic') return false;
  if (finding.kind === 'rule' && !RULES_THAT_FOLLOW.includes(finding.name)) return false;
  if (failure.stepIndex === stepIndex) return true;
  if (finding.kind === 'rule' && finding.name !== 'tracked actions are restorable') return false;
  const names = [id, ...records.map(({ path }) => keyOf(path))];
  const standing = records.filter(({ path, value }) => {
    const now = valueAt(after as Value, path);
    return now.found && sameValue(now.value, value);
  });
  const text = [finding.message, finding.expected, finding.actual].join(' ');
  if (standing.length > 0 && names.some((name) => mentions(text, name))) return true;
  return records.some(({ path }) => written.some((other) => samePath(other, path)));
}

/** The entries of the state that a patch writes. Counters beside them are left out: every step may write them. */
function entriesIn(patch: Patch): readonly Path[] {
  const written = patch.map((change) =>
    entryOf(change.kind === 'spliced' ? [...change.path, change.index] : change.path),
  );
  const entries = written.filter(isEntry);
  return entries.length > 0 ? entries : written;
}

/** The key of a record in a map. An index does not identify a record: lists move. */
function keyOf(record: Path): Value {
  const last = record.at(-1);
  return typeof last === 'object' ? last.mapKey : undefined;
}

/** Whether a text contains a name as a whole word. */
function mentions(text: string, name: Value): boolean {
  if (name === undefined) return false;
  const word = typeof name === 'string' ? name : formatKey(name);
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + word.length]];
    if (!/\w/.test(before) && !/\w/.test(after)) return word.length > 0;
  }
  return false;
}
