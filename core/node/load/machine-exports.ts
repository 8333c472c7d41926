import { basename } from 'node:path';
import { NAME_CHARS_MAX } from '../../limits.ts';
import {
  isTimeLimit,
  TIME_LIMIT_MS_MAX,
  type ChildProcessMachine,
} from '../../machine/child-process.ts';
import { FAULT_NAMES, FAULT_PROFILES, type FaultName } from '../../machine/faults.ts';
import type { AnyMachine, DeclaredMachine } from '../../machine/machine.ts';
import { findMistyped } from '../../machine/members.ts';
import { findDescriptionProblem, findNamesProblem } from '../../machine/names.ts';
import { findRecordsProblem } from '../../machine/records.ts';
import { RULE_NAMES, RULES } from '../../machine/rules.ts';
import type { AnyScenario } from '../../machine/scenario.ts';
import { findViewsProblem } from '../../machine/views.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, OPERATIONS_MAX, operationsSchema, parseSeed } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';

/** What a machine file may export as `machine`. */
export type Exported = DeclaredMachine | ChildProcessMachine;

/** Whether a machine is declared as a child process. */
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
    title: `${basename(path)} is not a machine file: ${problem}${problem.endsWith('?') ? '' : '.'}`,
    remedy:
      'A machine file exports `machine`, made by defineMachine or a similar function, and ' +
      '`scenarios`, an array of what defineScenario returns. The README shows a small one.',
  });
}

function findExportProblem(
  machine: Partial<Exported> | null | undefined,
  scenarios: unknown,
): string | undefined {
  if (typeof machine !== 'object' || machine === null) return 'it exports no `machine`';
  const own = isChildProcess(machine) ? findCommandProblem(machine) : findMemberProblem(machine);
  if (own !== undefined) return own;
  const text = findTextProblem(machine);
  if (text !== undefined) return text;
  const problem =
    findWaiverProblem(machine.waivers) ??
    findProfileProblem(machine.faultProfiles) ??
    findRecordsProblem(machine.records) ??
    findViewsProblem(machine.views);
  if (problem !== undefined) return problem;
  if (!Array.isArray(scenarios)) return '`scenarios` must be an array';
  const ofScenario = scenarios.map(findScenarioProblem).find((found) => found !== undefined);
  const names = scenarios as readonly AnyScenario[];
  return (
    ofScenario ??
    findNamesProblem(
      'scenarios',
      names.map(({ name }) => name),
    ) ??
    findNamesProblem('fault profiles', Object.keys(machine.faultProfiles ?? {}))
  );
}

function findTextProblem({ name, description }: Partial<Exported>): string | undefined {
  if (typeof name !== 'string') return '`machine.name` must be a string';
  if (name.length > NAME_CHARS_MAX)
    return `\`machine.name\` must have at most ${formatCount(NAME_CHARS_MAX)} characters`;
  if (typeof description !== 'string') return '`machine.description` must be a string';
  return findDescriptionProblem('`machine.description`', description);
}

function findMemberProblem(machine: Partial<DeclaredMachine>): string | undefined {
  const mistyped = findMistyped(machine, 'machine', '`machine`');
  if (mistyped !== undefined) return mistyped;
  for (const method of ['stf', 'restore'] as const) {
    if (typeof machine[method] !== 'function') return `\`machine.${method}\` must be a function`;
  }
  const begin = findBeginProblem(machine as Readonly<Record<string, unknown>>);
  if (begin !== undefined) return begin;
  const { invariants } = machine;
  if (typeof invariants !== 'object' || invariants === null)
    return '`machine.invariants` must be an object of functions, or `{}`';
  for (const [name, invariant] of Object.entries(invariants)) {
    if (typeof invariant !== 'function')
      return `the invariant "${cutText(name, 40)}" must be a function`;
  }
  return findNamesProblem('invariants', Object.keys(invariants));
}

function findCommandProblem(machine: Partial<ChildProcessMachine>): string | undefined {
  const { kind, command, timeLimitMs }: { [Key in keyof typeof machine]: unknown } = machine;
  if (kind !== 'childProcess')
    return `\`machine.kind\` must be "childProcess", not ${JSON.stringify(kind)}`;
  const isCommand =
    Array.isArray(command) &&
    command.length > 0 &&
    command.every((part) => typeof part === 'string') &&
    command[0] !== '';
  if (!isCommand) return '`machine.command` must be an array of a program and its arguments';
  const isLimit = timeLimitMs === undefined || isTimeLimit(timeLimitMs);
  return isLimit
    ? undefined
    : `\`machine.timeLimitMs\` must be a number of milliseconds up to ${TIME_LIMIT_MS_MAX}`;
}

/** What is wrong with the initial state or the storage. */
function findBeginProblem({
  storage,
  initialState,
  initialCache,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (storage === undefined) {
    return typeof initialState === 'function'
      ? undefined
      : '`machine.initialState` must be a function';
  }
  if (typeof storage !== 'object' || storage === null) return '`machine.storage` must be an object';
  return initialCache === undefined || typeof initialCache === 'function'
    ? undefined
    : '`machine.initialCache` must be a function';
}

function findWaiverProblem(waivers: AnyMachine['waivers']): string | undefined {
  for (const [rule, reason] of Object.entries(waivers ?? {})) {
    if (!Object.hasOwn(RULES, rule)) {
      return `\`machine.waivers\` names "${rule}", which is not a rule; the rules are: ${RULE_NAMES.join(', ')}`;
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      return `the waiver of "${rule}" must give a reason`;
    }
    const text = findDescriptionProblem(`the reason of the waiver of "${rule}"`, reason);
    if (text !== undefined) return text;
  }
  return undefined;
}

function findProfileProblem(profiles: AnyMachine['faultProfiles']): string | undefined {
  for (const [name, profile] of Object.entries(profiles ?? {})) {
    if (Object.hasOwn(FAULT_PROFILES, name)) {
      return `every machine has a fault profile "${name}" already; choose another name`;
    }
    if (typeof profile !== 'object' || profile === null) {
      return `the fault profile "${name}" must be an object`;
    }
    const { description, ...weights } = profile;
    if (typeof description !== 'string')
      return `the fault profile "${name}" must have a description`;
    const text = findDescriptionProblem(
      `the description of the fault profile "${cutText(name, 40)}"`,
      description,
    );
    if (text !== undefined) return text;
    for (const [fault, weight] of Object.entries(weights as Record<string, unknown>)) {
      const which = `\`machine.faultProfiles["${name}"].${fault}\``;
      if (!FAULT_NAMES.includes(fault as FaultName)) {
        return `${which} is not a fault; the faults are: ${FAULT_NAMES.join(', ')}`;
      }
      if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1)) {
        return `${which} must be a probability from 0 to 1`;
      }
    }
  }
  return undefined;
}

function findScenarioProblem(scenario: Partial<AnyScenario> | null, index: number) {
  const which = `\`scenarios[${index}]\``;
  const mistyped = scenario ? findMistyped(scenario, 'scenario', which) : undefined;
  if (mistyped !== undefined) return mistyped;
  if (typeof scenario?.name !== 'string') return `${which} must have a name`;
  if (typeof scenario.description !== 'string') return `${which} must have a description`;
  const text = findDescriptionProblem(`${which}.description`, scenario.description);
  if (text !== undefined) return text;
  if (typeof scenario.start !== 'function') return `${which}.start must be a function`;
  const { seed, operations } = scenario.defaults ?? {};
  const slip =
    scenario.defaults && findMistyped(scenario.defaults, 'defaults', `${which}.defaults`);
  if (slip !== undefined) return slip;
  if (typeof seed !== 'string' || parseSeed(seed).kind === 'err') {
    return `${which}.defaults.seed must be a seed in decimal digits, as a string`;
  }
  if (!operationsSchema.safeParse(operations).success) {
    return `${which}.defaults.operations must be a whole number from 1 to ${OPERATIONS_MAX}`;
  }
  return undefined;
}
