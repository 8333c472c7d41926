import type { CheckPlan } from '../engine/check-plan.ts';
import type { ExecutionOptions } from '../engine/executor.ts';
import { Run } from '../engine/run.ts';
import { scenarioSource, type OperationSource } from '../engine/simulation.ts';
import type { Executed, IdleStep } from '../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { formatCount, OPERATIONS_MAX, parseSeed, valueOf } from '../text/quantities.ts';
import type { Fork } from '../trace/fork.ts';
import type { TraceHeader } from '../trace/format.ts';
import { checksOf } from '../trace/verify.ts';
import type { Value } from '../value/value.ts';
import { ForkError, forkedList, forkedPlaces, type Place } from './forked-list.ts';
import { ForkedSource } from './forked-source.ts';
import { GuidedSource } from './guided-source.ts';
import { cutParent, type Parent } from './parent.ts';

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
  // What shares nothing begins as the machine does now, which may have been changed.
  const isOwn = isElsewhere || fork.from === 0;
  const initialState = isOwn ? undefined : header.initialState;
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

/** The state in which a fork begins. */
function sharedState({ executor }: Run, parent: Parent, { from }: Fork): Value {
  return from === 0 ? executor.initialState : parent.stateAt(from - 1);
}

/** A source of operations, and how it and its run take in the steps that a fork shares. */
interface LedSource {
  readonly source: OperationSource;
  readonly lead: (run: Run) => Promise<void>;
}

function sameOperations(subject: ForkSubject, whole: Parent, fork: Fork): LedSource {
  const { ends = whole.length } = fork;
  const parent = ends < whole.length ? cutParent(whole, ends) : whole;
  const past = () => sharedSteps(parent, fork);
  const source = new GuidedSource(subject, forkedList(parent, fork), past);
  const lead = (run: Run) => {
    const steps = run.executor.leadsByExecuting ? past() : sharedUnlessIdle(parent, fork);
    return run.lead(steps, sharedState(run, parent, fork), (step) => source.lead(step));
  };
  return { source, lead };
}

function goingOn(subject: ForkSubject, parent: Parent, fork: Fork): LedSource {
  const { faults = FAULT_PROFILES.none, guard, locate } = subject;
  const { header } = parent;
  const { operationsMax } = header;
  const scenario = requireScenario(subject, header, fork);
  const seed = valueOf(parseSeed(header.seed));
  const simulation = scenarioSource({ scenario, seed, operationsMax, faults, guard, locate });
  const was = fork.from < parent.length ? parent.step(fork.from).operation : undefined;
  const source = new ForkedSource(simulation, onlyPlace(parent, fork), was);
  const drawn = stepsDrawn(header);
  const take = (step: Executed) => {
    const isLast = step.stepIndex === fork.from - 1;
    if (step.stepIndex >= drawn) simulation.leadImposed(step);
    else simulation.lead(step, isLast ? source.dispatchedBefore : undefined);
  };
  const lead = async (run: Run) => {
    await run.lead(sharedSteps(parent, fork), sharedState(run, parent, fork), take);
    if (fork.seed !== undefined) simulation.redraw(valueOf(parseSeed(fork.seed)));
  };
  return { source, lead };
}

/**
 * The scenario that goes on.
 *
 * @throws {ForkError} when there is none, or it cannot go on as the fork wants.
 */
function requireScenario({ scenario }: ForkSubject, header: TraceHeader, fork: Fork): AnyScenario {
  if (!scenario) {
    throw new ForkError(
      `The machine has no scenario "${header.scenario}", which could go on: let the same operations go on.`,
    );
  }
  if (header.operationsMax > OPERATIONS_MAX) {
    throw new ForkError(
      `The trace says that its scenario makes ${formatCount(header.operationsMax)} operations, but at most ` +
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
  return scenario;
}

/** What a fork changes where it begins, which is all that it may change where a scenario goes on. */
function onlyPlace(parent: Parent, fork: Fork): Place | undefined {
  const places = forkedPlaces(parent, fork);
  const later = [...places.keys()].find((at) => at !== fork.from);
  if (later === undefined) return places.get(fork.from);
  throw new ForkError(
    `A scenario that goes on gives other operations after step ${fork.from}, so that step ${later} ` +
      'cannot be changed, too: let the same operations go on.',
  );
}

/** How many steps of a run its scenario has drawn from the seed: a shrunk run has none, a fork its first. */
function stepsDrawn({ shrunkFrom, forks }: TraceHeader): number {
  if (shrunkFrom) return 0;
  return forks?.[0]?.from ?? Number.POSITIVE_INFINITY;
}
