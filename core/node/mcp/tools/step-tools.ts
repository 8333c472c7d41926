import { z } from 'zod';
import { commandTool, READS, type Tool } from '../tool.ts';
import { MACHINE_OF_TRACE, machineOption, PAGE, STEP, TRACE } from './inputs.ts';

const damage = z.object({ message: z.string() }).optional();

/** How many steps a command is asked for: the pages of an answer are parts of them. */
const STEPS_ASKED = 1_000;

const finding = z.object({ kind: z.string(), name: z.string(), message: z.string() });

const steps = commandTool({
  name: 'steps',
  title: 'List the steps of a trace',
  description:
    'Lists the steps of a trace in brief: what was executed, its outcome, the actions that it emitted and its findings. ' +
    'where keeps those at which a CEL expression is true, as in query. Executes nothing.',
  input: {
    trace: TRACE,
    where: z.string().optional().describe('Such as outcome.kind == "err" && kind == "normal"'),
    from: STEP.default(0).describe('The first step'),
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, where, from }, folders) => ({
    name: 'steps',
    options: { where, from, limit: STEPS_ASKED },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    steps: z.array(
      z.object({
        step: z.number(),
        operation: z.unknown(),
        outcome: z.unknown(),
        actions: z.array(z.unknown()).optional(),
        findings: z.array(finding).optional(),
      }),
    ),
    next: z.number().optional(),
    without: z.number().optional(),
    damage,
  }),
  answer: ({ steps: items, next, without, damage: damaged }) => ({
    facts: { goesOnFrom: next, withoutAnswer: without, damage: damaged },
    list: { name: 'steps', items },
  }),
});

const step = commandTool({
  name: 'step',
  title: 'Show a step of a trace',
  description:
    'Shows a step whole: what was executed, its outcome, its actions and findings, what is outstanding after it, ' +
    'and, as a list, each change of the state with the value before and after. Executes nothing.',
  input: { trace: TRACE, step: STEP, ...PAGE },
  effects: READS,
  command: ({ trace, step: at }, folders) => ({
    name: 'show',
    options: { step: at },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    step: z.number(),
    operation: z.unknown(),
    outcome: z.unknown(),
    actions: z.array(z.unknown()).optional(),
    findings: z.array(finding).optional(),
    output: z.unknown().optional(),
    outstanding: z.array(z.unknown()),
    changes: z.array(z.unknown()),
  }),
  answer: ({ changes, ...facts }) => ({ facts, list: { name: 'changes', items: changes } }),
});

const state = commandTool({
  name: 'state',
  title: 'Show the state, or a value in it',
  description:
    'Shows the state of a trace after a step, or what is at a path in it; with history, each step that changed the ' +
    'value at the path, with what it became. Executes nothing. origin says where a value came from.',
  input: {
    trace: TRACE,
    path: z
      .string()
      .default('')
      .describe(
        'Such as pending[5].status or bookings["Monday 09:15"] (default: all of the state)',
      ),
    step: z
      .number()
      .int()
      .min(-1)
      .optional()
      .describe(
        'The step after which it is shown (default: the last one); -1 is the initial state',
      ),
    history: z.boolean().default(false),
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, path, step: at, history }, folders) => ({
    name: 'show',
    options: { step: at === -1 ? 'start' : at, state: path === '' ? true : path, changes: history },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    path: z.string(),
    step: z.number().optional(),
    value: z.unknown().optional(),
    changes: z.array(z.looseObject({ step: z.number() })).optional(),
  }),
  answer: ({ changes, ...facts }) =>
    changes ? { facts, list: { name: 'changes', items: changes } } : { facts },
});

const verify = commandTool({
  name: 'verify',
  title: 'Verify a trace',
  description:
    'Executes a trace again on its machine as it is now, and shows the first step that differs, with what was recorded ' +
    'and what happened instead; agrees says that none does.',
  input: { trace: TRACE, machine: MACHINE_OF_TRACE },
  effects: READS,
  command: ({ trace, machine }, folders) => ({
    name: 'verify',
    options: machineOption(machine, folders),
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    machine: z.string(),
    steps: z.number(),
    agrees: z.boolean(),
    sameSource: z.boolean(),
    difference: z.unknown().optional(),
    damage,
  }),
  answer: ({ sameSource, ...facts }) => ({ facts: { isSameSource: sameSource, ...facts } }),
});

export const STEP_TOOLS: readonly Tool[] = [steps, step, state, verify];
