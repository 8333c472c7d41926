import type { DeepReadonly } from '../value/value.ts';
import type { ActionId } from './action-id.ts';
import type { FaultProfile } from './faults.ts';
import type { RecordKinds } from './records.ts';
import type { RuleName } from './rules.ts';
import type {
  ConnectedStorage,
  KeyValueStorage,
  KeyValueTransaction,
  SqlStorage,
  SqlTransaction,
} from './storage.ts';
import type { Views } from './views.ts';

export type { ActionId };

/**
 * The types of one machine, as an interface that extends this one and refines what it uses:
 *
 * ```ts
 * interface Shop extends MachineTypes {
 *   State: { nextId: number; orders: Map<number, Order> };
 *   Input: { kind: 'Order'; item: string };
 *   Id: number;
 *   Tracked: { kind: 'Charge'; cents: number };
 *   Untracked: never;
 *   Result: { kind: 'Paid' } | { kind: 'Declined' };
 *   Rejection: { kind: 'SoldOut' };
 * }
 * ```
 */
export interface MachineTypes {
  /** Plain data: objects, arrays, Map, Set, bigint, text, numbers, booleans, null, undefined. */
  State: unknown;
  /** What comes from outside: a user request, a timer, external data. */
  Input: unknown;
  /** What identifies a tracked action. */
  Id: ActionId;
  /** An action whose result comes back as an input, and which survives a crash. */
  Tracked: unknown;
  /** An action without a result, which is fired and forgotten. */
  Untracked: unknown;
  /** How a tracked action ended. */
  Result: unknown;
  /** Why the machine rejects an input. */
  Rejection: unknown;
}

/** The result of a tracked action, on its way to the machine. */
export interface Completion<T extends MachineTypes = MachineTypes> {
  readonly kind: 'trackedActionCompleted';
  readonly id: T['Id'];
  readonly result: T['Result'];
}

/**
 * What `stf` receives, and what a scenario does next: a normal input, or the result of a tracked
 * action.
 */
export type StfInput<T extends MachineTypes = MachineTypes> =
  | { readonly kind: 'normal'; readonly input: T['Input'] }
  | Completion<T>;

/** Accepted: the state is committed and the actions are dispatched. */
export interface Ok {
  readonly kind: 'ok';
}

/** Rejected: an expected outcome, after which the state is unchanged and no action is sent. */
export interface Err<Rejection> {
  readonly kind: 'err';
  readonly error: Rejection;
}

/**
 * What a machine returns for an input. An error that it throws is a panic, which is a defect, except a
 * `StorageError` or an `ActionRefusedError` that it lets through.
 */
export type StfOutcome<Rejection> = Ok | Err<Rejection>;

const OK: Ok = Object.freeze({ kind: 'ok' });

/** The outcome of an accepted input. */
export function ok(): Ok {
  return OK;
}

/** The outcome of a rejected input. */
export function err<const Rejection>(error: Rejection): Err<Rejection> {
  return { kind: 'err', error };
}

/**
 * The state inside a step. The changes by `update` become the state if the step ends `ok`, and are
 * rolled back otherwise; a step that ends `err` after an update breaks the atomicity rule.
 */
export interface StateAccess<State> {
  /** The state now, with the updates of this step so far. It is deeply frozen. */
  readonly current: DeepReadonly<State>;
  /** Changes the state: write to the draft as to an ordinary mutable object. */
  update(recipe: (draft: State) => void): void;
}

/**
 * Collects what a step emits, in order. Both methods throw an `ActionRefusedError` when the
 * container refuses the action; uncaught, it ends the step as an error.
 */
export interface Actions<T extends MachineTypes> {
  tracked(id: T['Id'], action: T['Tracked']): void;
  untracked(action: T['Untracked']): void;
}

/** Whether an invariant holds: `true`; or `false`, or a text that says what is wrong. */
export type InvariantVerdict = boolean | string;

/**
 * A named predicate on the state, checked after every step that changed it. It must be a pure
 * function.
 *
 * It also receives the last state for which it held, if there is one: of a large state it can check
 * only what changed since, for example with {@link changedRows}.
 */
export type Invariant<State> = (
  state: DeepReadonly<State>,
  before: DeepReadonly<State> | undefined,
) => InvariantVerdict;

/**
 * A PHASM machine: a deterministic function `(State, Input) -> (State', Actions)` that may await
 * and may fail, the rebuilding of its outstanding actions after a crash, and its invariants.
 * This is the common part of all kinds of machines:
 *
 * - `Access`: what `stf` reads and changes the state through,
 * - `Recovery`: what `restore` reads it through.
 */
export interface MachineOn<T extends MachineTypes, Access, Recovery> {
  readonly name: string;
  /** One sentence for the list of machines. */
  readonly description: string;
  /** Handles one input. Returns `ok()` or `err(why)`; throwing is a defect. */
  stf(
    state: Access,
    input: StfInput<T>,
    actions: Actions<T>,
  ): StfOutcome<T['Rejection']> | Promise<StfOutcome<T['Rejection']>>;
  /** Emits again, from the state alone, the tracked actions that must not be lost in a crash. */
  restore(
    state: Recovery,
    actions: Actions<T>,
  ): StfOutcome<T['Rejection']> | Promise<StfOutcome<T['Rejection']>>;
  readonly invariants: Readonly<Record<string, Invariant<T['State']>>>;
  /** Rules that this machine need not keep, each with the reason, which is shown. */
  readonly waivers?: Readonly<Partial<Record<RuleName, string>>>;
  /** Additional fault profiles, by name, besides those that every machine has. */
  readonly faultProfiles?: Readonly<Record<string, FaultProfile>>;
  /** What the records in its state are, and their phases; by default, the entries of its containers. */
  readonly records?: RecordKinds;
  /** Pictures of its state, which are drawn at every step. */
  readonly views?: Views<T['State']>;
}

/**
 * A machine whose state is plain data in memory.
 *
 * A machine that never awaits should not be `async`: a synchronous `stf` costs no promise.
 */
export interface Machine<T extends MachineTypes> extends MachineOn<
  T,
  StateAccess<T['State']>,
  DeepReadonly<T['State']>
> {
  initialState(): T['State'];
  readonly storage?: undefined;
}

/**
 * A machine whose state is in a database. `T['State']` is its view for invariants and scenarios:
 * for each table its rows by primary key (a list if the key has several columns), as a ReadonlyMap
 * in the order of the keys.
 */
export interface SqlMachine<T extends MachineTypes> extends MachineOn<
  T,
  SqlTransaction,
  SqlTransaction
> {
  readonly storage: SqlStorage;
  readonly initialCache?: undefined;
}

/** A machine whose state is pairs of key and value; `T['State']` is a ReadonlyMap of them. */
export interface KeyValueMachine<T extends MachineTypes> extends MachineOn<
  T,
  KeyValueTransaction,
  KeyValueTransaction
> {
  readonly storage: KeyValueStorage;
}

/** The types of a machine whose state is in memory and in a database. */
export interface HybridMachineTypes extends MachineTypes {
  State: {
    /** Plain data, in the memory of the process. */
    cache: unknown;
    /** Rows by table and primary key. */
    database: unknown;
  };
}

/** The access of a machine to a hybrid state. */
export interface HybridAccess<Cache> {
  readonly cache: StateAccess<Cache>;
  readonly database: SqlTransaction;
}

/**
 * A machine with a cache in memory in front of its database. The transaction covers only the database:
 * an error or a failed commit does not roll back the cache. In a crash the cache
 * is lost, and begins again with the result of `initialCache`.
 */
export interface HybridMachine<T extends HybridMachineTypes> extends MachineOn<
  T,
  HybridAccess<T['State']['cache']>,
  HybridAccess<T['State']['cache']>
> {
  readonly storage: SqlStorage;
  initialCache(): T['State']['cache'];
}

/**
 * A machine whose types are not known here, as the engine and the tools handle it: with an initial
 * state in memory, or a storage that begins each run with one.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- variance: any machine must fit here.
export type AnyMachine = MachineOn<any, any, any> & {
  /**
   * For a machine whose invariants are evaluated elsewhere: fetches their verdicts on a state. It is
   * called whenever the invariants are due, right before the state is committed.
   */
  fetchVerdicts?(state: unknown): Promise<void>;
} & (
    | { initialState(): unknown; readonly storage?: undefined }
    | { readonly storage: ConnectedStorage; initialState?(): unknown }
  );

/** A machine as an author declares it, before its storage is connected. */
export type DeclaredMachine =
  // oxlint-disable-next-line typescript/no-explicit-any -- variance: any machine must fit here.
  Machine<any> | SqlMachine<any> | KeyValueMachine<any> | HybridMachine<any>;

/** Declares invariants outside of their machine; it only helps TypeScript to infer and check. */
export function defineInvariants<T extends MachineTypes>(
  invariants: MachineOn<T, unknown, unknown>['invariants'],
): MachineOn<T, unknown, unknown>['invariants'] {
  return invariants;
}

/**
 * Declares a machine; it only helps TypeScript to infer and check. The place of the state decides
 * what `stf` and `restore` receive:
 *
 * - `initialState`: plain data in memory;
 * - `storage`: a transaction of SQLite, PostgreSQL, or a store of keys and values;
 * - `storage` and `initialCache`: a cache in memory beside a transaction.
 *
 * Only the types of the machine are named, and everything else is inferred: `defineMachine<Shop>({ … })`.
 */
export function defineMachine<T extends HybridMachineTypes>(
  machine: HybridMachine<T>,
): HybridMachine<T>;
export function defineMachine<T extends MachineTypes>(machine: SqlMachine<T>): SqlMachine<T>;
export function defineMachine<T extends MachineTypes>(
  machine: KeyValueMachine<T>,
): KeyValueMachine<T>;
// The compiler reports errors as those of the last overload: the most common kind comes last.
export function defineMachine<T extends MachineTypes>(machine: Machine<T>): Machine<T>;
export function defineMachine(machine: DeclaredMachine): DeclaredMachine {
  return machine;
}
