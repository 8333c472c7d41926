import { z } from 'zod';
import { commandTool, READS, type Tool } from '../tool.ts';
import { FINDING, MACHINE_OF_TRACE, machineOption, PAGE, SHAPE, STEP, TRACE } from './inputs.ts';

/** A share of runs, in whole percent: more is not known. */
const percent = z.number().transform((share) => Math.round(share * 100));

const doom = commandTool({
  name: 'doom',
  title: 'Find the step at which a run was decided',
  description:
    'Goes back to many steps of a failed run, and lets the scenario go on from each with other draws: which share of ' +
    'these runs fails for the same cause, in percent, with its 95 % confidence band? decidedAt is the step at which ' +
    'the share jumps.',
  input: {
    trace: TRACE,
    finding: FINDING,
    shape: SHAPE,
    runs: z.number().int().min(1).max(100_000).optional().describe('Runs in all (default: 4 000)'),
    machine: MACHINE_OF_TRACE,
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, finding, shape, runs, machine }, folders) => ({
    name: 'doom',
    options: { finding, shape, runs, ...machineOption(machine, folders) },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    finding: z.object({ kind: z.string(), name: z.string(), stepIndex: z.number() }),
    points: z.array(
      z.object({
        from: z.number(),
        share: percent,
        low: percent,
        high: percent,
        runs: z.number(),
      }),
    ),
    decidedAt: z.number().optional(),
    runs: z.number(),
    isStopped: z.boolean(),
  }),
  answer: ({ finding: { stepIndex, ...finding }, points, decidedAt, runs, isStopped }) => ({
    facts: { finding: { ...finding, step: stepIndex }, decidedAt, runsMade: runs, isStopped },
    list: {
      name: 'points',
      items: points.map(({ from, share, low, high, runs: made }) => ({
        beforeStep: from,
        failPercent: share,
        band: [low, high],
        runs: made,
      })),
    },
  }),
});

const crashEverywhere = commandTool({
  name: 'crash_everywhere',
  title: 'Crash a run at every point',
  description:
    'Crashes a recorded run at every point of every step, restores the machine, lets all that is outstanding come, and ' +
    'lists the points from which it does not recover. Best asked of a short run, or of a part of one.',
  input: {
    trace: TRACE,
    from: STEP.optional().describe('The first step (default: 0)'),
    to: STEP.optional().describe('The step before which it ends (default: the end)'),
    machine: MACHINE_OF_TRACE,
    ...PAGE,
  },
  effects: READS,
  command: ({ trace, from, to, machine }, folders) => ({
    name: 'crash-everywhere',
    options: { from, to, ...machineOption(machine, folders) },
    operands: [folders.existing(trace)],
  }),
  document: z.object({
    isStopped: z.boolean(),
    points: z.array(
      z.object({
        step: z.number(),
        at: z.string(),
        verdict: z.string(),
        findings: z.array(z.unknown()),
      }),
    ),
  }),
  answer({ points, isStopped }) {
    const failing = points.filter(({ verdict }) => verdict === 'fails');
    const anyway = points.filter(({ verdict }) => verdict === 'failsAnyway');
    return {
      facts: {
        points: points.length,
        fail: failing.length,
        failWithoutTheCrash: anyway.length,
        isStopped,
      },
      list: { name: 'failing', items: failing.map(({ verdict: _, ...point }) => point) },
    };
  },
});

export const ODDS_TOOLS: readonly Tool[] = [doom, crashEverywhere];
