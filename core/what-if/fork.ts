import type { CheckPlan } from '../engine/check-plan.ts';
import type { ExecutionOptions } from '../engine/executor.ts';
import { Onlooker } from '../engine/onlooker.ts';
import type { OperationSource } from '../engine/operation-source.ts';
import { Run } from '../engine/run.ts';
import {
  scenarioSource,
  type Dispatched,
  type ScenarioRun,
  type Simulation,
} from '../engine/simulation.ts';
import type { Executed, IdleStep } from '../machine/executed.ts';
import { FAULT_PROFILES, type FaultProfile } from '../machine/faults.ts';
import type { AnyMachine } from '../machine/machine.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { formatCount, OPERATIONS_MAX, parseSeed, valueOf } from '../text/quantities.ts';
import { checksOf } from '../trace/compare/verify.ts';
import type { Fork } from '../trace/format/fork.ts';
import type { TraceHeader } from '../trace/format/header.ts';
import { ForkError, forkedList, forkedPlaces, lostAfter, type Place } from './forked-list.ts';
import { ForkedSource } from './forked-source.ts';
import { GuidedSource } from './guided-source.ts';
import { Led } from './led.ts';
import { cutParent, type Parent } from './parent.ts';

/** The machine of a run, and how it is driven and checked. */
export interface ForkSubject extends Pick<ExecutionOptions, 'guard' | 'locate' | 'watch'> {
  readonly machine: AnyMachine;
  /** The scenario of the parent; without it, only the same operations can go on. */
  readonly scenario?: AnyScenario | undefined;
  /** The digest of the source of both, which says whether they are those of the parent. */
  readonly sourceHash?: string | undefined;
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
 * Begins one fork: see {@link Forks}.
 *
 * @throws as {@link Forks.start} does.
 */
export async function startFork(subject: ForkSubject, parent: Parent, fork: Fork): Promise<Forked> {
  const forks = new Forks(subject, parent);
  return forks.start(fork).finally(() => forks.close());
}

/** The steps that forks share, taken in by a run that executes none of them. */
interface Past {
  /** Absent for a machine that executes what it takes in. */
  readonly run: Run | undefined;
}

/** A past that goes on with operations from a list. */
interface ListedPast extends Past {
  readonly guided: GuidedSource;
}

/** A past that goes on as a scenario draws. */
interface DrawnPast extends Past {
  readonly simulation: Simulation;
}

/** How a fork goes on, and the past that it goes on from: all of it, or what comes before its last step. */
interface Beginning {
  readonly source: OperationSource;
  readonly past: Past;
  readonly last?: Executed | IdleStep | undefined;
}

/**
 * Forks of one run. A fork takes in the steps that it shares with its parent, without executing them again,
 * except on a machine whose state is in a database. Of forks that begin at ever later steps, each goes on from
 * where the one before began; a driver that cannot be copied is shown the steps from the beginning for each.
 */
export class Forks {
  readonly #subject: ForkSubject;
  readonly #parent: Parent;
  readonly #listed: Led<ListedPast>;
  readonly #drawn: Led<DrawnPast>;
  readonly #onlooker: Led<Onlooker>;
  /** A run that has executed steps, for a machine that must. */
  #executed: { readonly run: Run; readonly at: number } | undefined;

  constructor(subject: ForkSubject, parent: Parent) {
    this.#subject = subject;
    this.#parent = parent;
    this.#listed = new Led(
      () => ({ run: this.#pastRun(), guided: new GuidedSource([]) }),
      ({ run, guided }, from, to) => {
        for (const step of unlessIdle(parent, from, to)) {
          void run?.takeIn(step);
          guided.lead(step);
        }
      },
    );
    this.#drawn = new Led(
      () => ({ run: this.#pastRun(), simulation: scenarioSource(scenarioRunOf(subject, parent)) }),
      (past, from, to) => this.#leadDrawn(past, from, to),
    );
    this.#onlooker = new Led(
      () => new Onlooker(requireScenario(subject, parent.header), subject),
      (onlooker, from, to, stir) => {
        parent.walk(from, to, (step) => {
          onlooker.show(step.read());
          stir();
        });
      },
    );
  }

  /**
   * Begins a fork: a run that has taken in the steps which it shares with its parent, and is ready to execute
   * what comes after them.
   *
   * @throws {ForkError} for changes that the parent does not allow, or a scenario that cannot go on.
   * @throws {LeadError} when the scenario would have given another past.
   * @throws {ScenarioError} when the scenario throws.
   */
  async start(fork: Fork): Promise<Forked> {
    const beginning =
      fork.goesOn === 'sameOperations' ? this.#sameOperations(fork) : this.#goingOn(fork);
    const { source } = beginning;
    const run = await this.#runOf(beginning, fork);
    return {
      run,
      get parentStep() {
        return source instanceof GuidedSource ? source.parentStep : undefined;
      },
    };
  }

  /** Releases what the forks share; those that were begun go on. */
  close(): void {
    this.#executed?.run.close();
    this.#executed = undefined;
  }

  /** The run of a fork, after the steps that it shares. */
  async #runOf({ source, past, last }: Beginning, { from }: Fork): Promise<Run> {
    // What shares nothing begins as the machine does now, which may have been changed.
    if (from === 0) return this.#newRun(source, true);
    if (!past.run) return this.#runOfExecuted(source, from);
    const run = past.run.branch(source);
    if (!run) throw new Error('a state that can be set cannot be copied');
    await run.lead(last ? [last] : [], this.#parent.stateAt(from - 1));
    return run;
  }

  /** The same, of a machine that must execute these steps. */
  async #runOfExecuted(source: OperationSource, from: number): Promise<Run> {
    const known = this.#executed;
    const isBefore = known !== undefined && known.at <= from;
    if (!isBefore) this.close();
    const { run, at } = isBefore ? known : { run: this.#newRun(new GuidedSource([]), true), at: 0 };
    this.#executed = undefined;
    try {
      await run.lead(stepsOf(this.#parent, at, from), this.#parent.stateAt(from - 1));
      const branch = run.branch(source);
      if (!branch) return run.goOnWith(source);
      this.#executed = { run, at: from };
      return branch;
    } catch (error) {
      run.close();
      throw error;
    }
  }

  #newRun(source: OperationSource, isOwn: boolean): Run {
    const { machine, guard, watch, locate, checks } = this.#subject;
    const { header } = this.#parent;
    // The process of a machine knows only its own initial state; the state to go on from is loaded into it.
    const isElsewhere = executesPast(machine) || machine.fetchVerdicts !== undefined;
    const initialState = isOwn || isElsewhere ? undefined : header.initialState;
    const options = { guard, watch, locate, checks: checks ?? checksOf(header), initialState };
    return new Run(machine, source, options);
  }

  /** A run that only takes in steps. */
  #pastRun(): Run | undefined {
    return executesPast(this.#subject.machine)
      ? undefined
      : this.#newRun(new GuidedSource([]), false);
  }

  #sameOperations(fork: Fork): Beginning {
    const { scenario, guard, locate } = this.#subject;
    const { from, ends = this.#parent.length } = fork;
    const reach = () => this.#listed.reach(from);
    const list = forkedList(cutParent(this.#parent, ends), fork, () => reach().guided.asked);
    const past = reach();
    const onlooker = (stir: () => void) => this.#onlooker.take(from, (one) => one.copy(), stir);
    const options = { scenario, guard, locate, past: onlooker };
    const lost = from > 0 ? lostAfter(this.#parent, from - 1) : [];
    return { source: new GuidedSource(list, options, past.guided, lost), past };
  }

  #goingOn(fork: Fork): Beginning {
    const { from, seed } = fork;
    const parent = this.#parent;
    requireWhatGoesOn(this.#subject, parent.header, fork);
    const place = onlyPlace(parent, fork);
    const was = from < parent.length ? parent.step(from).operation : undefined;
    // How much of the last step is dispatched is for the fork to say.
    const lastAt = Math.max(0, from - 1);
    const past = this.#drawn.take(lastAt, ({ run, simulation }) => {
      const copy = simulation.copy();
      return copy && { run, simulation: copy };
    });
    const { simulation } = past;
    const source = new ForkedSource(simulation, place, was);
    const last = from > 0 ? parent.step(lastAt) : undefined;
    if (last) this.#aside(() => this.#leadRead(simulation, last, source.dispatchedBefore));
    if (seed !== undefined) simulation.redraw(valueOf(parseSeed(seed)));
    return { source, past, last };
  }

  #leadDrawn({ run, simulation }: DrawnPast, from: number, to: number): void {
    const parent = this.#parent;
    const known = this.#stepsKnown();
    let at = from;
    this.#aside(() => {
      parent.walk(from, to, (passed) => {
        const isUnread = at < known && at % COMPARED_EVERY !== 0 && parent.isOutlined(at);
        const step = isUnread ? simulation.leadUnread(passed) : passed.read();
        if (!isUnread) this.#leadRead(simulation, step);
        void run?.takeIn(parent.isIdle(at) ? 'idle' : step);
        at += 1;
      });
    });
  }

  /** How many operations are known to be those that the scenario draws: the source says so. */
  #stepsKnown(): number {
    const { header } = this.#parent;
    const isOfSource =
      header.sourceHash !== undefined && header.sourceHash === this.#subject.sourceHash;
    return isOfSource ? stepsDrawn(header) : 0;
  }

  #leadRead(simulation: Simulation, step: Executed, dispatched?: Dispatched): void {
    if (step.stepIndex >= stepsDrawn(this.#parent.header)) simulation.leadImposed(step);
    else simulation.lead(step, dispatched);
  }

  #aside(act: () => void): void {
    const { guard } = this.#subject;
    guard?.enterAside();
    try {
      act();
    } finally {
      guard?.leaveAside();
    }
  }
}

/** Of so many steps that need not be read, one is read, and compared with what it draws now. */
const COMPARED_EVERY = 1024;

/** Whether a machine executes the steps that it takes in: its state cannot be set. */
function executesPast({ storage }: AnyMachine): boolean {
  return storage !== undefined;
}

function* stepsOf(parent: Parent, from: number, to: number): Generator<Executed> {
  for (let at = from; at < to; at += 1) yield parent.step(at);
}

/** Steps, as far as they must be looked at. */
function* unlessIdle(parent: Parent, from: number, to: number): Generator<Executed | IdleStep> {
  for (let at = from; at < to; at += 1) yield parent.isIdle(at) ? 'idle' : parent.step(at);
}

function scenarioRunOf(subject: ForkSubject, { header }: Parent): ScenarioRun {
  const { faults = FAULT_PROFILES.none, guard, locate } = subject;
  const { operationsMax } = header;
  const seed = valueOf(parseSeed(header.seed));
  const scenario = requireScenario(subject, header);
  return { scenario, seed, operationsMax, faults, guard, locate };
}

/** @throws {ForkError} when there is no scenario. */
function requireScenario({ scenario }: ForkSubject, header: TraceHeader): AnyScenario {
  if (scenario) return scenario;
  throw new ForkError(
    `The machine has no scenario "${header.scenario}", which could go on: let the same operations go on.`,
  );
}

/** @throws {ForkError} when there is no scenario, or it cannot go on as the fork wants. */
function requireWhatGoesOn(subject: ForkSubject, header: TraceHeader, fork: Fork): void {
  requireScenario(subject, header);
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
