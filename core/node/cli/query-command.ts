import { setImmediate } from 'node:timers/promises';
import { ProblemError, type Problem } from '../../problem.ts';
import { formatCount, parseSeedRange } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';
import { findWhere, WHERE, type Counted } from '../../trace/questions/expression-questions.ts';
import type { Trace } from '../../trace/trace.ts';
import * as traceFiles from '../files/trace-file.ts';
import type { ReadTrace } from '../files/trace-file.ts';
import { isFolder, tracesIn } from '../files/trace-folder.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { brokenSteps, type Judge } from '../runs/judging.ts';
import { withOptionRules, type OptionRule } from './option-rules.ts';
import {
  type CommandModule,
  FAULTS,
  INPUTS,
  JSON_FLAG,
  OPERATIONS,
  SCENARIO,
  TRACE_MACHINE,
  typed,
} from './options.ts';
import { EXIT, printProblem, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import {
  askedBy,
  claimOf,
  isAboutLifecycles,
  isAboutRecord,
  jsonOf,
  NO_ANSWER,
  type Asked,
  type QueryOptions,
} from './query-question.ts';
import { querySeeds } from './query-seeds.ts';
import { withMachineOf } from './trace-machine.ts';
import { readTraceFile } from './trace-reading.ts';

/** What was found in one file. */
interface Matches extends Counted {
  readonly file: string;
  readonly machine: string;
  readonly seed: string;
  readonly steps: readonly number[];
  /** What the invariant says about the first of them. */
  readonly message?: string;
  readonly damage?: ReadTrace['damage'];
}

/** The steps that are listed of a file. */
const LISTED_MAX = 10;
const REASON_CHARS_MAX = 120;

const RULES: readonly OptionRule[] = [
  { options: ['--scenario', '--inputs', '--operations', '--faults'], needs: ['--seeds'] },
  { options: ['--first'], excludes: ['--seeds', '--record', '--lifecycle'] },
  { options: ['--machine'], needs: ['--invariant', '--seeds'] },
];

/**
 * `phasmoscope query`: finds the steps of traces at which an expression is true, or a claim false. The
 * machine is needed for its invariants alone. Seeds are run again instead of being read.
 */
export const QUERY: CommandModule = {
  examples: [
    [
      'Which requests were rejected, in each trace of a folder?',
      'query traces --where \'outcome.kind == "err"\'',
    ],
    [
      'Does an invariant hold that was not there when they were recorded?',
      "query traces --always 'size(outstanding) < 20'",
    ],
    ['What happened to one record?', 'query unchecked.jsonl.gz --record request/3'],
    [
      'Ask seeds instead of traces',
      "query dentist-booking --seeds 0..99 --faults chaos --always 'size(outstanding) < 20'",
    ],
  ],
  declare: (command) =>
    withOptionRules(
      command
        .argument('[files...]', 'trace files, or folders with some; with --seeds, the machine')
        .option('--where <expression>', 'find where it is true, such as \'outcome.kind == "err"\'')
        .option('--always <expression>', 'find where it is false, and end with 1 if it is')
        .option('--invariant <name>', 'the same for an invariant of the machine as it is now')
        .option('--record <record>', 'find the steps about a record, such as order/17')
        .option(
          '--lifecycle',
          'count the transitions of records; end with 1 if one is not declared',
        )
        .option(...TRACE_MACHINE)
        .option('--first', 'only the first step of each trace')
        .option('--seeds <a..b>', 'ask seeds that are run again, not traces', typed(parseSeedRange))
        .option(...SCENARIO)
        .option(...INPUTS)
        .option(...OPERATIONS)
        .option(...FAULTS, 'none')
        .option(...JSON_FLAG),
      RULES,
    ),
  run: queryCommand,
};

async function queryCommand(paths: readonly string[], options: QueryOptions): Promise<ExitCode> {
  if (isAboutRecord(options)) {
    const { queryRecord } = await import('./record-query.ts');
    return queryRecord(filesIn(paths), options.record, options.json === true);
  }
  if (isAboutLifecycles(options)) {
    const { queryLifecycles } = await import('./lifecycle-query.ts');
    return queryLifecycles(filesIn(paths), options.json === true);
  }
  const asked = askedBy(options);
  if (options.seeds !== undefined) return querySeeds(claimOf(asked), paths, options.seeds, options);
  const files = filesIn(paths);
  const found =
    asked.kind === 'invariant'
      ? await searchWithMachine(files, asked, options)
      : await searchAll(files, asked, options);
  return conclude(asked, found, options);
}

function conclude(
  asked: Asked,
  found: readonly Matches[],
  { json = false }: QueryOptions,
): ExitCode {
  const hits = found.filter(({ steps }) => steps.length > 0);
  const problem = problemOf(asked, found);
  if (json) printJson({ ...jsonOf(asked), files: found, ...(problem ? { error: problem } : {}) });
  else {
    for (const one of found) printMatches(one);
    const what = asked.kind === 'where' ? 'True' : 'Broken';
    printLine(`${what} in ${formatCount(hits.length)} of ${formatCount(found.length)} traces.`);
  }
  if (problem) {
    printProblem(problem);
    return EXIT.refused;
  }
  const isDamaged = found.some(({ damage }) => damage);
  return isDamaged || (asked.kind !== 'where' && hits.length > 0) ? EXIT.found : EXIT.done;
}

/** Why the answer is none. */
function problemOf(asked: Asked, found: readonly Matches[]): Problem | undefined {
  // A question that no step could answer, such as one with a slip, must not pass for a good result.
  if (found.every(({ asked: steps, without }) => without === steps)) return NO_ANSWER;
  // An invariant without an answer at some steps is not known to hold there.
  const isSound = found.every(({ steps }) => steps.length === 0);
  const isOpen = asked.kind !== 'where' && isSound && found.some(({ without }) => without > 0);
  return isOpen ? NOT_EVERYWHERE : undefined;
}

const NOT_EVERYWHERE: Problem = {
  title: 'The invariant has no answer at some steps, so that it is not known to hold.',
  remedy: 'Say what it is there as well, such as: has(state.count) ? state.count > 3 : true.',
};

/** The trace files among what was given; of a folder, those directly inside. */
function filesIn(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) {
    throw new ProblemError({
      title: 'There is nothing to ask.',
      remedy: 'Give trace files, a folder with some, or a machine and its seeds with --seeds A..B.',
    });
  }
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const inside = tracesIn(path);
    if (inside.length > 0) return inside;
    throw new ProblemError({
      title: `${path} holds no trace.`,
      remedy: 'Give trace files, or a folder with some.',
    });
  });
}

/** The invariant is that of the machine's newest source, whatever source the traces were recorded with. */
async function searchWithMachine(
  files: readonly string[],
  asked: Asked,
  options: QueryOptions,
): Promise<readonly Matches[]> {
  const [first = ''] = files;
  // It is read again to be asked, and its damage is said then.
  const { trace, close } = await traceFiles.readTraceFile(first);
  close();
  return withMachineOf(trace.header, options.machine, (loaded) =>
    searchAll(files, asked, options, loaded),
  );
}

async function searchAll(
  files: readonly string[],
  asked: Asked,
  options: QueryOptions,
  judge?: Judge,
): Promise<readonly Matches[]> {
  const found: Matches[] = [];
  const progress = new ProgressLine();
  for (const file of files) {
    progress.show(
      () => `${formatCount(found.length)} of ${formatCount(files.length)} traces`,
      found.length / files.length,
    );
    found.push(await search(file, asked, options, judge));
  }
  progress.clear();
  return found;
}

async function search(
  file: string,
  asked: Asked,
  { first = false }: QueryOptions,
  judge: Judge | undefined,
): Promise<Matches> {
  const { trace, damage, close } = await readTraceFile(file);
  const steps: number[] = [];
  let message: string | undefined;
  const searching =
    asked.kind === 'where' ? whereTrue(trace, asked.expression) : brokenSteps(trace, asked, judge);
  let next = await searching.next();
  for (; next.done !== true; next = await searching.next()) {
    steps.push(...next.value.steps);
    if (next.value.steps.length > 0) message ??= next.value.message;
    if (first && steps.length > 0) break;
    await setImmediate();
  }
  close();
  // As far as it was searched, each step had an answer.
  const counted = next.done === true ? next.value : { asked: trace.length + 1, without: 0 };
  const { machine, seed } = trace.header;
  return {
    file,
    machine,
    seed,
    steps: first ? steps.slice(0, 1) : steps,
    ...(message === undefined ? {} : { message }),
    ...counted,
    ...(damage ? { damage } : {}),
  };
}

async function* whereTrue(trace: Trace, expression: string) {
  const question = { kind: 'where', expression, from: -1, isFirstOnly: false } as const;
  const finding = findWhere(trace, question);
  for (;;) {
    const next = finding.next();
    if (next.done === true) return next.value;
    yield { ...WHERE.found.parse(next.value), message: undefined };
  }
}

/** "step 3", "4 steps: 0, 1, 2, 3", or "start and step 3": the initial state does not count as a step. */
function describeSteps(all: readonly number[]): string {
  const steps = all.filter((step) => step >= 0);
  const listed = steps.slice(0, LISTED_MAX).map(formatCount).join(', ');
  const more = steps.length - LISTED_MAX;
  const counted = steps.length === 1 ? 'step' : `${formatCount(steps.length)} steps:`;
  const rest = more > 0 ? ` and ${formatCount(more)} more` : '';
  const parts = [
    ...(steps.length < all.length ? ['start'] : []),
    ...(steps.length > 0 ? [`${counted} ${listed}${rest}`] : []),
  ];
  return parts.join(' and ');
}

function printMatches({ file, steps, message, ...rest }: Matches): void {
  const { asked, without, because } = rest;
  const where = steps.length === 0 ? style.dim('nowhere') : describeSteps(steps);
  printLine(file, '  ', where);
  if (message !== undefined) printLine('  ', cutText(message, REASON_CHARS_MAX));
  if (without > 0) {
    const reason = cutText(because ?? '', REASON_CHARS_MAX);
    const place =
      without === asked ? 'any step' : `${formatCount(without)} of ${formatCount(asked)} steps`;
    printLine(style.dim(`  No answer at ${place}: ${reason}`));
  }
}
