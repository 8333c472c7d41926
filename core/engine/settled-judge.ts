import type { Executed } from '../machine/executed.ts';
import type { MachineTypes } from '../machine/machine.ts';
import type { Driver, SettledVerdict } from '../machine/scenario.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './executor.ts';
import type { ScenarioGuard } from './scenario-guard.ts';
import { shapeOf } from './signature.ts';

/** Asks what must hold when a run is settled, over machine and external systems together. */
export class SettledJudge {
  readonly #driver: Driver<MachineTypes>;
  readonly #guard: ScenarioGuard;
  /** What came last for each tracked action: a failure that names it is told apart by this. */
  readonly #lastShapes = new Map<unknown, string>();
  readonly #asked: Map<string, number>;

  constructor(driver: Driver<MachineTypes>, guard: ScenarioGuard) {
    this.#driver = driver;
    this.#guard = guard;
    this.#asked = new Map(Object.keys(driver.external?.settled ?? {}).map((name) => [name, 0]));
  }

  /** How often each property was asked. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#asked);
  }

  observe({ operation, outcome, before, after, actions }: Executed): void {
    if (operation.kind !== 'trackedActionCompleted') return;
    // What changed nothing is not what made it so.
    if (outcome.kind !== 'ok' || (before === after && actions.length === 0)) return;
    this.#lastShapes.set(operation.id, shapeOf(operation));
  }

  /** The properties that do not hold. */
  judge(state: Value): readonly SettledFailure[] {
    const properties = Object.entries(this.#driver.external?.settled ?? {});
    return properties.flatMap(([name, property]) => {
      this.#asked.set(name, (this.#asked.get(name) ?? 0) + 1);
      const verdict = this.#guard.call('settled', () => property(state));
      if (verdict === true) return [];
      if (isFailureOf(verdict)) {
        const { message, ...about } = verdict;
        const shape = this.#lastShapes.get(about.id) ?? 'nothing came';
        return [
          { name, message, ...('id' in about ? { shape, id: about.id } : { shape: 'settled' }) },
        ];
      }
      return [{ name, message: describe(verdict), shape: 'settled' }];
    });
  }
}

// The types promise a verdict, but the scenario may come from plain JavaScript.
function isFailureOf(verdict: unknown): verdict is Extract<SettledVerdict, object> {
  return typeof verdict === 'object' && verdict !== null && 'message' in verdict;
}

function describe(verdict: unknown): string {
  if (verdict === false) return 'does not hold';
  if (typeof verdict === 'string') return verdict;
  return `returned ${String(verdict)}, which is neither a boolean, a string, nor { message, id }`;
}
