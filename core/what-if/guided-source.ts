import type { Asked } from '../engine/asked.ts';
import { Guide } from '../engine/guide.ts';
import type { OperationSource } from '../engine/operation-source.ts';
import { replaySource, type ReplayOptions } from '../engine/replay.ts';
import {
  isTakenIn,
  type Executed,
  type IdleStep,
  type TrackedAction,
} from '../machine/executed.ts';
import type { ActionId } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { Value } from '../value/value.ts';
import type { ForkedStep } from './forked-list.ts';

/** Gives a list of operations that was changed, as far as they make sense, and what the list leaves due. */
export class GuidedSource implements OperationSource {
  readonly #list: readonly ForkedStep[];
  readonly #guide: Guide;
  readonly #replay: OperationSource;
  /** Actions whose last completion was not taken in. */
  readonly #keptOut: Set<ActionId>;
  #parentStep: number | undefined;
  #last: Pick<Executed, 'operation' | 'outcome'> | undefined;

  /**
   * @param options.past gives the scenario after the steps before the list.
   * @param past a source that was led through these steps.
   * @param lostAfterPast what the parent has lost right after them: see {@link GuidedStep.lostAfter}.
   */
  constructor(
    list: readonly ForkedStep[],
    options: Omit<ReplayOptions, 'rewrite'> = {},
    past?: GuidedSource,
    lostAfterPast?: readonly TrackedAction[],
  ) {
    this.#list = list;
    this.#guide = new Guide(list, 'fork', past && past.#guide, [], lostAfterPast);
    this.#keptOut = new Set(past && past.#keptOut);
    this.#last = past && past.#last;
    const rewrite: ReplayOptions['rewrite'] = (operation, position, isAdded, model) =>
      isAdded || this.#takesPlace(list[position])
        ? this.#guide.rewrite(operation, position, isAdded, model)
        : undefined;
    const operations = list.map(({ operation }) => operation);
    this.#replay = replaySource(operations, { ...options, rewrite });
  }

  set stir(stir: (() => void) | undefined) {
    this.#replay.stir = stir;
  }

  get operations(): number {
    return this.#replay.operations;
  }

  /** What waits for a result after the steps so far. */
  get asked(): Asked {
    return this.#guide.asked;
  }

  /** The step of the parent that the last executed step is. */
  get parentStep(): number | undefined {
    return this.#parentStep;
  }

  get settledCounts(): Readonly<Record<string, number>> {
    return this.#replay.settledCounts;
  }

  /** Takes in a step before the list; the scenario sees it later, if it is asked something. */
  lead(step: Executed | IdleStep): void {
    this.#guide.lead(step);
    if (step === 'idle') this.#last = undefined;
    else this.#note(step);
  }

  next(state: Value): Operation | undefined {
    const operation = this.#replay.next(state);
    const given = this.#list[this.#guide.position];
    // What the external systems owe at the end stands in the place of the settled step, and is not it. It is noted
    // before the step is executed: one that does not end is not observed.
    const isItself = operation !== undefined && given?.operation.kind === operation.kind;
    this.#parentStep = isItself ? given.stepIndex : undefined;
    return operation;
  }

  observe(step: Executed): Executed {
    const given = this.#list[this.#guide.position];
    if (given) this.#guide.observe(step, given);
    this.#note(step);
    return this.#replay.observe(step);
  }

  #note(step: Executed): void {
    this.#last = step;
    const { operation } = step;
    if (operation.kind !== 'trackedActionCompleted') return;
    if (isTakenIn(step)) this.#keptOut.delete(operation.id);
    else this.#keptOut.add(operation.id);
  }

  #takesPlace(given: ForkedStep | undefined): boolean {
    const { onlyIf, operation } = given ?? {};
    if (onlyIf === 'crashed') return this.#last?.outcome.kind === 'crashed';
    if (onlyIf !== 'keptOut' || operation?.kind !== 'trackedActionCompleted') return true;
    return this.#keptOut.has(operation.id);
  }

  judge(...state: Parameters<OperationSource['judge']>): ReturnType<OperationSource['judge']> {
    return this.#replay.judge(...state);
  }

  tallies(): ReturnType<OperationSource['tallies']> {
    return this.#replay.tallies();
  }

  sometimes(): ReturnType<OperationSource['sometimes']> {
    return this.#replay.sometimes();
  }
}
