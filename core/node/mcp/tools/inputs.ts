import { z } from 'zod';
import { FAULT_PROFILES } from '../../../machine/faults.ts';
import { operationsSchema, seedSchema } from '../../../text/quantities.ts';
import type { Command } from '../command-process.ts';
import type { Folders } from '../folders.ts';

/** @file What tools are given, in the words that all of them share. */

const step = z.number().int().min(0);

export const MACHINE = z
  .string()
  .min(1)
  .describe('The name of a sample, or the path of a machine file (.ts, .js)');
export const TRACE = z.string().min(1).describe('The path of a trace');
export const TRACE_OUT = z
  .string()
  .describe(
    'The trace to write: a name that ends in .jsonl or .jsonl.gz. A file of that name is replaced',
  );
export const MACHINE_OF_TRACE = MACHINE.optional().describe(
  'The machine of the trace, unless it is a sample: the path of its file',
);
export const STEP = step;
export const FINDING = z
  .string()
  .optional()
  .describe('The name of the finding, such as that of an invariant (default: the first one)');
export const SHAPE = z
  .string()
  .optional()
  .describe('The shape of its step, such as "completion Success", where causes share a name');
export const SEED = z
  .union([seedSchema, z.number().int().nonnegative()])
  .describe('A seed: an unsigned 64-bit integer; as a string where it is large');
const JSON_VALUE = z
  .unknown()
  .describe('A JSON value; a bigint is {"$bigint":"9"}, and a Map {"$map":[[key,value]]}');
export const VALUE = JSON_VALUE;

/** How a machine is run. */
export const RUN = {
  machine: MACHINE,
  scenario: z.string().optional().describe('Its scenario (default: the first one)'),
  operations: operationsSchema
    .optional()
    .describe('The number of operations of a run (default: that of the scenario)'),
  faults: z
    .string()
    .default('none')
    .describe(
      `The fault profile: ${Object.keys(FAULT_PROFILES).join(', ')}, or one of the machine`,
    ),
  inputs: z
    .string()
    .optional()
    .describe('A JSON file with an array of inputs, which are run instead of a scenario'),
  timeLimit: z
    .string()
    .optional()
    .describe('The time that a step may take, such as "500ms" (default: 5s): more is a finding'),
};

/** Which items of the list in the answer are shown. */
export const PAGE = {
  offset: z.number().int().min(0).default(0).describe('The first item of the list to show'),
  limit: z.number().int().min(1).max(200).default(20).describe('The most items to show'),
};

type RunInput = z.output<z.ZodObject<typeof RUN>>;

/** The options of a command that runs a machine. */
export function runOptions(
  { scenario, operations, faults, inputs, timeLimit }: Omit<RunInput, 'machine'>,
  folders: Folders,
): NonNullable<Command['options']> {
  return {
    scenario,
    operations,
    faults: faults === 'none' ? undefined : faults,
    inputs: inputs === undefined ? undefined : folders.existing(inputs),
    'time-limit': timeLimit,
  };
}

/** The machine of a trace as an option of its command. */
export function machineOption(
  machine: string | undefined,
  folders: Folders,
): { readonly machine?: string } {
  return machine === undefined ? {} : { machine: folders.machine(machine) };
}
