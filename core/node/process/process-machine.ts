import type { WholeStateAccess } from '../../engine/state-store.ts';
import { STEP_ACTIONS_MAX } from '../../limits.ts';
import { TIME_LIMIT_MS_DEFAULT, type ChildProcessMachine } from '../../machine/child-process.ts';
import { ActionRefusedError } from '../../machine/errors.ts';
import {
  err,
  ok,
  type Actions,
  type AnyMachine,
  type InvariantVerdict,
  type Machine,
  type MachineTypes,
  type StateAccess,
  type StfInput,
  type StfOutcome,
} from '../../machine/machine.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { diff } from '../../value/diff.ts';
import { decodeValue, encodeValue } from '../../value/encoding.ts';
import { formatPath } from '../../value/path.ts';
import { share } from '../../value/share.ts';
import { freeze, sameValue, type Value } from '../../value/value.ts';
import { MachineProcess, ProcessError, type Call } from './machine-process.ts';
import {
  describeIssue,
  initializeSchema,
  PROTOCOL_VERSION,
  stepSchema,
  stfParams,
  verdictsSchema,
  type Answer,
  type StepAnswer,
  type ToldPanic,
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

  constructor({ name, message, source }: ToldPanic) {
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
 * @throws {ProblemError} when it does not start, or is not the machine that was declared.
 */
export async function connectProcess(
  declared: ChildProcessMachine,
  folder: string,
): Promise<ConnectedMachine> {
  const { command, timeLimitMs = TIME_LIMIT_MS_DEFAULT } = declared;
  const start = () => new MachineProcess({ command, folder, timeLimitMs });
  try {
    const process = start();
    const beginning = await initialize(process, declared.name);
    const machine = new ProcessMachine(declared, start, process, beginning);
    return { machine, answerMsMax: timeLimitMs, close: () => machine.close() };
  } catch (error) {
    if (error instanceof ProcessError) throw new ProblemError(error.problem, { cause: error });
    throw error;
  }
}

/** How a machine begins, according to its process. */
interface Beginning {
  readonly invariants: readonly string[];
  readonly state: object;
  readonly verdicts: Verdicts;
}

async function initialize(process: MachineProcess, name: string): Promise<Beginning> {
  const params = { protocolVersion: PROTOCOL_VERSION };
  const [first] = await process.ask([{ method: 'initialize', params }]);
  const told = initializeSchema.safeParse(resultOf(process, 'initialize', first));
  if (!told.success) throw process.refuse('initialize', describeIssue(told.error));
  const { protocolVersion, invariants } = told.data;
  if (protocolVersion !== PROTOCOL_VERSION) {
    throw process.refuse(
      'initialize',
      `it speaks version ${protocolVersion} of the protocol, and Phasmoscope version ${PROTOCOL_VERSION}`,
    );
  }
  if (told.data.name !== name) {
    const names = `it is the machine ${JSON.stringify(told.data.name)}, and the machine file declares ${JSON.stringify(name)}`;
    throw process.refuse('initialize', names);
  }
  const state = freeze(readState(process, 'initialize', told.data.state), 'The initial state');
  const [second] = await process.ask([{ method: 'checkInvariants', params: {} }]);
  return { invariants, state, verdicts: readVerdicts(process, second, invariants) };
}

/** Returns the result of an answer that must not be an error. */
function resultOf(
  process: MachineProcess,
  method: Call['method'],
  answer: Answer | undefined,
): unknown {
  if (answer && 'result' in answer) return answer.result;
  throw process.refuse(method, `it is the error ${JSON.stringify(answer?.error.message)}`);
}

function readState(process: MachineProcess, method: Call['method'], encoded: unknown): object {
  const state = readValue(process, method, 'state', encoded);
  if (typeof state === 'object' && state !== null) return state;
  const what = encoded === undefined ? 'is missing' : 'is not an object';
  throw process.refuse(method, `its state ${what}`);
}

function readValue(
  process: MachineProcess,
  method: Call['method'],
  what: string,
  encoded: unknown,
): Value {
  try {
    return decodeValue(encoded);
  } catch (error) {
    throw process.refuse(
      method,
      `its ${what} is not an encoded value: ${(error as Error).message}`,
    );
  }
}

function readVerdicts(
  process: MachineProcess,
  answer: Answer | undefined,
  names: readonly string[],
): Verdicts {
  if (answer && 'error' in answer) {
    // Which of the invariants panicked is not known, so none of them has a verdict.
    const verdict = `checkInvariants panicked: ${answer.error.message}`;
    return Object.fromEntries(names.map((name) => [name, verdict]));
  }
  const parsed = verdictsSchema.safeParse(answer?.result);
  if (!parsed.success) throw process.refuse('checkInvariants', describeIssue(parsed.error));
  const verdicts = parsed.data;
  const given = Object.keys(verdicts);
  const missing = names.find((name) => !Object.hasOwn(verdicts, name));
  const unknown = given.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw process.refuse('checkInvariants', `it has no verdict on ${JSON.stringify(missing)}`);
  }
  if (unknown !== undefined) {
    const name = JSON.stringify(unknown);
    throw process.refuse('checkInvariants', `it names ${name}, and initialize did not`);
  }
  return verdicts;
}

/** The result of a step in the process, decoded. */
interface Stepped {
  readonly answer: StepAnswer;
  readonly process: MachineProcess;
  /** The same object as before when the step changed nothing. */
  readonly state: object;
}

const CHECK: Call = { method: 'checkInvariants', params: {} };

/**
 * A machine whose steps are executed by a process. The process keeps one state and never rolls back:
 * before a step from any other state, it is sent that state.
 */
class ProcessMachine implements Machine<MachineTypes> {
  readonly name: string;
  readonly description: string;
  readonly invariants: AnyMachine['invariants'];
  readonly waivers: NonNullable<AnyMachine['waivers']>;
  readonly faultProfiles: NonNullable<AnyMachine['faultProfiles']>;
  readonly #start: () => MachineProcess;
  readonly #initial: object;
  readonly #names: readonly string[];
  readonly #verdicts = new WeakMap<object, Verdicts>();
  #process: Promise<MachineProcess>;
  #isClosed = false;
  /** The state that the process has, if that is known. */
  #held: unknown;
  /** Counts the steps sent: an answer shows the state of the process only if no step was sent since. */
  #written = 0;

  constructor(
    { name, description, waivers, faultProfiles }: ChildProcessMachine,
    start: () => MachineProcess,
    process: MachineProcess,
    { invariants, state, verdicts }: Beginning,
  ) {
    this.name = name;
    this.description = description;
    this.waivers = { 'no side effects': UNWATCHED, ...waivers };
    this.faultProfiles = faultProfiles ?? {};
    this.#start = start;
    this.#process = Promise.resolve(process);
    this.#initial = state;
    this.#held = state;
    this.#names = invariants;
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
    await this.#process.then(
      (process) => process.close(),
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

  #verdictOn(name: string, state: object): InvariantVerdict {
    const verdicts = this.#verdicts.get(state);
    if (!verdicts) throw new Error('the process was never asked about this state');
    return verdicts[name] ?? false;
  }

  /** Returns the process, started again if the last one has ended. */
  async #running(): Promise<MachineProcess> {
    const process = await this.#process.catch(() => undefined);
    if (process?.hasFailed === false) return process;
    if (this.#isClosed) throw new Error(`The process of the machine ${this.name} was ended.`);
    this.#held = undefined;
    const fresh = this.#start();
    const restarted = initialize(fresh, this.name).then(({ invariants }) => {
      if (sameValue(invariants, this.#names)) return fresh;
      throw fresh.refuse('initialize', 'it names other invariants than when it was first started');
    });
    this.#process = restarted;
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
    const process = await this.#running();
    const calls: Call[] = [{ method, params }];
    if (method === 'stf') calls.push(CHECK);
    const isLoaded = this.#held === before;
    if (!isLoaded) {
      calls.unshift({ method: 'loadState', params: { state: encodeValue(before as Value) } });
    }
    this.#written += 1;
    const written = this.#written;
    this.#held = undefined;
    const answers = await process.ask(calls);
    const [stepAnswer, checkAnswer] = isLoaded ? answers : answers.slice(1);
    if (!isLoaded) resultOf(process, 'loadState', answers[0]);
    if (stepAnswer && 'error' in stepAnswer) {
      const { error } = stepAnswer;
      if (error.state !== undefined && access) {
        access.replace(
          share(before as Value, readState(process, method, error.state) as Value) as object,
        );
      }
      throw new RemotePanic(error);
    }
    const parsed = stepSchema.safeParse(stepAnswer?.result);
    if (!parsed.success) throw process.refuse(method, describeIssue(parsed.error));
    const answer = parsed.data;
    const told = answer.state;
    const state =
      told === undefined
        ? before
        : (share(before as Value, readState(process, method, told) as Value) as object);
    if (method === 'stf' && state !== before) {
      this.#verdicts.set(state, readVerdicts(process, checkAnswer, this.#names));
    }
    if (this.#written === written) this.#held = state;
    return { answer, process, state };
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
    const offered = readActions(stepped, method);
    const refused = offered.findIndex((action) => isRefused(container, action));
    if (refused === -1) return stepped;
    const again = await this.#step(method, { ...params, refuseAction: refused }, before);
    const rest = readActions(again, method);
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

function readOutcome(
  process: MachineProcess,
  method: Call['method'],
  { outcome }: StepAnswer,
): StfOutcome<unknown> {
  if (outcome.kind === 'ok') return ok();
  return err(readValue(process, method, 'error', outcome.error));
}

type OfferedAction =
  | { readonly kind: 'tracked'; readonly id: string | number | bigint; readonly action: Value }
  | { readonly kind: 'untracked'; readonly action: Value };

function readActions(
  { answer, process }: Stepped,
  method: Call['method'],
): readonly OfferedAction[] {
  const { length } = answer.actions;
  if (length > STEP_ACTIONS_MAX) {
    const limit = `a step has at most ${formatCount(STEP_ACTIONS_MAX)}`;
    throw process.refuse(method, `actions: it has ${formatCount(length)}, and ${limit}`);
  }
  return answer.actions.map((told) => {
    const action = readValue(process, method, 'action', told.action);
    if (told.kind === 'untracked') return { kind: 'untracked', action };
    const id = readValue(process, method, 'id of an action', told.id);
    if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') {
      return { kind: 'tracked', id, action };
    }
    throw process.refuse(
      method,
      'the id of a tracked action must be a number, a string or a bigint',
    );
  });
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
