import { z } from 'zod';
import { ProblemError } from '../../../problem.ts';
import { seedSchema } from '../../../text/quantities.ts';
import type { Command } from '../command-process.ts';
import type { Folders } from '../folders.ts';
import { commandTool, READS, WRITES, type Tool } from '../tool.ts';
import { findingsSchema, listCauses } from './findings.ts';
import {
  FINDING,
  MACHINE,
  MACHINE_OF_TRACE,
  machineOption,
  PAGE,
  RUN,
  runOptions,
  SEED,
  SHAPE,
  STEP,
  TRACE,
  TRACE_OUT,
  VALUE,
} from './inputs.ts';

const { machine: _, ...SEED_RUN } = RUN;

const shrink = commandTool({
  name: 'shrink',
  title: 'Shrink a failing run',
  description:
    'Reduces a run that fails to the operations and faults that matter, writes it as a trace, and says why it ' +
    'fails. Give either a trace, or a machine with the seed, faults and operations with which it failed.',
  input: {
    trace: TRACE.optional(),
    machine: MACHINE.optional().describe(
      'The machine whose seed is run; with a trace, its machine, unless that is a sample',
    ),
    ...SEED_RUN,
    seed: SEED.optional(),
    finding: FINDING,
    shape: SHAPE,
    keepInputs: z.boolean().default(false).describe('Leave all values as they were'),
    out: TRACE_OUT,
    ...PAGE,
  },
  effects: WRITES,
  command({ trace, machine, seed, finding, shape, keepInputs, out, ...given }, folders) {
    const target = trace === undefined ? targetMachine(machine, folders) : folders.existing(trace);
    return {
      name: 'shrink',
      options: {
        ...runOptions(given, folders),
        ...(trace === undefined ? {} : machineOption(machine, folders)),
        seed: seed?.toString(),
        finding,
        shape,
        'keep-inputs': keepInputs,
        out: folders.writableTrace(out),
      },
      operands: [target],
    };
  },
  document: z.object({
    machine: z.string(),
    scenario: z.string(),
    seed: z.string(),
    faults: z.string(),
    finding: z.object({ kind: z.string(), name: z.string(), message: z.string() }),
    from: z.number(),
    operations: z.array(z.unknown()),
    tries: z.number(),
    isCancelled: z.boolean(),
    warnings: z.array(z.string()),
    explanation: z.array(z.string()).optional(),
    out: z.string(),
  }),
  answer: ({ operations, from, out, ...facts }) => ({
    facts: { ...facts, trace: out, stepsBefore: from, steps: operations.length },
    list: { name: 'operations', items: operations },
  }),
});

function targetMachine(machine: string | undefined, folders: Folders): string {
  if (machine !== undefined) return folders.machine(machine);
  throw new ProblemError({
    title: 'It is not said what is to be shrunk.',
    remedy: 'Give a trace, or a machine with the seed, faults and operations with which it failed.',
  });
}

const explain = commandTool({
  name: 'explain',
  title: 'Explain why a run fails',
  description:
    'Takes out each part of a run (inputs, results, faults, crashes) and runs the rest again: which parts does the ' +
    'finding need? Best asked of a trace that shrink wrote.',
  input: {
    trace: TRACE,
    finding: FINDING,
    shape: SHAPE,
    step: STEP.optional().describe('The step of the finding'),
    machine: MACHINE_OF_TRACE,
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, finding, shape, step, machine }, folders) => ({
    name: 'explain',
    options: { finding, shape, step, ...machineOption(machine, folders) },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    finding: z.object({
      kind: z.string(),
      name: z.string(),
      message: z.string().optional(),
      stepIndex: z.number(),
    }),
    /** With the machine as it is now, the run does not fail for this cause: there is nothing to explain. */
    isGone: z.literal(true).optional(),
    sentences: z.array(z.string()).default([]),
    parts: z.array(z.object({ kind: z.string(), step: z.number(), need: z.string() })).default([]),
    tries: z.number().optional(),
    isStopped: z.boolean().optional(),
  }),
  answer: ({ finding: { stepIndex, ...finding }, parts, tries, ...facts }) => ({
    facts: { finding: { ...finding, step: stepIndex }, ...facts, runsMade: tries },
    list: { name: 'parts', items: parts },
  }),
});

const at = (what: string) => STEP.optional().describe(what);

/** What a fork does otherwise; each is an option of the command. */
const CHANGES = {
  crash: at(
    'The process crashes after the step, when this number of its actions has been dispatched',
  ),
  crashBeforeCommit: z
    .boolean()
    .default(false)
    .describe('The process dies in the step, before its commit'),
  crashAtAccess: at('The process dies at this access to the state, from 0'),
  failAccess: at('This access to the state fails, from 0'),
  failCommit: z.boolean().default(false).describe('The commit of the step fails'),
  refuse: at('This action of the step is refused, from 0'),
  noFault: z.boolean().default(false).describe('No fault strikes in the step'),
  deliver: z
    .object({
      id: z.union([z.string(), z.number()]),
      result: VALUE.optional().describe('The one that the trace has, by default'),
    })
    .optional()
    .describe('The result of the tracked action with this id arrives after the step'),
  twice: z
    .boolean()
    .default(false)
    .describe('The result of the step arrives a second time after it'),
  result: VALUE.optional().describe('The step brings this result instead'),
  drop: z.boolean().default(false).describe('The result of the step is lost on its way'),
  moveBefore: at('The step comes before this one'),
  input: VALUE.optional().describe('The step has this input instead'),
  insert: VALUE.optional().describe('This input comes after the step'),
  remove: z.boolean().default(false).describe('The step is left out'),
};

type Changes = z.output<z.ZodObject<typeof CHANGES>>;

function changeOptions(changes: Changes): NonNullable<Command['options']> {
  const { crash, crashBeforeCommit, crashAtAccess, failAccess, failCommit, refuse } = changes;
  const { noFault, deliver, twice, result, drop, moveBefore, input, insert, remove } = changes;
  return {
    crash,
    'crash-before-commit': crashBeforeCommit,
    'crash-at-access': crashAtAccess,
    'fail-access': failAccess,
    'fail-commit': failCommit,
    refuse,
    'no-fault': noFault,
    deliver: deliver && delivery(deliver),
    twice,
    result: json(result),
    drop,
    'move-before': moveBefore,
    input: json(input),
    insert: json(insert),
    remove,
  };
}

function delivery({ id, result }: NonNullable<Changes['deliver']>): string {
  const name = JSON.stringify(id);
  return result === undefined ? name : `${name}=${JSON.stringify(result)}`;
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

const compared = z.array(
  z.object({
    kind: z.string(),
    name: z.string(),
    message: z.string(),
    before: z.object({ stepIndex: z.number() }).optional(),
    after: z.object({ stepIndex: z.number() }).optional(),
  }),
);

function comparedCauses(causes: z.output<typeof compared>): readonly unknown[] {
  return causes.map(({ before, after, ...cause }) => ({
    ...cause,
    before: before?.stepIndex,
    after: after?.stepIndex,
  }));
}

const fork = commandTool({
  name: 'fork',
  title: 'Try what would have happened otherwise',
  description:
    'Changes something at a step of a trace, executes the rest, and says which findings are gone, new or ' +
    'elsewhere. With out, the fork is written as a trace.',
  input: {
    trace: TRACE,
    at: STEP.optional().describe('The step of the trace that the changes concern'),
    ...CHANGES,
    goesOn: z
      .enum(['same', 'scenario', 'new'])
      .optional()
      .describe(
        'After the changes: the same operations, what the scenario gives then, or newDraws (default: same)',
      ),
    newDraws: seedSchema.optional().describe('Goes on with the draws of this seed'),
    settle: z.boolean().default(false).describe('Lets the run settle at its end'),
    machine: MACHINE_OF_TRACE,
    out: TRACE_OUT.optional(),
    ...PAGE,
  },
  effects: WRITES,
  command({ trace, at: step, goesOn, newDraws, settle, machine, out, ...changes }, folders) {
    const isChanged = Object.values(changes).some(
      (change) => change !== undefined && change !== false,
    );
    if (isChanged && step === undefined) {
      throw new ProblemError({
        title: 'The step of the trace is missing that the changes concern.',
        remedy: 'Give it with "at".',
      });
    }
    return {
      name: 'fork',
      options: {
        at: step,
        ...changeOptions(changes),
        'goes-on': goesOn,
        'new-draws': newDraws,
        settle,
        ...machineOption(machine, folders),
        ...(out === undefined ? {} : { out: folders.writableTrace(out) }),
      },
      operands: [folders.existing(trace)],
    };
  },
  document: z.object({
    machine: z.string(),
    fork: z.string(),
    from: z.number(),
    goesOn: z.string(),
    steps: z.number(),
    endsInSameState: z.boolean(),
    gone: compared,
    added: compared,
    moved: compared,
    findings: findingsSchema,
    out: z.string().optional(),
  }),
  answer: ({ fork: whatIf, from, gone, added, moved, findings, out, ...facts }) => ({
    facts: {
      whatIf,
      sharedSteps: from,
      ...facts,
      gone: comparedCauses(gone),
      new: comparedCauses(added),
      elsewhere: comparedCauses(moved),
      findings: findings.length,
      trace: out,
    },
    list: { name: 'causes', items: listCauses(findings) },
  }),
});

const exportTest = commandTool({
  name: 'export_test',
  title: 'Write a failing run as a test',
  description:
    'Writes the run of a trace, best a shrunk one, as a vitest test that fails until the machine is corrected.',
  input: {
    trace: TRACE,
    finding: FINDING,
    machine: MACHINE_OF_TRACE,
    out: z
      .string()
      .regex(/\.(?:test|spec)\.[cm]?ts$/, 'must end in .test.ts')
      .describe('The test file to write, such as late-failure.test.ts'),
  },
  effects: WRITES,
  command: ({ trace, finding, machine, out }, folders) => ({
    name: 'export-test',
    options: { finding, ...machineOption(machine, folders), out: folders.writable(out) },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    finding: z.object({ kind: z.string(), name: z.string() }),
    out: z.string(),
    fails: z.boolean(),
  }),
  answer: ({ finding, out, fails }) => ({ facts: { finding, test: out, fails } }),
});

export const WHAT_IF_TOOLS: readonly Tool[] = [shrink, explain, fork, exportTest];
