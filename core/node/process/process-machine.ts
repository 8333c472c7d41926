import type { WholeStateAccess } from '../../engine/state-store.ts';
import { TIME_LIMIT_MS_DEFAULT, type ChildProcessMachine } from '../../machine/child-process.ts';
import { ActionRefusedError } from '../../machine/errors.ts';
import {
  type Actions,
  type AnyMachine,
  type InvariantVerdict,
  type Machine,
  type MachineTypes,
  type StateAccess,
  type StfInput,
  type StfOutcome,
} from '../../machine/machine.ts';
import type { RecordKinds } from '../../machine/records.ts';
import type { Views } from '../../machine/views.ts';
import { ProblemError } from '../../problem.ts';
import { valueAt } from '../../value/container.ts';
import { diff } from '../../value/diff.ts';
import { formatPath } from '../../value/path.ts';
import { freeze, quoteValue, sameValue, type Value } from '../../value/value.ts';
import {
  readActions,
  readBeginning,
  readOutcome,
  readState,
  readStateAfter,
  readStep,
  readVerdicts,
  resultOf,
  type Beginning,
  type OfferedAction,
} from './answers.ts';
import { HeldState } from './held-state.ts';
import { MachineProcess, ProcessError, type Call } from './machine-process.ts';
import {
  initializeParams,
  PROTOCOL_VERSIONS,
  savedSchema,
  stfParams,
  type Answer,
  type ProtocolVersion,
  type StepAnswer,
  type ReportedPanic,
  type Verdicts,
} from './protocol.ts';

/** A machine whose process is running. */
export interface ConnectedMachine {
  readonly machine: AnyMachine;
  /** How long an answer may take. */
  readonly answerMsMax: number;
  /** Ends the process. */
  close(): Promise<void>;
}

/** The machine panicked in its process. */
export class RemotePanic extends Error {
  override readonly name: string;
  /** Where in the author's source, if the process knows. */
  readonly source: string | undefined;

  constructor({ name, message, source }: ReportedPanic) {
    super(message);
    this.name = name ?? 'Panic';
    this.source = source;
  }
}

/** Why the rule `no side effects` is waived; reports show it. */
const UNWATCHED =
  'It runs in a process of its own, where calls outside the state cannot be observed.';

/**
 * Starts the process of a machine and initializes it.
 *
 * @param folder of the machine file, in which the command is run.
 * @param versions of the protocol that the process may choose from; all by default.
 * @throws {ProblemError} when it does not start, or is not the machine that was declared.
 */
export async function connectProcess(
  declared: ChildProcessMachine,
  folder: string,
  {
    versions = PROTOCOL_VERSIONS,
    onPrinted = () => {},
  }: {
    readonly versions?: readonly ProtocolVersion[];
    /** Receives the lines that the process writes to its standard error. */
    readonly onPrinted?: (line: string) => void;
  } = {},
): Promise<ConnectedMachine> {
  const { command, timeLimitMs = TIME_LIMIT_MS_DEFAULT } = declared;
  const start = async (): Promise<Started> => {
    const process = new MachineProcess({ command, folder, timeLimitMs, onPrinted });
    const ask = async (call: Call) => (await process.ask([call]))[0];
    const first = await ask({ method: 'initialize', params: initializeParams(versions) });
    const reported = readBeginning(process, first, declared.name, versions);
    const beginning = { ...reported, state: freeze(reported.state, 'The initial state') };
    const verdicts = readVerdicts(process, await ask(CHECK_INVARIANTS), beginning.invariants);
    return { process, ...beginning, verdicts };
  };
  try {
    const machine = new ProcessMachine(declared, start, await start());
    return { machine, answerMsMax: timeLimitMs, close: () => machine.close() };
  } catch (error) {
    if (error instanceof ProcessError) throw new ProblemError(error.problem, { cause: error });
    throw error;
  }
}

/** A process that has begun. */
interface Started extends Beginning {
  readonly process: MachineProcess;
  readonly verdicts: Verdicts;
}

/** A step that a process has taken. */
interface Stepped {
  readonly process: MachineProcess;
  readonly answer: StepAnswer;
  /** The same object as before when the step changed nothing. */
  readonly state: object;
}

const CHECK_INVARIANTS: Call = { method: 'checkInvariants', params: {} };
const SAVE_STATE: Call = { method: 'saveState', params: {} };

/**
 * A machine whose steps are executed by a process. The process keeps one state and never rolls back on
 * its own: before a step from any other state, it is given that state.
 */
class ProcessMachine implements Machine<MachineTypes> {
  readonly name: string;
  readonly description: string;
  readonly invariants: AnyMachine['invariants'];
  readonly waivers: NonNullable<AnyMachine['waivers']>;
  readonly faultProfiles: NonNullable<AnyMachine['faultProfiles']>;
  readonly records?: RecordKinds;
  readonly views?: Views<unknown>;
  readonly #start: () => Promise<Started>;
  readonly #initial: object;
  readonly #names: readonly string[];
  readonly #verdicts = new WeakMap<object, Verdicts>();
  readonly #held = new HeldState();
  #started: Promise<Started>;
  #isClosed = false;
  /** Steps of the process, in version 2. */
  #steps = 0;
  /** The last step: the same one, taken again, leads to the very same state. */
  #last: { readonly before: object; readonly state: object } | undefined;

  constructor(
    { name, description, waivers, faultProfiles, records, views }: ChildProcessMachine,
    start: () => Promise<Started>,
    started: Started,
  ) {
    const { invariants, state, verdicts } = started;
    this.name = name;
    this.description = description;
    this.waivers = { 'no side effects': UNWATCHED, ...waivers };
    this.faultProfiles = faultProfiles ?? {};
    if (records) this.records = records;
    if (views) this.views = views;
    this.#start = start;
    this.#started = Promise.resolve(started);
    this.#initial = state;
    this.#names = invariants;
    this.#held.reset(state);
    this.#verdicts.set(state, verdicts);
    this.invariants = Object.fromEntries(
      invariants.map((invariant) => [
        invariant,
        (current: object) => this.#verdictOn(invariant, current),
      ]),
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // A process that could not be started again is gone already.
    await this.#started.then(
      ({ process }) => process.close(),
      () => {},
    );
  }

  initialState(): object {
    return this.#initial;
  }

  async stf(
    access: StateAccess<object>,
    given: StfInput,
    actions: Actions<MachineTypes>,
  ): Promise<StfOutcome<unknown>> {
    const whole = access as WholeStateAccess<object>;
    const before = whole.current;
    const params = stfParams(given);
    const stepped = await this.#step('stf', params, before, whole);
    const { state, answer, process } = await this.#offer('stf', params, before, stepped, actions);
    if (state !== before) whole.replace(state);
    return readOutcome(process, 'stf', answer);
  }

  async restore(state: object, actions: Actions<MachineTypes>): Promise<StfOutcome<unknown>> {
    const stepped = await this.#step('restore', {}, state);
    const last = await this.#offer('restore', {}, state, stepped, actions);
    if (last.state !== state) {
      const [change] = diff(state as Value, last.state as Value);
      const error = new Error(
        `restore changed the state (${formatPath(change?.path ?? [])}), which it may only read`,
      );
      error.name = 'RestoreChangedState';
      throw error;
    }
    return readOutcome(last.process, 'restore', last.answer);
  }

  /** Asks the process for the verdicts on a state, which the invariants then look up. */
  async fetchVerdicts(state: object): Promise<void> {
    if (this.#verdicts.has(state)) return;
    const started = await this.#running();
    const { process } = started;
    const moves = this.#held.callsTo(state, started.version);
    const arrive = this.#held.depart();
    const answers = await process.ask([...moves, CHECK_INVARIANTS]);
    expectDone(process, moves, answers);
    this.#verdicts.set(state, readVerdicts(process, answers.at(-1), this.#names));
    arrive(state);
  }

  #verdictOn(name: string, state: object): InvariantVerdict {
    const verdicts = this.#verdicts.get(state);
    if (!verdicts) throw new Error('the process was never asked about this state');
    return verdicts[name] ?? false;
  }

  /** Returns the process, started again if the last one has ended. */
  async #running(): Promise<Started> {
    const last = await this.#started.catch(() => undefined);
    if (last?.process.hasFailed === false) return last;
    if (this.#isClosed) throw new Error(`The process of the machine ${this.name} was ended.`);
    this.#held.reset();
    const restarted = this.#start().then((fresh) => {
      if (sameValue(fresh.invariants, this.#names)) return fresh;
      const what = 'invariants: it names others than when it was first started';
      throw fresh.process.refuse('initialize', what);
    });
    this.#started = restarted;
    return restarted;
  }

  /**
   * Executes a step in the process.
   *
   * @param access receives the state that a panic left.
   */
  async #step(
    method: 'stf' | 'restore',
    params: Call['params'],
    before: object,
    access?: WholeStateAccess<object>,
  ): Promise<Stepped> {
    const { process, version } = await this.#running();
    const moves = this.#held.callsTo(before, version);
    const isAudited = version > 1 && this.#isAuditDue();
    const arrive = this.#held.depart();
    const calls: Call[] = [...moves, { method, params }];
    if (isAudited) calls.push(SAVE_STATE);
    const answers = await process.ask(calls);
    expectDone(process, moves, answers);
    const answer = answers[moves.length];
    if (answer && 'error' in answer) {
      arrive(undefined, before);
      const left = readStateAfter(process, method, before, answer.error, version);
      if (left !== before) access?.replace(left);
      throw new RemotePanic(answer.error);
    }
    const step = readStep(process, method, answer);
    const state = this.#keep(before, readStateAfter(process, method, before, step, version));
    if (isAudited) audit(process, method, state, answers.at(-1));
    arrive(state, before);
    return { process, answer: step, state };
  }

  /** Whether to compare the state that the process keeps: at some steps, since it costs its size. */
  #isAuditDue(): boolean {
    this.#steps += 1;
    return Number.isInteger(Math.log2(this.#steps));
  }

  /** Returns a state as it is kept, and as it is known if it was reached before from the same one. */
  #keep(before: object, reported: object): object {
    if (reported === before) return before;
    // Kept here, so that the object that is known is the one that is committed.
    const state = freeze(reported, 'The state');
    if (this.#last?.before === before && sameValue(this.#last.state, state)) {
      return this.#last.state;
    }
    this.#last = { before, state };
    return state;
  }

  /**
   * Hands the actions of a step to the container. If the container refuses one, the machine must learn
   * that where it adds the action: the step is executed again, with that refusal.
   */
  async #offer(
    method: 'stf' | 'restore',
    params: Call['params'],
    before: object,
    stepped: Stepped,
    container: Actions<MachineTypes>,
  ): Promise<Stepped> {
    const offered = readActions(stepped.process, method, stepped.answer);
    const refused = offered.findIndex((action) => isRefused(container, action));
    if (refused === -1) return stepped;
    const again = await this.#step(method, { ...params, refuseAction: refused }, before);
    const rest = readActions(again.process, method, again.answer);
    // After an error, the actions that the machine has added are discarded.
    if (again.answer.outcome.kind === 'err') return again;
    if (!sameValue(rest.slice(0, refused), offered.slice(0, refused))) {
      throw new Error(
        `${method} was executed again on the same state, and emitted other actions before the one that was refused`,
      );
    }
    for (const action of rest.slice(refused)) isRefused(container, action);
    return again;
  }
}

/** Makes sure that the process has done what comes before the request of a batch. */
function expectDone(
  process: MachineProcess,
  moves: readonly Call[],
  answers: readonly Answer[],
): void {
  for (const [index, { method }] of moves.entries()) resultOf(process, method, answers[index]);
}

/** Compares the state that a process keeps with the one to which its changes led. */
function audit(
  process: MachineProcess,
  method: Call['method'],
  state: object,
  answer: Answer | undefined,
): void {
  const saved = savedSchema.safeParse(resultOf(process, 'saveState', answer));
  const kept = readState(process, 'saveState', saved.success ? saved.data.state : undefined);
  if (sameValue(kept, state)) return;
  const path = diff(state as Value, kept as Value)[0]?.path ?? [];
  const quote = (root: object) => {
    const found = valueAt(root as Value, path);
    return found.found ? quoteValue(found.value) : 'nothing';
  };
  throw process.refuse(
    method,
    `changes: they lead to ${quote(state)} at ${formatPath(path)}, where the process keeps ${quote(kept)}`,
    'List everything that the step has changed in the field "changes", or give the whole "state" in its place.',
  );
}

function isRefused(container: Actions<MachineTypes>, offered: OfferedAction): boolean {
  try {
    if (offered.kind === 'tracked') container.tracked(offered.id, offered.action);
    else container.untracked(offered.action);
    return false;
  } catch (error) {
    if (error instanceof ActionRefusedError) return true;
    throw error;
  }
}
