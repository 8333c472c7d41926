/** What an author of machines imports from `phasmoscope`. */
export {
  defineInvariants,
  defineMachine,
  err,
  ok,
  type ActionId,
  type Actions,
  type Err,
  type HybridAccess,
  type HybridMachine,
  type HybridMachineTypes,
  type Invariant,
  type InvariantVerdict,
  type KeyValueMachine,
  type Machine,
  type MachineTypes,
  type Ok,
  type SqlMachine,
  type StateAccess,
  type StfInput,
  type Completion,
  type StfOutcome,
} from './machine/machine.ts';
/** The earlier names of `defineMachine`: machine files that import them still load. */
export {
  /** @deprecated Use `defineMachine`. */
  defineMachine as defineHybridMachine,
  /** @deprecated Use `defineMachine`. */
  defineMachine as defineKeyValueMachine,
  /** @deprecated Use `defineMachine`. */
  defineMachine as defineSqlMachine,
} from './machine/machine.ts';
export { childProcess, type ChildProcessMachine } from './machine/child-process.ts';
export {
  defineScenario,
  type Driver,
  type ExternalFaults,
  type ExternalSystems,
  type Scenario,
  type SettledVerdict,
  type Tallies,
} from './machine/scenario.ts';
export type { EarlierCompletion, EarlierInput, Operation, StepFault } from './machine/operation.ts';
export { ActionRefusedError, StorageError, type StorageProblem } from './machine/errors.ts';
export type {
  ActionRefused,
  EmittedAction,
  Executed,
  Outcome,
  StorageFailed,
} from './machine/executed.ts';
export { changedRows, type ChangedRow } from './machine/rows.ts';
export type { FaultProfile } from './machine/faults.ts';
export { defineConfig, type ProjectConfig } from './machine/project-config.ts';
export type { RecordKind, RecordKinds } from './machine/records.ts';
export type {
  BarsView,
  CalendarView,
  CardsView,
  GraphView,
  GridView,
  LinesView,
  TableView,
  Tone,
  View,
  Views,
} from './machine/views.ts';
export type { RuleName } from './machine/rules.ts';
export {
  keyValue,
  postgresql,
  sqlite,
  type KeyValueStorage,
  type KeyValueTransaction,
  type PostgresqlStorage,
  type SqliteStorage,
  type SqlRow,
  type SqlStorage,
  type SqlTransaction,
  type SqlValue,
} from './machine/storage.ts';
export type { ChaCha8Rng } from './random/chacha8-rng.ts';
export type { DeepReadonly } from './value/value.ts';
export { assertNever } from './assert.ts';
