import { z } from 'zod';
import { ProblemError } from '../../../problem.ts';
import { findMachineFiles } from '../../load/machine-files.ts';
import { readCatalog } from '../../load/samples.ts';
import { commandTool, READS, WRITES, type Tool } from '../tool.ts';
import { findingsSchema, listCauses, listSweepCauses, sweepCauseSchema } from './findings.ts';
import { MACHINE, PAGE, RUN, runOptions, SEED, TRACE_OUT } from './inputs.ts';

/** The machines that can be run. No code of theirs is executed for it. */
const machines: Tool = {
  name: 'machines',
  title: 'List the machines',
  description:
    'Lists the machine files in the folders of this server, and the samples that come with Phasmoscope. ' +
    'Runs nothing.',
  input: z.strictObject(PAGE),
  effects: READS,
  async call(_, { roots }) {
    const files = roots.flatMap((root) => findMachineFiles(root));
    const samples = readCatalog().samples.map(({ name, description }) => ({
      sample: name,
      description,
    }));
    const items = [...files.map((file) => ({ file })), ...samples];
    return { facts: { folders: roots }, list: { name: 'machines', items } };
  },
};

/** What is in a machine file. */
const scenarios = commandTool({
  name: 'scenarios',
  title: 'List the scenarios of a machine',
  description:
    'Type-checks a machine file, and lists its scenarios with their default seed and operations, its invariants ' +
    'and fault profiles, and what is missing.',
  input: { machine: MACHINE, ...PAGE },
  effects: READS,
  command: ({ machine }, folders) => ({ name: 'check', operands: [folders.machine(machine)] }),
  document: z.object({
    file: z.string(),
    machine: z.string(),
    description: z.string(),
    types: z.object({ problems: z.array(z.unknown()) }),
    invariants: z.array(z.string()),
    faultProfiles: z.array(z.string()),
    waivers: z.record(z.string(), z.string()),
    scenarios: z.array(z.unknown()),
    missing: z.array(z.unknown()),
  }),
  answer: ({ scenarios: items, types, ...facts }) => ({
    facts: { ...facts, typeErrors: types.problems },
    list: { name: 'scenarios', items },
  }),
});

const runDocument = z.object({
  machine: z.string(),
  scenario: z.string(),
  seed: z.string(),
  faults: z.string(),
  operations: z.number(),
  steps: z.number(),
  tallies: z.record(z.string(), z.number()),
  findings: findingsSchema,
  out: z.string().optional(),
});

function answerRun({ findings, out, ...facts }: z.output<typeof runDocument>) {
  return {
    facts: { ...facts, findings: findings.length, trace: out },
    list: { name: 'causes', items: listCauses(findings) },
  };
}

const ONE_RUN = {
  ...RUN,
  seed: SEED.optional().describe('The seed (default: that of the scenario)'),
  ...PAGE,
};

const run = commandTool({
  name: 'run',
  title: 'Run a seed',
  description: 'Runs one seed of a scenario, and lists its findings by cause. Writes nothing.',
  input: ONE_RUN,
  effects: READS,
  command: ({ machine, seed, ...given }, folders) => ({
    name: 'run',
    options: { ...runOptions(given, folders), seed: seed?.toString() },
    operands: [folders.machine(machine)],
  }),
  document: runDocument,
  answer: answerRun,
});

const record = commandTool({
  name: 'record',
  title: 'Record a seed as a trace',
  description:
    'Runs one seed with every check on and writes its trace, which the tools for traces look into, and which ' +
    'opens in the window: phasmoscope open TRACE.',
  input: {
    ...ONE_RUN,
    out: TRACE_OUT,
  },
  effects: WRITES,
  command: ({ machine, seed, out, ...given }, folders) => ({
    name: 'record',
    options: {
      ...runOptions(given, folders),
      seed: seed?.toString(),
      out: folders.writableTrace(out),
    },
    operands: [folders.machine(machine)],
  }),
  document: runDocument,
  answer: answerRun,
});

const SECONDS_MAX = 3_600;

const sweep = commandTool({
  name: 'sweep',
  title: 'Sweep many seeds',
  description:
    'Runs many seeds on all cores, and lists their findings by cause, each with a seed that shows it, and why the ' +
    'shortest run that it was shrunk to fails. Give that seed to shrink.',
  input: {
    ...RUN,
    from: SEED.optional().describe('The first seed (default: 0)'),
    count: z.number().int().min(1).optional().describe('The number of seeds (default: 100)'),
    seconds: z
      .number()
      .int()
      .min(1)
      .max(SECONDS_MAX)
      .optional()
      .describe('Run as many seeds as fit in this time, instead of a number of them'),
    ...PAGE,
  },
  effects: READS,
  timeMs: ({ seconds = 0 }) => seconds * 1_000,
  command({ machine, from, count, seconds, ...given }, folders) {
    // The command has more ways to give them, which it would name.
    if (count !== undefined && seconds !== undefined) {
      throw new ProblemError({
        title: 'The seeds are given in two ways.',
        remedy: 'Give either "count" or "seconds".',
      });
    }
    return {
      name: 'sweep',
      options: {
        ...runOptions(given, folders),
        from: from?.toString(),
        count,
        'time-budget': seconds === undefined ? undefined : `${seconds}s`,
        // What CI says of shards is not meant for this sweep.
        shard: '1/1',
      },
      operands: [folders.machine(machine)],
    };
  },
  document: z.object({
    machine: z.string(),
    scenario: z.string(),
    faults: z.string(),
    from: z.string(),
    seeds: z.number(),
    unfinished: z.number(),
    operations: z.number(),
    steps: z.number(),
    seconds: z.number(),
    causes: z.array(sweepCauseSchema),
    sometimes: z.array(z.object({ name: z.string(), reached: z.boolean() })),
    broken: z.array(z.object({ seed: z.string(), reason: z.string() })),
    isCancelled: z.boolean(),
  }),
  answer: ({ causes, sometimes, ...facts }) => ({
    facts: {
      ...facts,
      neverReached: sometimes.filter(({ reached }) => !reached).map(({ name }) => name),
      causesFound: causes.length,
    },
    list: { name: 'causes', items: listSweepCauses(causes) },
  }),
});

export const MACHINE_TOOLS: readonly Tool[] = [machines, scenarios, run, record, sweep];
