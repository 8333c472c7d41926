import type { Guard } from '../isolation/guard.ts';
import { isTakenIn, type EmittedAction, type Executed } from '../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import type { Completion, MachineTypes, StfInput } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario, Driver, ExternalFaults, Tallies } from '../machine/scenario.ts';
import { ChaCha8Rng } from '../random/chacha8-rng.ts';
import type { Value } from '../value/value.ts';
import type { SettledFailure } from './executor.ts';
import { FaultInjector, type Fate } from './fault-injector.ts';
import { Network, type Delivery } from './network.ts';
import { ScenarioGuard } from './scenario-guard.ts';
import { SettledJudge } from './settled-judge.ts';
import type { LocateError } from './transactor.ts';

/** Where the operations of a run come from. */
export interface OperationSource {
  /** The next operation, or `undefined` when the run is over. */
  next(state: Value): Operation | undefined;
  /**
   * Sees each executed step before the next operation is asked for. Returns the step as it is recorded:
   * its operation may be extended with what a replay needs.
   */
  observe(step: Executed): Executed;
  /** Returns the properties that do not hold; for the operation `settled`. */
  judge(state: Value): readonly SettledFailure[];
  /** How often each of these properties was checked. */
  readonly settledCounts: Readonly<Record<string, number>>;
  tallies(): Tallies;
  /** What the scenario should reach now and then, and whether this run has. */
  sometimes(): Readonly<Record<string, boolean>>;
  /** Operations of the scenario so far, without those that the simulation adds. */
  readonly operations: number;
}

/** Streams of a seed: switching faults off leaves the operations unchanged. */
const STREAM = { operations: 0n, external: 1n, faults: 2n, depths: 3n } as const;

/** After this many failures in a row, `restore` is not called again: the run is over. */
const RESTORE_ATTEMPTS_MAX = 5;
/** After this many crashes in a row, the next step is spared, whatever the profile. */
const CRASHES_IN_A_ROW_MAX = 8;
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

/**
 * A source of operations drawn from a seed: those of the scenario, the faults of the profile, the
 * answers of the external systems, and at the end everything that is still on its way.
 */
export function scenarioSource(run: ScenarioRun): OperationSource {
  return new Simulation(run);
}

class Simulation implements OperationSource {
  readonly #operationsMax: number;
  readonly #driver: Driver<MachineTypes>;
  readonly #guard: ScenarioGuard;
  readonly #faults: FaultInjector;
  readonly #network = new Network();
  /** Whether results are delivered. If not, only the scenario's own operations come. */
  readonly #hasNetwork: boolean;
  readonly #judge: SettledJudge;
  /** Operations that must come next: a crash with its restore. */
  readonly #queued: Operation[] = [];
  /** The delivery that the current step handles. */
  #delivery: Delivery | undefined;
  #operations = 0;
  /** The draws while the external systems received the actions of the current step. */
  #failures: boolean[] = [];
  #isReceiving = false;
  #restoreAttempts = 0;
  /** Crashes since the process last did anything but restore. */
  #crashes = 0;
  #phase: 'running' | 'settling' | 'down' | 'over' = 'running';
  /** Tracked actions that the external systems have received. */
  #received = 0;
  #steps = 0;
  #stepsMax: number;

  constructor(run: ScenarioRun) {
    const { scenario, seed, operationsMax, faults = FAULT_PROFILES.none } = run;
    this.#operationsMax = operationsMax;
    this.#stepsMax = SETTLING_STEPS_MAX + STEPS_PER_OPERATION_MAX * operationsMax;
    this.#guard = new ScenarioGuard(scenario, run);
    const stream = (of: keyof typeof STREAM) => ChaCha8Rng.seedFromU64(seed, STREAM[of]);
    this.#faults = new FaultInjector(faults, stream('faults'), stream('depths'));
    const random = stream('operations');
    const external = this.#watched(externalFaults(faults, stream('external')));
    this.#driver = this.#guard.call('start', () => scenario.start(random, external));
    const systems = this.#guard.call('external', () => this.#driver.external);
    this.#hasNetwork =
      this.#faults.isOn || (systems !== undefined && systems.answersOnlyUnderFaults !== true);
    this.#judge = new SettledJudge(this.#driver, this.#guard);
  }

  get operations(): number {
    return this.#operations;
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
    if (this.#queued.length > 0) return this.#nextQueued();
    return this.#hasNetwork ? this.#nextDue(state) : this.#draw(state);
  }

  #nextQueued(): Operation | undefined {
    const queued = this.#queued.shift();
    if (queued?.kind !== 'restore') return queued;
    // The last attempt is spared, so that only a machine that cannot recover stays down.
    const isLast = this.#restoreAttempts === RESTORE_ATTEMPTS_MAX - 1;
    return isLast || this.#isSpared ? queued : this.#withFault(queued);
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

  #observeNetwork(step: Executed): Executed {
    this.#judge.observe(step);
    this.#pollExternal();
    const delivery = this.#delivery;
    this.#delivery = undefined;
    const { operation, outcome } = step;
    if (operation.kind === 'crash') this.#crashes += 1;
    else if (operation.kind === 'restore') this.#afterRestore(outcome.kind);
    else this.#crashes = 0;
    if (outcome.kind === 'crashed') {
      this.#queued.push({ kind: 'crash', dispatched: 0 }, { kind: 'restore' });
    }
    if (delivery) this.#acknowledge(delivery, step);
    this.#failures = [];
    if (outcome.kind === 'ok' && operation.kind !== 'crash') {
      this.#dispatch(step.actions, delivery !== undefined);
    }
    return this.#withFailures(step);
  }

  /** Notes the draws during `receive`, which a replay needs. */
  #watched({ random, strikes }: ExternalFaults): ExternalFaults {
    const watched = () => {
      const hasStruck = strikes();
      if (this.#isReceiving) this.#failures.push(hasStruck);
      return hasStruck;
    };
    return { random, strikes: watched };
  }

  #withFailures(step: Executed): Executed {
    if (!this.#failures.includes(true)) return step;
    const externalFailures = [...this.#failures];
    return { ...step, operation: Object.assign({}, step.operation, { externalFailures }) };
  }

  /** Draws the scenario's next operation. */
  #draw(state: Value): StfInput | undefined {
    if (this.#operations >= this.#operationsMax) return undefined;
    const operation = this.#guard.next(this.#driver, state);
    if (operation === undefined) return undefined;
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

  get #isSpared(): boolean {
    return this.#crashes >= CRASHES_IN_A_ROW_MAX;
  }

  /**
   * Sends the actions to the external systems. The process may die before all are out.
   *
   * @param isFollowUp whether they were emitted while a message was handled.
   */
  #dispatch(actions: readonly EmittedAction[], isFollowUp = false): void {
    const drawn = this.#phase === 'running' ? this.#faults.drawCrash(actions.length) : undefined;
    const crash = this.#isSpared ? undefined : drawn;
    if (crash !== undefined) {
      this.#queued.push({ kind: 'crash', dispatched: crash }, { kind: 'restore' });
    }
    for (const emitted of actions.slice(0, crash)) {
      if (emitted.kind !== 'tracked') continue;
      const { id, action } = emitted;
      this.#received += 1;
      this.#isReceiving = true;
      const result = this.#guard.call('receive', () => this.#driver.external?.receive(id, action));
      this.#isReceiving = false;
      if (result === undefined || !this.#hasNetwork) continue;
      this.#send(
        { kind: 'trackedActionCompleted', id, result },
        isFollowUp ? 'followUp' : 'answer',
      );
    }
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

  /** Starts a process again that could not recover, and gives it up after some attempts. */
  #afterRestore(outcome: Executed['outcome']['kind']): void {
    if (outcome === 'ok' || outcome === 'crashed') {
      this.#restoreAttempts = 0;
      return;
    }
    this.#restoreAttempts += 1;
    if (this.#restoreAttempts < RESTORE_ATTEMPTS_MAX) this.#queued.push({ kind: 'restore' });
    else this.#phase = 'down';
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

function externalFaults({ externalFails = 0 }: FaultProfile, random: ChaCha8Rng): ExternalFaults {
  return { random, strikes: () => externalFails > 0 && random.genBool(externalFails) };
}
