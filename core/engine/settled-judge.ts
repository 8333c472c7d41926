import type { Executed } from '../machine/executed.ts';
import type { MachineTypes } from '../machine/machine.ts';
import type { Driver, SettledVerdict } from '../machine/scenario.ts';
import { cutText } from '../text/visible.ts';
import { describeValue, MESSAGE_CHARS_MAX } from '../thrown.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './findings.ts';
import type { ScenarioGuard, SettledProperty } from './scenario-guard.ts';
import { shapeOf } from './signature.ts';

/** Checks what must hold when a run is settled, over machine and external systems together. */
export class SettledJudge {
  readonly #properties: readonly (readonly [name: string, property: SettledProperty])[];
  readonly #guard: ScenarioGuard;
  readonly #locate: (name: string) => string | undefined;
  /** What came last for each tracked action: it distinguishes the failures that name the action. */
  readonly #lastShapes: Map<unknown, string>;
  readonly #asked: Map<string, number>;

  /** @param from the judge of the driver that this one is a copy of. */
  constructor(driver: Driver<MachineTypes>, guard: ScenarioGuard, from?: SettledJudge) {
    this.#guard = guard;
    const properties = guard.settled(driver);
    this.#properties = Object.entries(properties);
    this.#locate = (name) => guard.placeOf({ of: properties, method: name });
    this.#lastShapes = new Map(from && from.#lastShapes);
    const asked = from && from.#asked;
    this.#asked = new Map(this.#properties.map(([name]) => [name, asked?.get(name) ?? 0]));
  }

  /** How often each property was checked. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#asked);
  }

  observe(step: Executed): void {
    const { operation, outcome, actions } = step;
    if (operation.kind !== 'trackedActionCompleted') return;
    // A step that changed nothing did not cause the failure.
    if (outcome.kind !== 'ok' || (actions.length === 0 && step.before === step.after)) return;
    this.#lastShapes.set(operation.id, shapeOf(operation));
  }

  /** Returns the properties that do not hold. */
  judge(state: Value): readonly SettledFailure[] {
    return this.#properties.flatMap(([name, property]) => {
      this.#asked.set(name, (this.#asked.get(name) ?? 0) + 1);
      const failure = this.#guard.call('settled', () => toFailure(property(state as never)));
      if (failure === undefined) return [];
      const { message, ...about } = failure;
      const predicate = this.#locate(name);
      const facts = { name, message, ...(predicate === undefined ? {} : { predicate }) };
      if (!('id' in about)) return [{ ...facts, shape: 'settled' }];
      const shape = this.#lastShapes.get(about.id) ?? 'nothing came';
      return [{ ...facts, shape, id: about.id }];
    });
  }
}

/** What a verdict finds wrong. The types promise one, but the scenario may come from plain JavaScript. */
function toFailure(
  verdict: unknown,
): { readonly message: string; readonly id?: unknown } | undefined {
  if (verdict === true) return undefined;
  if (verdict === false) return { message: 'does not hold' };
  if (typeof verdict === 'string') return { message: cutText(verdict, MESSAGE_CHARS_MAX) };
  const { message, ...about } = { ...(verdict as Partial<Extract<SettledVerdict, object>>) };
  if (typeof message !== 'string') {
    const returned = verdict === undefined ? 'undefined' : describeValue(verdict);
    return {
      message: `returned ${returned}, which is neither a boolean, a string, nor { message, id }`,
    };
  }
  const id = 'id' in about ? { id: about.id } : {};
  return { message: cutText(message, MESSAGE_CHARS_MAX), ...id };
}
