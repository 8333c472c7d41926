/** What an author of machines imports from `phasmoscope`. */
export {
  defineMachine,
  err,
  ok,
  type ActionId,
  type ActionRefused,
  type Actions,
  type Err,
  type Invariant,
  type InvariantVerdict,
  type Machine,
  type MachineTypes,
  type Ok,
  type StateAccess,
  type StfInput,
  type StfOutcome,
} from './machine/machine.ts';
export {
  defineScenario,
  type Driver,
  type DriverOperation,
  type Operation,
  type Scenario,
  type Tallies,
} from './machine/scenario.ts';
export type { EmittedAction } from './engine/action-collector.ts';
export type { Executed, Outcome } from './engine/executor.ts';
export type { ChaCha8Rng } from './random/chacha8-rng.ts';
export type { DeepReadonly } from './value/value.ts';
export { assertNever } from './assert.ts';
