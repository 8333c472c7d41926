import type { SettledFailure } from '../engine/findings.ts';
import { isSameOperation } from '../engine/lead.ts';
import type { OperationSource } from '../engine/operation-source.ts';
import type { Dispatched, Simulation } from '../engine/simulation.ts';
import type { Executed } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import type { Tallies } from '../machine/scenario.ts';
import type { Value } from '../value/value.ts';
import type { ForkedStep, Place } from './forked-list.ts';

/**
 * A source of operations that follows a scenario up to a fork, makes its changes there, and lets the
 * scenario go on, which sees what has become of the past.
 */
export class ForkedSource implements OperationSource {
  readonly #simulation: Simulation;
  readonly #place: Place | undefined;
  /** What the fork adds before the scenario goes on. */
  readonly #added: ForkedStep[];
  /** Whether the step of the parent that the fork changes is still to come. */
  #isPending: boolean;

  /** The operation of the parent where the fork begins. */
  readonly #was: Operation | undefined;

  /**
   * @param place what the fork changes where it begins; nothing if it only draws anew.
   * @param was the operation of the parent there.
   */
  constructor(simulation: Simulation, place: Place | undefined, was: Operation | undefined) {
    this.#simulation = simulation;
    this.#place = place;
    this.#was = was;
    this.#isPending = place !== undefined && place.now?.operation !== was;
    this.#added = [...(place?.before ?? [])];
  }

  get operations(): number {
    return this.#simulation.operations;
  }

  get settledCounts(): Readonly<Record<string, number>> {
    return this.#simulation.settledCounts;
  }

  /** How many actions of the step before the fork are dispatched, if the fork decides that. */
  get dispatchedBefore(): Dispatched | undefined {
    const [first] = this.#added;
    if (first?.operation.kind === 'crash') return first.operation.dispatched;
    return this.#isCrashTakenOut ? 'all' : undefined;
  }

  get #isCrashTakenOut(): boolean {
    return this.#was?.kind === 'crash' && this.#isPending && this.#place?.now === undefined;
  }

  next(state: Value): Operation | undefined {
    const added = this.#added.shift()?.operation;
    if (added) {
      this.#simulation.impose(added);
      return added;
    }
    const drawn = this.#simulation.next(state);
    if (!this.#isPending || !drawn || !this.#was) return drawn;
    // What the fork has added may be answered first.
    if (this.#isCrashTakenOut || !isSameOperation(drawn, this.#was)) return drawn;
    this.#isPending = false;
    return this.#changed(drawn) ?? this.#simulation.next(state);
  }

  /** What the fork makes of the step at which it begins; `undefined` when it does not take place. */
  #changed(drawn: Operation): Operation | undefined {
    const now = this.#place?.now?.operation;
    if (now?.kind === drawn.kind) return now;
    this.#simulation.withhold(drawn);
    if (now) this.#simulation.impose(now);
    return now;
  }

  observe(step: Executed): Executed {
    return this.#simulation.observe(step);
  }

  judge(state: Value): readonly SettledFailure[] {
    return this.#simulation.judge(state);
  }

  tallies(): Tallies {
    return this.#simulation.tallies();
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return this.#simulation.sometimes();
  }
}
