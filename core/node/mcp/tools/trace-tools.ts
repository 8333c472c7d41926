import { z } from 'zod';
import { STRETCH_KINDS } from '../../../trace/compare/stretches.ts';
import { commandTool, READS, type Tool } from '../tool.ts';
import { findingsSchema } from './findings.ts';
import { MACHINE_OF_TRACE, machineOption, PAGE, STEP, TRACE } from './inputs.ts';

const damaged = { damage: z.object({ message: z.string() }).optional() };

const query = commandTool({
  name: 'query',
  title: 'Query traces',
  description:
    'Finds the steps of traces at which an expression is true (where) or false (always), at which an invariant of ' +
    'the machine as it is now does not hold, or that concern a record, such as order/17; or counts the ' +
    'transitions of records (lifecycle). Give one of these. Expressions are CEL, such as ' +
    `outcome.kind == "err" && size(outstanding) > 2; names: step, state, before, input, id, actions, outcome, ` +
    'findings, kind, outstanding, tallies.',
  input: {
    traces: z.array(TRACE).min(1).describe('Traces, or folders of traces'),
    where: z.string().optional(),
    always: z.string().optional(),
    invariant: z.string().optional(),
    record: z.string().optional(),
    lifecycle: z.boolean().default(false),
    first: z.boolean().default(false).describe('Only the first step of each trace'),
    machine: MACHINE_OF_TRACE,
    ...PAGE,
  },
  effects: READS,
  command: ({ traces, where, always, invariant, record, lifecycle, first, machine }, folders) => ({
    name: 'query',
    options: {
      where,
      always,
      invariant,
      record,
      lifecycle,
      first,
      ...machineOption(machine, folders),
    },
    operands: traces.map((trace) => folders.existing(trace)),
  }),
  document: z.union([
    z.object({
      files: z.array(
        z.object({
          file: z.string(),
          machine: z.string(),
          seed: z.string(),
          steps: z.array(z.union([z.number(), z.looseObject({ step: z.number() })])),
          message: z.string().optional(),
          without: z.number().optional(),
          because: z.string().optional(),
          ...damaged,
        }),
      ),
    }),
    z.object({ machines: z.array(z.looseObject({ lifecycles: z.array(z.unknown()) })) }),
  ]),
  answer(document) {
    if ('machines' in document) {
      return { facts: {}, list: { name: 'lifecycles', items: document.machines } };
    }
    const { files } = document;
    const items = files.flatMap(({ file, steps }) =>
      steps.map((step) => ({ trace: file, ...(typeof step === 'number' ? { step } : step) })),
    );
    const traces = files.map(({ file, steps, without, ...facts }) => ({
      trace: file,
      ...facts,
      steps: steps.length,
      withoutAnswer: without === 0 ? undefined : without,
    }));
    return { facts: { traces, found: items.length }, list: { name: 'steps', items } };
  },
});

const origin = commandTool({
  name: 'origin',
  title: 'Find who wrote a value',
  description:
    'Follows the value at a path of the state back, step by step, to the input or result that it came from: ' +
    'which step wrote it, and from what.',
  input: {
    trace: TRACE,
    path: z.string().describe('Where it is in the state, such as bookings["Monday 09:15"].userId'),
    step: STEP.optional().describe('The step after which it is there (default: the last one)'),
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, path, step }, folders) => ({
    name: 'origin',
    options: { step },
    operands: [folders.existing(trace), path],
  }),
  document: z.object({ path: z.string(), step: z.number(), hops: z.array(z.unknown()) }),
  answer: ({ hops, ...facts }) => ({ facts, list: { name: 'hops', items: hops } }),
});

const why = commandTool({
  name: 'why',
  title: 'Tell what led to a step',
  description:
    'The causes and consequences of a step in sentences: what led to it, and what its finding speaks of. ' +
    'Executes nothing.',
  input: {
    trace: TRACE,
    step: STEP.optional().describe('The step (default: that of the first finding)'),
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, step }, folders) => ({
    name: 'why',
    options: { step },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    step: z.number(),
    title: z.string(),
    sentences: z.array(z.object({ step: z.number(), text: z.string() })),
    graph: z.object({ notes: z.array(z.string()) }),
  }),
  answer: ({ sentences, graph: { notes }, ...facts }) => ({
    facts: { ...facts, notes },
    list: { name: 'sentences', items: sentences },
  }),
});

const occurrence = z.object({ stepIndex: z.number(), count: z.number() }).optional();

const comparedPair = z.object({
  a: z.number(),
  b: z.number(),
  parts: z.array(z.string()),
  surroundings: z.array(z.string()).optional(),
});

const diff = commandTool({
  name: 'diff',
  title: 'Compare two traces',
  description:
    'Aligns two traces by their operations, and says in what they differ: steps that went differently, steps that ' +
    'have moved, steps that only one has, and findings. Executes nothing.',
  input: { a: TRACE, b: TRACE, ...PAGE },
  effects: READS,
  command: ({ a, b }, folders) => ({
    name: 'diff',
    operands: [folders.existing(a), folders.existing(b)],
  }),
  document: z.object({
    isSame: z.boolean(),
    isSameStart: z.boolean(),
    settings: z.array(z.string()),
    pairs: z.array(comparedPair),
    moved: z.array(comparedPair),
    stretches: z.array(
      z.object({
        kind: z.enum(STRETCH_KINDS),
        a: z.number(),
        b: z.number(),
        length: z.number(),
      }),
    ),
    causes: z.array(
      z.object({ finding: findingsSchema.element, before: occurrence, after: occurrence }),
    ),
  }),
  answer({ isSame, isSameStart, settings, pairs, moved, stretches, causes }) {
    const only = stretches
      .filter(({ kind }) => kind === 'onlyA' || kind === 'onlyB')
      .map(({ kind, a, b, length }) =>
        kind === 'onlyA' ? { onlyIn: 'a', a, steps: length } : { onlyIn: 'b', b, steps: length },
      );
    const elsewhere = moved.map((pair) => ({ ...pair, isMoved: true }));
    const findings = causes.map(({ finding: { kind, name, shape }, before, after }) => ({
      kind,
      name,
      shape,
      a: before?.stepIndex,
      b: after?.stepIndex,
    }));
    return {
      facts: { isSame, isSameStart, headersDifferIn: settings, findings },
      list: { name: 'differences', items: [...pairs, ...elsewhere, ...only].toSorted(byPlace) },
    };
  },
});

function byPlace(
  one: { readonly a?: number; readonly b?: number },
  other: { readonly a?: number; readonly b?: number },
): number {
  return (one.a ?? one.b ?? 0) - (other.a ?? other.b ?? 0);
}

const source = commandTool({
  name: 'source',
  title: 'Show the source that a step executed',
  description:
    'Executes a step of a trace once more, and lists the lines of the machine that it executed; with never, the ' +
    'lines that no step of the trace executed.',
  input: {
    trace: TRACE,
    step: STEP.optional().describe('The step (default: that of the first finding)'),
    never: z.boolean().default(false),
    machine: MACHINE_OF_TRACE,
    ...PAGE,
    limit: PAGE.limit.default(60),
  },
  effects: READS,
  command: ({ trace, step, never, machine }, folders) => ({
    name: 'source',
    options: { step, never, ...machineOption(machine, folders) },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    step: z.number().optional(),
    isSameSource: z.boolean(),
    lines: z.array(
      z.object({
        path: z.string(),
        line: z.number(),
        text: z.string(),
        isPartly: z.literal(true).optional(),
      }),
    ),
  }),
  answer: ({ lines, ...facts }) => ({ facts, list: { name: 'lines', items: lines } }),
});

export const TRACE_TOOLS: readonly Tool[] = [query, origin, why, diff, source];
