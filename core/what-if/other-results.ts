import { isTakenIn } from '../machine/executed.ts';
import type { ForkChange } from '../trace/format/fork.ts';
import { kindOf } from '../value/label.ts';
import { sameValue, type Value } from '../value/value.ts';
import { drawnByScenario, DrawnWatch, type Answer } from './drawn.ts';
import type { ForkSubject } from './fork.ts';
import type { Parent } from './parent.ts';

/** A completion that comes with another result. */
export type ResultChange = ForkChange & { readonly kind: 'result' };

/** The other results of a completion that are tried. */
const OTHERS_MAX = 6;

/**
 * The results that could have come in the place of those of a run: of another kind, and answered to the same kind
 * of action in the run, or by the scenario without faults. What the scenario says is not possible is left out.
 */
export class OtherResults {
  readonly #subject: ForkSubject;
  readonly #parent: Parent;
  #answers: readonly Answer[] | undefined;

  constructor(subject: ForkSubject, parent: Parent) {
    this.#subject = subject;
    this.#parent = parent;
  }

  /** The changes that give a completion another result. */
  async of(stepIndex: number): Promise<readonly ResultChange[]> {
    const { operation } = this.#parent.step(stepIndex);
    const action = this.#actionOf(stepIndex);
    if (operation.kind !== 'trackedActionCompleted' || action === undefined) return [];
    this.#answers ??= await this.#known();
    const others: Value[] = [];
    for (const { action: asked, result } of this.#answers) {
      if (others.length === OTHERS_MAX) break;
      if (kindOf(asked) !== kindOf(action)) continue;
      if (kindOf(result) === kindOf(operation.result) || !this.#isPossible(result)) continue;
      if (!others.some((other) => sameValue(other, result))) others.push(result as Value);
    }
    return others.map((result) => ({ kind: 'result', at: stepIndex, result }));
  }

  /** The action that a completion is of, as it was asked last. */
  #actionOf(stepIndex: number): unknown {
    const { operation } = this.#parent.step(stepIndex);
    if (operation.kind !== 'trackedActionCompleted') return undefined;
    for (let at = stepIndex - 1; at >= 0; at -= 1) {
      for (const one of this.#parent.step(at).actions) {
        if (one.kind === 'tracked' && one.id === operation.id) return one.action;
      }
    }
    return undefined;
  }

  async #known(): Promise<readonly Answer[]> {
    const own = new DrawnWatch();
    for (let at = 0; at < this.#parent.length; at += 1) own.add(this.#parent.step(at));
    const drawn = await drawnByScenario(this.#subject, this.#parent);
    return [...own.answers, ...drawn.answers];
  }

  /** Whether an author's function allows it; made for what the model answers, it need not understand it. */
  #isPossible(result: unknown): boolean {
    const { scenario } = this.#subject;
    if (!scenario?.isPossibleResult) return true;
    try {
      return scenario.isPossibleResult(result);
    } catch {
      return false;
    }
  }
}

/** Whether a machine has accepted a result without changing its state or asking for anything. */
export function isSwallowed(parent: Parent, stepIndex: number): boolean {
  const step = parent.step(stepIndex);
  if (!isTakenIn(step) || step.outcome.kind !== 'ok' || step.actions.length > 0) return false;
  return sameValue(step.before, step.after);
}
