import { basename } from 'node:path';
import {
  isTimeLimit,
  TIME_LIMIT_MS_MAX,
  type ChildProcessMachine,
} from '../../machine/child-process.ts';
import { FAULT_NAMES, FAULT_PROFILES, type FaultName } from '../../machine/faults.ts';
import type { AnyMachine, DeclaredMachine } from '../../machine/machine.ts';
import { RULE_NAMES, RULES } from '../../machine/rules.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import { ProblemError } from '../../problem.ts';
import { OPERATIONS_MAX, operationsSchema, parseSeed } from '../../text/quantities.ts';

/** What a machine file may export as `machine`. */
export type Exported = DeclaredMachine | ChildProcessMachine;

/** Whether a machine is declared as a process of its own. */
export function isChildProcess(
  declared: Partial<Exported> | null | undefined,
): declared is ChildProcessMachine {
  return typeof declared === 'object' && declared !== null && 'kind' in declared;
}

/**
 * Checks what a machine file exports: the types promise it, but the file may be plain JavaScript.
 *
 * @throws {ProblemError} that names what is wrong with the machine or its scenarios.
 */
export function checkExports(
  exported: unknown,
  path: string,
): { machine: Exported; scenarios: readonly AnyScenario[] } {
  const { machine, scenarios = [] } = exported as {
    machine?: Partial<Exported>;
    scenarios?: unknown;
  };
  const problem = findExportProblem(machine, scenarios);
  if (problem === undefined) {
    return { machine: machine as Exported, scenarios: scenarios as AnyScenario[] };
  }
  throw new ProblemError({
    title: `${basename(path)} is no machine file: ${problem}.`,
    remedy:
      'A machine file exports `machine`, made by defineMachine or its like, and `scenarios`, a ' +
      'list of what defineScenario makes. The README shows a small one.',
  });
}

function findExportProblem(
  machine: Partial<Exported> | null | undefined,
  scenarios: unknown,
): string | undefined {
  if (typeof machine !== 'object' || machine === null) return 'it exports no `machine`';
  const own = isChildProcess(machine) ? findCommandProblem(machine) : findMemberProblem(machine);
  if (own !== undefined) return own;
  for (const text of ['name', 'description'] as const) {
    if (typeof machine[text] !== 'string') return `\`machine.${text}\` is no text`;
  }
  const problem = findWaiverProblem(machine.waivers) ?? findProfileProblem(machine.faultProfiles);
  if (problem !== undefined) return problem;
  if (!Array.isArray(scenarios)) return '`scenarios` is no list';
  return scenarios.map(findScenarioProblem).find((found) => found !== undefined);
}

function findMemberProblem(machine: Partial<DeclaredMachine>): string | undefined {
  for (const method of ['stf', 'restore'] as const) {
    if (typeof machine[method] !== 'function') return `\`machine.${method}\` is no function`;
  }
  const begin = findBeginProblem(machine as Readonly<Record<string, unknown>>);
  if (begin !== undefined) return begin;
  const { invariants } = machine;
  if (typeof invariants !== 'object' || invariants === null)
    return '`machine.invariants` is no object of functions; `invariants: {}` is a machine without any';
  for (const [name, invariant] of Object.entries(invariants)) {
    if (typeof invariant !== 'function') return `the invariant "${name}" is no function`;
  }
  return undefined;
}

function findCommandProblem(machine: Partial<ChildProcessMachine>): string | undefined {
  const { kind, command, timeLimitMs }: { [Key in keyof typeof machine]: unknown } = machine;
  if (kind !== 'childProcess') return `\`machine.kind\` is ${JSON.stringify(kind)}, which is none`;
  const isCommand =
    Array.isArray(command) &&
    command.length > 0 &&
    command.every((part) => typeof part === 'string') &&
    command[0] !== '';
  if (!isCommand) return '`machine.command` is no list of a program and its arguments';
  const isLimit = timeLimitMs === undefined || isTimeLimit(timeLimitMs);
  return isLimit
    ? undefined
    : `\`machine.timeLimitMs\` is no number of milliseconds up to ${TIME_LIMIT_MS_MAX}`;
}

/** What is wrong with what its runs begin with. */
function findBeginProblem({
  storage,
  initialState,
  initialCache,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (storage === undefined) {
    return typeof initialState === 'function' ? undefined : '`machine.initialState` is no function';
  }
  if (typeof storage !== 'object' || storage === null) return '`machine.storage` is no object';
  return initialCache === undefined || typeof initialCache === 'function'
    ? undefined
    : '`machine.initialCache` is no function';
}

function findWaiverProblem(waivers: AnyMachine['waivers']): string | undefined {
  for (const [rule, reason] of Object.entries(waivers ?? {})) {
    if (!Object.hasOwn(RULES, rule)) {
      return `\`machine.waivers\` names "${rule}", which is no rule; rules are: ${RULE_NAMES.join(', ')}`;
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      return `the waiver of "${rule}" gives no reason`;
    }
  }
  return undefined;
}

function findProfileProblem(profiles: AnyMachine['faultProfiles']): string | undefined {
  for (const [name, profile] of Object.entries(profiles ?? {})) {
    if (Object.hasOwn(FAULT_PROFILES, name)) {
      return `the fault profile "${name}" is one that every machine has; choose another name`;
    }
    if (typeof profile !== 'object' || profile === null) {
      return `the fault profile "${name}" is no object`;
    }
    const { description, ...weights } = profile;
    if (typeof description !== 'string') return `the fault profile "${name}" has no description`;
    for (const [fault, weight] of Object.entries(weights as Record<string, unknown>)) {
      const which = `\`machine.faultProfiles["${name}"].${fault}\``;
      if (!FAULT_NAMES.includes(fault as FaultName)) {
        return `${which} is no fault; faults are: ${FAULT_NAMES.join(', ')}`;
      }
      if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1)) {
        return `${which} is no probability from 0 to 1`;
      }
    }
  }
  return undefined;
}

function findScenarioProblem(scenario: Partial<AnyScenario> | null, index: number) {
  const which = `\`scenarios[${index}]\``;
  if (typeof scenario?.name !== 'string') return `${which} has no name`;
  if (typeof scenario.description !== 'string') return `${which} has no description`;
  if (typeof scenario.start !== 'function') return `${which}.start is no function`;
  const { seed, operations } = scenario.defaults ?? {};
  if (typeof seed !== 'string' || parseSeed(seed).kind === 'err') {
    return `${which}.defaults.seed is no seed as a decimal text`;
  }
  if (!operationsSchema.safeParse(operations).success) {
    return `${which}.defaults.operations is no whole number from 1 to ${OPERATIONS_MAX}`;
  }
  return undefined;
}
