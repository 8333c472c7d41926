import { signatureOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import type { AnyMachine } from '../../machine/machine.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import type { Trace } from '../../trace/trace.ts';
import { tellDoom } from '../../trace/words/doom-words.ts';
import type { DoomPoint } from '../../trace/words/judged.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import type { CrashPoint, CrashVerdict } from '../../what-if/crash-everywhere.ts';
import { DOOM_RUNS_MAX } from '../../what-if/doom.ts';
import type { LoadedMachine } from '../load/machine-loader.ts';
import { printMessage } from '../report/findings-text.ts';
import { printJson, printLine, printTable, style } from '../report/print.ts';
import { crashesOf, doomOf } from '../runs/odds.ts';
import { chooseFinding, requireStep, type FindingOptions } from './finding-choice.ts';
import { breathing, cancelOnInterrupt } from './interrupt.ts';
import { type CommandModule, JSON_FLAG, stepNumber, TRACE_MACHINE, whole } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { formatBar, ProgressLine } from './progress.ts';
import { noteSource, withMachineOf } from './trace-machine.ts';
import { readWholeTrace } from './trace-reading.ts';

const RUNS_MAX = 1_000_000;

/** The options of commands that try what would have become of a trace. */
interface WhatIfOptions {
  readonly machine?: string;
  readonly json?: boolean;
}

/** The options of `doom`. */
export interface DoomCommandOptions extends WhatIfOptions, FindingOptions {
  readonly runs?: number;
}

/** The options of `crash-everywhere`. */
export interface CrashEverywhereOptions extends WhatIfOptions {
  readonly from?: number;
  readonly to?: number;
}

/** Executes something on the machine of a trace. */
async function onTrace(
  file: string,
  options: WhatIfOptions,
  run: (loaded: LoadedMachine, trace: Trace) => Promise<ExitCode>,
): Promise<ExitCode> {
  const trace = await readWholeTrace(file);
  return withMachineOf(trace.header, options.machine, (loaded) => {
    noteSource(loaded, trace.header, options.json);
    return run(loaded, trace);
  });
}

/** `phasmoscope doom`: draws how likely a failed run was to fail after each of its steps. */
export const DOOM: CommandModule = {
  examples: [['Draw it with a thousand runs', 'doom unchecked.jsonl.gz --runs 1000']],
  declare: (command) =>
    command
      .argument('<file>', 'a trace file with a finding')
      .option('--finding <name>', 'the finding (default: the first one)')
      .option('--shape <shape>', 'the shape of its step, where several causes share a name')
      .option(
        '--runs <n>',
        'the most runs in all: fewer are made where the shares are clear',
        whole('number of runs', RUNS_MAX),
      )
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: doomCommand,
};

async function doomCommand(file: string, options: DoomCommandOptions): Promise<ExitCode> {
  return onTrace(file, options, async (loaded, trace) => {
    const finding = requireStep(chooseFinding(trace, options, file), file);
    const failure = { signature: signatureOf(finding), stepIndex: finding.stepIndex };
    const { runs: runsMax = DOOM_RUNS_MAX } = options;
    const line = new ProgressLine();
    let isCancelled = false;
    const asked = doomOf(loaded, trace, failure, {
      runsMax,
      onPoint: (point, runs) =>
        line.show(
          () => `${formatCount(runs)} runs made, now from step ${formatCount(point.from)}`,
          runs / runsMax,
        ),
      isCancelled: breathing(() => isCancelled),
    });
    const doom = await cancelOnInterrupt(asked, () => {
      isCancelled = true;
    });
    line.clear();
    if (options.json) {
      printJson({ file, finding, ...doom, sentence: formatSentence(tellDoom(doom)) });
      return EXIT.found;
    }
    printLine(style.bold(`${finding.kind}: ${finding.name}`), ` at step ${finding.stepIndex}`);
    for (const point of doom.points) printPoint(point);
    printLine(style.bold(formatSentence(tellDoom(doom))));
    printLine(style.dim(`${formatPlural(doom.runs, 'run')} with new draws.`));
    if (doom.isStopped) printLine(style.yellow('Stopped: more runs would say it more exactly.'));
    return EXIT.found;
  });
}

const BAR_CHARS = 40;

/** "before step 12   83 %  ########---" */
function printPoint({ from, share, low, high, runs }: DoomPoint): void {
  const bar = formatBar(share, BAR_CHARS);
  const percent = (part: number) => String(Math.round(part * 100)).padStart(3);
  const band = `${percent(low)} to ${percent(high)} %, ${formatPlural(runs, 'run')}`;
  printLine(
    `before step ${formatCount(from).padStart(7)}  ${percent(share)} %  ${bar}  `,
    style.dim(band),
  );
}

/** `phasmoscope crash-everywhere`: crashes a run at every point, and says where it does not recover. */
export const CRASH_EVERYWHERE: CommandModule = {
  examples: [
    ['Crash at every point of a run that was shrunk', 'crash-everywhere minimal.jsonl'],
    ['Crash in a part of a run', 'crash-everywhere unchecked.jsonl.gz --from 70 --to 80'],
  ],
  declare: (command) =>
    command
      .argument('<file>', 'a trace file')
      .option('--from <step>', 'the first step (default: 0)', stepNumber)
      .option('--to <step>', 'the step before which it ends (default: the end)', stepNumber)
      .option(...TRACE_MACHINE)
      .option(...JSON_FLAG),
  run: crashEverywhereCommand,
};

async function crashEverywhereCommand(
  file: string,
  options: CrashEverywhereOptions,
): Promise<ExitCode> {
  return onTrace(file, options, async (loaded, trace) => {
    const line = new ProgressLine();
    let isCancelled = false;
    const { from = 0, to = trace.length } = options;
    const asked = crashesOf(loaded, trace, {
      from,
      to,
      onVerdict: ({ point }) =>
        line.show(
          () => `step ${formatCount(point.stepIndex)} of ${formatCount(trace.length)}`,
          (point.stepIndex - from) / (to - from),
        ),
      isCancelled: breathing(() => isCancelled),
    });
    const { verdicts, isStopped } = await cancelOnInterrupt(asked, () => {
      isCancelled = true;
    });
    line.clear();
    if (verdicts.length === 0 && !isStopped) throw nothingToCrash(file);
    const fails = verdicts.filter(({ verdict }) => verdict === 'fails');
    const { waivers = {} } = loaded.machine;
    if (options.json) printJson({ file, isStopped, waivers, points: verdicts.map(toJson) });
    else printVerdicts(verdicts, fails, waivers);
    if (isStopped) printLine(style.yellow('Stopped: later steps were not tried.'));
    return fails.length > 0 ? EXIT.found : EXIT.done;
  });
}

function nothingToCrash(file: string): ProblemError {
  return new ProblemError({
    title: `${file} has no step there in which the machine could crash.`,
    remedy: 'Give a run with steps, and a stretch of it with --from and --to.',
  });
}

function toJson({ point, verdict, findings }: CrashVerdict): unknown {
  const found = findings.map(({ kind, name, message, shape }) => ({ kind, name, message, shape }));
  return { step: point.stepIndex, at: describePoint(point), verdict, findings: found };
}

/** "before its commit", "after its commit, with 1 action out". */
function describePoint({ change }: CrashPoint): string {
  if (change.kind === 'fault') return 'before its commit';
  const out = change.dispatched === 0 ? 'no action' : formatPlural(change.dispatched, 'action');
  return `after its commit, with ${out} out`;
}

function printVerdicts(
  verdicts: readonly CrashVerdict[],
  fails: readonly CrashVerdict[],
  waivers: NonNullable<AnyMachine['waivers']>,
): void {
  const anyway = verdicts.filter(({ verdict }) => verdict === 'failsAnyway').length;
  printTable([
    ['crash points', formatCount(verdicts.length)],
    ['fail', formatCount(fails.length)],
    ['fail with and without the crash', formatCount(anyway)],
    ...Object.entries(waivers).map(([rule, reason]) => ['waived', `${rule}: ${reason}`] as const),
  ]);
  const causes = new Map<string, { first: CrashVerdict; finding: Finding; count: number }>();
  for (const one of fails) {
    for (const finding of one.findings) {
      const known = causes.get(signatureOf(finding));
      if (known) known.count += 1;
      else causes.set(signatureOf(finding), { first: one, finding, count: 1 });
    }
  }
  for (const { first, finding, count } of causes.values()) {
    const { stepIndex } = first.point;
    printLine(style.red(`${finding.kind}: ${finding.name}`), style.dim(`  ${finding.shape}`));
    printMessage('  ', finding);
    printLine(
      style.dim(
        `  ${formatPlural(count, 'time')}, first at step ${stepIndex}, ${describePoint(first.point)}`,
      ),
    );
  }
  if (fails.length > 0) return;
  if (anyway === 0) printLine(style.green('It recovers from a crash at every point.'));
  else {
    const at = `${formatCount(anyway)} of ${formatPlural(verdicts.length, 'crash point')}`;
    printLine(style.green('No crash adds a finding.'));
    printLine(
      `At ${at} the run fails without the crash, too: whether it recovers there is not known.`,
    );
  }
}
