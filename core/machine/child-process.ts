import type { FaultProfile } from './faults.ts';
import type { RecordKinds } from './records.ts';
import type { RuleName } from './rules.ts';
import type { Views } from './views.ts';

/**
 * A machine in any language, which runs in its own process and exchanges JSON messages, one per line:
 * see core/node/process/PROTOCOL.md. A machine file exports it as `machine`, beside its scenarios.
 */
export interface ChildProcessMachine {
  readonly kind: 'childProcess';
  /** The same name as the process gives. */
  readonly name: string;
  /** One sentence for the list of machines. */
  readonly description: string;
  /** The program and its arguments. It is run in the folder of the machine file. */
  readonly command: readonly [program: string, ...args: string[]];
  /** The time that the process may take for a response, 5 000 by default; the first may take longer. */
  readonly timeLimitMs?: number;
  /** Rules that this machine need not keep, each with the reason, which is shown. */
  readonly waivers?: Readonly<Partial<Record<RuleName, string>>>;
  /** Additional fault profiles, by name, besides those that every machine has. */
  readonly faultProfiles?: Readonly<Record<string, FaultProfile>>;
  /** What the records in its state are, and their phases; by default, the entries of its containers. */
  readonly records?: RecordKinds;
  /** Pictures of its state, which are drawn at every step; they are functions of this file. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the state has the type that the author gives it.
  readonly views?: Views<any>;
}

/** The time that a process may take for a response by default. */
export const TIME_LIMIT_MS_DEFAULT = 5_000;

/** The longest time limit that timers support. */
export const TIME_LIMIT_MS_MAX = 2 ** 31 - 1;

/** Whether a value is a valid time limit. */
export function isTimeLimit(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= TIME_LIMIT_MS_MAX;
}

/** Declares a machine that runs in its own process, which is started when the file is loaded. */
export function childProcess(machine: Omit<ChildProcessMachine, 'kind'>): ChildProcessMachine {
  return { kind: 'childProcess', ...machine };
}
