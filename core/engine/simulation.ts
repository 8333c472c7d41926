import type { Guard } from '../isolation/guard.ts';
import {
  isTakenIn,
  type EmittedAction,
  type Executed,
  type UnreadStep,
} from '../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import type { Completion, MachineTypes, StfInput } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario, Driver, ExternalFaults, Tallies } from '../machine/scenario.ts';
import type { Value } from '../value/value.ts';
import { CrashLoop } from './crash-loop.ts';
import { ExternalDraws } from './external-draws.ts';
import { FaultInjector, type Fate } from './fault-injector.ts';
import { withoutFault, type SettledFailure } from './findings.ts';
import { isSameOperation, leadError } from './lead.ts';
import { Network, type Delivery } from './network.ts';
import type { OperationSource } from './operation-source.ts';
import { ScenarioGuard } from './scenario-guard.ts';
import { becomeStreams, copyStreams, streamsOf, type SeedStreams } from './seed-streams.ts';
import { SettledJudge } from './settled-judge.ts';
import type { LocateError } from './transactor.ts';

/** After this many panics at a message, the message is given up, as queues do. */
export const PANICS_MAX = 3;
/** A run that does not finish within this many settling steps is treated as endless. */
export const SETTLING_STEPS_MAX = 20_000;
/** Additional steps for each tracked action sent before, whose result may be on its way. */
const SETTLING_STEPS_PER_ACTION = 2;
/** Before the faults stop, an operation may lead to this many steps on average. */
const STEPS_PER_OPERATION_MAX = 200;

const AT_ONCE: Fate = { isLost: false, delay: 0 };
const AFTER_AN_OPERATION: Fate = { isLost: false, delay: 1 };

/** How a scenario is run. */
export interface ScenarioRun {
  readonly scenario: AnyScenario;
  /** 0 to 2^64 - 1. */
  readonly seed: bigint;
  /** How many operations the scenario is asked for. */
  readonly operationsMax: number;
  /** By default nothing strikes. */
  readonly faults?: FaultProfile;
  /** Finds the author's source line of what the scenario throws. */
  readonly locate?: LocateError | undefined;
  /** Keeps the scenario from everything except the seed. */
  readonly guard?: Guard | undefined;
}

/** How many actions of an accepted step are dispatched before a crash; `all` when there is no crash. */
export type Dispatched = number | 'all';

/**
 * A source of operations drawn from a seed: those of the scenario, the faults of the profile, the
 * answers of the external systems, and at the end everything that is still on its way. Its course can be
 * changed from outside: see {@link Simulation.impose}.
 */
export function scenarioSource(run: ScenarioRun): Simulation {
  return new Simulation(run);
}

export class Simulation implements OperationSource {
  readonly #run: ScenarioRun;
  readonly #driver: Driver<MachineTypes>;
  readonly #guard: ScenarioGuard;
  readonly #faults: FaultInjector;
  readonly #network: Network;
  /** Whether results are delivered. If not, only the scenario's own operations come. */
  readonly #hasNetwork: boolean;
  readonly #judge: SettledJudge;
  /** What must come next: a crash with its restore. */
  readonly #crashLoop: CrashLoop;
  readonly #external: ExternalDraws;
  /** The delivery that the current step handles. */
  #delivery: Delivery | undefined;
  #operations = 0;
  #hasEndedEarly = false;
  #phase: 'running' | 'settling' | 'down' | 'over' = 'running';
  /** Overrides the draw of how many actions of the current step are dispatched. */
  #dispatched: Dispatched | undefined;
  /** The random streams of the run, so that others can take their place. */
  readonly #streams: SeedStreams;
  /** Tracked actions that the external systems have received. */
  #received = 0;
  #steps = 0;
  #stepsMax: number;

  /** @param from the one that this is a copy of, whose driver must allow it. */
  constructor(run: ScenarioRun, from?: Simulation) {
    const { seed, operationsMax, faults = FAULT_PROFILES.none } = run;
    this.#run = run;
    this.#stepsMax = SETTLING_STEPS_MAX + STEPS_PER_OPERATION_MAX * operationsMax;
    this.#guard = from ? from.#guard : new ScenarioGuard(run.scenario, run);
    this.#streams = from ? copyStreams(from.#streams) : streamsOf(seed);
    this.#network = from ? from.#network.copy() : new Network();
    this.#faults = new FaultInjector(faults, this.#streams.faults, this.#streams.depths);
    this.#crashLoop = new CrashLoop(from && from.#crashLoop);
    this.#external = new ExternalDraws(faults, this.#streams.external);
    this.#driver = this.#startDriver(this.#external.faults, from && from.#driver);
    const systems = this.#guard.call('external', () => this.#driver.external);
    this.#hasNetwork =
      this.#faults.isOn || (systems !== undefined && systems.answersOnlyUnderFaults !== true);
    this.#judge = new SettledJudge(this.#driver, this.#guard, from && from.#judge);
  }

  #startDriver(external: ExternalFaults, from?: Driver<MachineTypes>): Driver<MachineTypes> {
    const { operations } = this.#streams;
    const copy = from && this.#guard.copy(from, operations, external);
    return copy ?? this.#guard.start(operations, external);
  }

  /**
   * A simulation that goes on from here for itself; `undefined` when its driver cannot be copied. Only
   * between two steps.
   */
  copy(): Simulation | undefined {
    if (this.#driver.copy === undefined) return undefined;
    const copy = new Simulation(this.#run, this);
    copy.#operations = this.#operations;
    copy.#hasEndedEarly = this.#hasEndedEarly;
    copy.#phase = this.#phase;
    copy.#received = this.#received;
    copy.#steps = this.#steps;
    copy.#stepsMax = this.#stepsMax;
    return copy;
  }

  get operations(): number {
    return this.#operations;
  }

  get hasEndedEarly(): boolean {
    return this.#hasEndedEarly;
  }

  tallies(): Tallies {
    return this.#guard.tallies(this.#driver);
  }

  sometimes(): Readonly<Record<string, boolean>> {
    return this.#guard.sometimes(this.#driver);
  }

  judge(state: Value): readonly SettledFailure[] {
    return this.#judge.judge(state);
  }

  get settledCounts(): Readonly<Record<string, number>> {
    return this.#judge.counts;
  }

  next(state: Value): Operation | undefined {
    if (this.#crashLoop.isPending) return this.#nextQueued();
    return this.#hasNetwork ? this.#nextDue(state) : this.#draw(state);
  }

  #nextQueued(): Operation | undefined {
    const queued = this.#crashLoop.take();
    if (queued?.kind !== 'restore') return queued;
    const { isLastAttempt, isSpared } = this.#crashLoop;
    return isLastAttempt || isSpared ? queued : this.#withFault(queued);
  }

  /** The next operation of the scenario, or what the network delivers before it. */
  #nextDue(state: Value): Operation | undefined {
    for (;;) {
      if (this.#phase === 'over') return undefined;
      if (this.#phase === 'down') {
        this.#phase = 'over';
        return { kind: 'settled', isDown: true };
      }
      if (this.#steps >= this.#stepsMax) {
        this.#phase = 'over';
        return { kind: 'settled', isEndless: true };
      }
      const delivery = this.#network.receive();
      if (delivery) return this.#deliver(delivery);
      if (this.#phase === 'settling') {
        if (this.#sendWhatIsDue()) continue;
        this.#phase = 'over';
        return { kind: 'settled' };
      }
      const drawn = this.#draw(state);
      if (drawn === undefined) this.#stopFaults();
      else if (drawn.kind === 'normal') return this.#withFault(drawn);
      else this.#send(drawn);
    }
  }

  observe(step: Executed): Executed {
    this.#steps += 1;
    this.#guard.observe(this.#driver, step);
    if (this.#hasNetwork) return this.#observeNetwork(step);
    if (step.actions.length > 0) this.#dispatch(step.actions);
    return step;
  }

  /**
   * Takes in the next step as it was executed before, instead of giving its operation: what comes next
   * follows from it as if it had been executed now.
   *
   * @throws {LeadError} when it is not the step that this source would have given.
   */
  lead(step: Executed, dispatched?: Dispatched): void {
    const drawn = this.next(step.before as Value);
    if (!drawn || !isSameOperation(drawn, step.operation)) throw leadError(step, drawn);
    this.#dispatched = dispatched;
    this.observe(step);
    this.#dispatched = undefined;
  }

  /**
   * Takes in the next step without reading it: one that has emitted nothing, and that is the one which is drawn
   * now.
   *
   * @returns the step, of which nothing need be read.
   * @throws {LeadError} when another kind of operation is drawn.
   */
  leadUnread(unread: UnreadStep): Executed {
    const drawn = this.next(unread.before as Value);
    if (drawn?.kind !== unread.operation) throw leadError(unread.read(), drawn);
    const hasStruck = unread.hasFault || !('fault' in drawn);
    const step = this.#guard.isEarlier
      ? unread.read()
      : unread.as(hasStruck ? drawn : withoutFault(drawn));
    this.observe(step);
    return step;
  }

  /**
   * Takes in a step that this source has not drawn, such as one of a shrunk run: the external systems and
   * the network follow it, and nothing is drawn for it.
   */
  leadImposed(step: Executed): void {
    this.impose(step.operation);
    if (step.operation.kind === 'normal') this.#operations += 1;
    this.#dispatched = 'all';
    this.observe(step);
    this.#dispatched = undefined;
  }

  /**
   * Prepares for an operation that comes next although it was not drawn. A completion takes the message on
   * its way under the same id, if there is one; after a crash, its restore must be imposed, too.
   */
  impose(operation: Operation): void {
    this.#crashLoop.discard(operation.kind);
    if (operation.kind === 'normal') this.#network.tick();
    if (operation.kind === 'trackedActionCompleted') {
      const { isDuplicate = false, fault: _, externalFailures: __, ...completion } = operation;
      const taken =
        this.#network.take(operation.id, { value: operation.result }) ??
        this.#network.take(operation.id);
      const message = taken?.message ?? { isTakenIn: isDuplicate, panics: 0 };
      this.#delivery = { completion, message, isLost: false, isDuplicate };
    }
    if (operation.kind === 'loss') {
      const taken = this.#network.take(operation.id);
      if (taken) this.#network.lose(taken);
    }
  }

  /** Takes back the operation that was just given: it is not executed. A completion is lost on its way. */
  withhold(operation: Operation): void {
    if (this.#delivery) this.#network.lose(this.#delivery);
    this.#delivery = undefined;
    if (operation.kind === 'crash') this.#crashLoop.discard('restore');
  }

  /** Draws from the streams of another seed from now on. */
  redraw(seed: bigint): void {
    becomeStreams(this.#streams, streamsOf(seed));
  }

  #observeNetwork(step: Executed): Executed {
    this.#judge.observe(step);
    this.#pollExternal();
    const delivery = this.#delivery;
    this.#delivery = undefined;
    const { operation, outcome } = step;
    if (this.#crashLoop.observe(step)) this.#phase = 'down';
    if (delivery) this.#acknowledge(delivery, step);
    this.#external.reset();
    if (outcome.kind === 'ok' && operation.kind !== 'crash') {
      this.#dispatch(step.actions, delivery !== undefined);
    }
    return this.#external.addTo(step);
  }

  /** Draws the scenario's next operation. */
  #draw(state: Value): StfInput | undefined {
    if (this.#operations >= this.#run.operationsMax) return undefined;
    const operation = this.#guard.next(this.#driver, state);
    if (operation === undefined) {
      this.#hasEndedEarly = true;
      return undefined;
    }
    this.#operations += 1;
    this.#network.tick();
    return operation;
  }

  #withFault(
    operation: Operation & { kind: 'normal' | 'trackedActionCompleted' | 'restore' },
  ): Operation {
    if (this.#phase !== 'running') return operation;
    const fault = this.#faults.drawStepFault();
    return fault ? { ...operation, fault } : operation;
  }

  #deliver(delivery: Delivery): Operation {
    const { completion, isLost, isDuplicate } = delivery;
    if (isLost) return { ...completion, kind: 'loss' };
    this.#delivery = delivery;
    return this.#withFault(isDuplicate ? { ...completion, isDuplicate } : completion);
  }

  #send(completion: Completion, kind: 'own' | 'answer' | 'followUp' = 'own'): void {
    this.#network.send(completion, this.#fateOf(kind));
  }

  #fateOf(kind: 'own' | 'answer' | 'followUp'): Fate {
    if (this.#phase !== 'running') return AT_ONCE;
    if (this.#faults.isOn) return this.#faults.drawFate(kind !== 'own');
    // A machine that asks again at each answer must not keep the scenario from going on.
    return kind === 'followUp' ? AFTER_AN_OPERATION : AT_ONCE;
  }

  /**
   * Sends the actions to the external systems. The process may die before all are out.
   *
   * @param isFollowUp whether they were emitted while a message was handled.
   */
  #dispatch(actions: readonly EmittedAction[], isFollowUp = false): void {
    const crash = this.#drawCrash(actions.length);
    if (crash !== undefined) this.#crashLoop.die(crash);
    // Most steps emit nothing.
    if (actions.length === 0) return;
    for (const emitted of actions.slice(0, crash)) {
      if (emitted.kind !== 'tracked') continue;
      const { id, action } = emitted;
      this.#received += 1;
      const result = this.#external.during(() =>
        this.#guard.call('receive', () => this.#driver.external?.receive(id, action)),
      );
      if (result === undefined || !this.#hasNetwork) continue;
      this.#send(
        { kind: 'trackedActionCompleted', id, result },
        isFollowUp ? 'followUp' : 'answer',
      );
    }
  }

  /** How many actions of a step are out when the process dies; `undefined` when it does not. */
  #drawCrash(actions: number): number | undefined {
    const drawn = this.#phase === 'running' ? this.#faults.drawCrash(actions) : undefined;
    if (this.#dispatched !== undefined) {
      return this.#dispatched === 'all' ? undefined : this.#dispatched;
    }
    return this.#crashLoop.isSpared ? undefined : drawn;
  }

  /** Delivers a message again that was not handled, since it was not acknowledged. */
  #acknowledge(delivery: Delivery, step: Executed): void {
    const { message } = delivery;
    if (isTakenIn(step)) {
      message.isTakenIn = true;
      return;
    }
    if (step.outcome.kind === 'panic') message.panics += 1;
    const delay = this.#phase === 'running' ? 1 : 0;
    if (message.panics < PANICS_MAX) this.#network.redeliver(delivery, delay);
  }

  #pollExternal(): void {
    for (;;) {
      const completion = this.#guard.completion(this.#driver, 'poll');
      if (completion === undefined) return;
      this.#send(completion);
    }
  }

  #stopFaults(): void {
    this.#phase = 'settling';
    this.#stepsMax = this.#steps + SETTLING_STEPS_MAX + SETTLING_STEPS_PER_ACTION * this.#received;
    this.#network.stopFaults();
  }

  #sendWhatIsDue(): boolean {
    const completion = this.#guard.completion(this.#driver, 'settle');
    if (completion === undefined) return false;
    this.#send(completion);
    return true;
  }
}
