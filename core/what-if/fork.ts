import type { CheckPlan } from '../engine/check-plan.ts';
import type { ExecutionOptions } from '../engine/executor.ts';
import { Guide } from '../engine/guide.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { scenarioSource, type OperationSource } from '../engine/simulation.ts';
import { isTakenIn, type Executed, type IdleStep } from '../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import type { ActionId, AnyMachine } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { formatCount, OPERATIONS_MAX, parseSeed, valueOf } from '../text/quantities.ts';
import type { Fork } from '../trace/fork.ts';
import type { TraceHeader } from '../trace/format.ts';
import { checksOf } from '../trace/verify.ts';
import type { Value } from '../value/value.ts';
import { ForkError, forkedList, forkedPlaces, type ForkedStep } from './forked-list.ts';
import { ForkedSource } from './forked-source.ts';
import type { Parent } from './parent.ts';

/** The machine of a run, and how it is driven and checked. */
export interface ForkSubject extends Pick<ExecutionOptions, 'guard' | 'locate' | 'watch'> {
  readonly machine: AnyMachine;
  /** The scenario of the parent; without it, only the same operations can go on. */
  readonly scenario?: AnyScenario | undefined;
  /** The profile of the parent; by default nothing strikes. */
  readonly faults?: FaultProfile | undefined;
  /** By default, everything that the parent was checked for. */
  readonly checks?: CheckPlan | undefined;
}

/** A fork that is being executed. */
export interface Forked {
  readonly run: Run;
  /**
   * The step of the parent that the last executed step is, changed or not; `undefined` for what the fork
   * has added, and where a scenario goes on.
   */
  readonly parentStep: number | undefined;
}

/**
 * Begins a fork: a run that has taken in the steps which it shares with its parent, and is ready to execute
 * what comes after them. The shared steps are not executed again, except on a machine whose state is in a
 * database.
 *
 * @throws {ForkError} for changes that the parent does not allow, or a scenario that cannot go on.
 * @throws {LeadError} when the scenario would have given another past.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function startFork(subject: ForkSubject, parent: Parent, fork: Fork): Promise<Forked> {
  const { machine, guard, watch, locate } = subject;
  const { header } = parent;
  const checks = subject.checks ?? checksOf(header);
  const options = { guard, watch, locate, checks };
  // The process of a machine knows only its own initial state; the state to go on from is loaded into it.
  const isElsewhere = machine.storage !== undefined || machine.fetchVerdicts !== undefined;
  const initialState = isElsewhere ? undefined : header.initialState;
  const begin = (source: OperationSource) => new Run(machine, source, { ...options, initialState });
  const led =
    fork.goesOn === 'sameOperations'
      ? sameOperations(subject, parent, fork)
      : goingOn(subject, parent, fork);
  const run = begin(led.source);
  try {
    await led.lead(run);
    const { source } = led;
    return {
      run,
      get parentStep() {
        return source instanceof GuidedSource ? source.parentStep : undefined;
      },
    };
  } catch (error) {
    run.close();
    throw error;
  }
}

function* sharedSteps(parent: Parent, { from }: Fork): Generator<Executed> {
  for (let at = 0; at < from; at += 1) yield parent.step(at);
}

/** The steps that a fork shares, as far as they must be looked at. */
function* sharedUnlessIdle(parent: Parent, { from }: Fork): Generator<Executed | IdleStep> {
  for (let at = 0; at < from; at += 1) yield parent.isIdle(at) ? 'idle' : parent.step(at);
}

/** A source of operations, and how it and its run take in the steps that a fork shares. */
interface LedSource {
  readonly source: OperationSource;
  readonly lead: (run: Run) => Promise<void>;
}

function sameOperations(subject: ForkSubject, parent: Parent, fork: Fork): LedSource {
  const past = () => sharedSteps(parent, fork);
  const source = new GuidedSource(subject, forkedList(parent, fork), past);
  const lead = (run: Run) => {
    const steps = run.executor.leadsByExecuting ? past() : sharedUnlessIdle(parent, fork);
    return run.lead(steps, parent.stateAt(fork.from - 1), (step) => source.lead(step));
  };
  return { source, lead };
}

function goingOn(subject: ForkSubject, parent: Parent, fork: Fork): LedSource {
  const { scenario, faults = FAULT_PROFILES.none, guard, locate } = subject;
  const { header } = parent;
  if (!scenario) {
    throw new ForkError(
      `The machine has no scenario "${header.scenario}", which could go on: let the same operations go on.`,
    );
  }
  const places = forkedPlaces(parent, fork);
  const later = [...places.keys()].find((at) => at !== fork.from);
  if (later !== undefined) {
    throw new ForkError(
      `A scenario that goes on gives other operations after step ${fork.from}, so that step ${later} ` +
        'cannot be changed, too: let the same operations go on.',
    );
  }
  const seed = valueOf(parseSeed(header.seed));
  const { operationsMax } = header;
  if (operationsMax > OPERATIONS_MAX) {
    throw new ForkError(
      `The trace says that its scenario makes ${formatCount(operationsMax)} operations, but at most ` +
        `${formatCount(OPERATIONS_MAX)} are made: let the same operations go on.`,
    );
  }
  if ((fork.goesOn === 'newDraws') !== (fork.seed !== undefined)) {
    throw new ForkError(
      fork.seed === undefined
        ? 'New draws need a seed: give one.'
        : 'A seed belongs to new draws: leave it out, or let new draws go on.',
    );
  }
  const simulation = scenarioSource({ scenario, seed, operationsMax, faults, guard, locate });
  const was = fork.from < parent.length ? parent.step(fork.from).operation : undefined;
  const source = new ForkedSource(simulation, places.get(fork.from), was);
  const drawn = stepsDrawn(header);
  const take = (step: Executed) => {
    const isLast = step.stepIndex === fork.from - 1;
    if (step.stepIndex >= drawn) simulation.leadImposed(step);
    else simulation.lead(step, isLast ? source.dispatchedBefore : undefined);
  };
  const lead = async (run: Run) => {
    await run.lead(sharedSteps(parent, fork), parent.stateAt(fork.from - 1), take);
    if (fork.seed !== undefined) simulation.redraw(valueOf(parseSeed(fork.seed)));
  };
  return { source, lead };
}

/** How many steps of a run its scenario has drawn from the seed: a shrunk run has none, a fork its first. */
function stepsDrawn({ shrunkFrom, forks }: TraceHeader): number {
  if (shrunkFrom) return 0;
  return forks?.[0]?.from ?? Number.POSITIVE_INFINITY;
}

/** Gives a list of operations that was changed, as far as they make sense, and what the list leaves due. */
class GuidedSource implements OperationSource {
  readonly #list: readonly ForkedStep[];
  readonly #guide: Guide;
  readonly #replay: OperationSource;
  /** Actions whose last completion was not taken in. */
  readonly #keptOut = new Set<ActionId>();
  #parentStep: number | undefined;
  #last: Pick<Executed, 'operation' | 'outcome'> | undefined;

  /** @param past the steps before the list. */
  constructor(
    { scenario, guard, locate }: ForkSubject,
    list: readonly ForkedStep[],
    past: () => Iterable<Executed>,
  ) {
    this.#list = list;
    this.#guide = new Guide(list, 'fork');
    const rewrite = (operation: Operation, position: number, isAdded: boolean) =>
      isAdded || this.#takesPlace(list[position])
        ? this.#guide.rewrite(operation, position, isAdded)
        : undefined;
    const operations = list.map(({ operation }) => operation);
    this.#replay = replaySource(operations, { scenario, guard, locate, rewrite, past });
  }

  set stir(stir: (() => void) | undefined) {
    this.#replay.stir = stir;
  }

  get operations(): number {
    return this.#replay.operations;
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
    return this.#replay.next(state);
  }

  observe(step: Executed): Executed {
    const given = this.#list[this.#guide.position];
    // What the external systems owe at the end stands in the place of the settled step, and is not it.
    const isItself = given?.operation.kind === step.operation.kind;
    this.#parentStep = isItself ? given?.stepIndex : undefined;
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
