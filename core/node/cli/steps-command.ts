import { STEPS_MAX } from '../../limits.ts';
import { formatCount } from '../../text/quantities.ts';
import { formatStep } from '../../trace/format/format.ts';
import { findWhere, WHERE, type Counted } from '../../trace/questions/expression-questions.ts';
import type { Trace } from '../../trace/trace.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { printStepRows } from '../report/step-text.ts';
import { JSON_FLAG, stepNumber, TRACE, whole, type CommandModule } from './options.ts';
import { EXIT, printProblem, type ExitCode } from './output.ts';
import { ProgressLine } from './progress.ts';
import { NO_ANSWER, readExpression } from './query-question.ts';
import { requireStepOf } from './state-path.ts';
import { readTraceFile } from './trace-reading.ts';

/** The options of `steps`. */
interface StepsOptions {
  readonly where?: string;
  readonly from?: number;
  readonly limit: number;
  readonly json?: boolean;
}

/** `phasmoscope steps`: lists the steps of a trace, or those at which an expression is true. */
export const STEPS: CommandModule = {
  examples: [
    ['List steps from a place on', 'steps unchecked.jsonl.gz --from 70 --limit 10'],
    ['List rejected requests', 'steps unchecked.jsonl.gz --where \'outcome.kind == "err"\''],
  ],
  declare: (command) =>
    command
      .argument(...TRACE)
      .option('--where <expression>', 'only where it is true, such as \'outcome.kind == "err"\'')
      .option('--from <step>', 'the first step (default: 0)', stepNumber)
      .option('--limit <n>', 'the number of steps', whole('number of steps', STEPS_MAX), 50)
      .option(...JSON_FLAG),
  run: steps,
};

/** Steps that are listed, and how it goes on. */
interface Page {
  readonly steps: readonly number[];
  /** The step from which on there are more. */
  readonly next?: number;
  /** What an expression came to, if the trace was searched to its end. */
  readonly counted?: Counted;
}

async function steps(file: string, options: StepsOptions): Promise<ExitCode> {
  const { where, from = 0, limit, json = false } = options;
  if (where !== undefined) readExpression(where);
  const read = await readTraceFile(file, { isThorough: false });
  const { trace, damage, close } = read;
  if (from > 0) requireStepOf(read, from);
  const page = where === undefined ? pageOf(trace, from, limit) : search(trace, where, from, limit);
  const listed = page.steps.map((stepIndex) => trace.step(stepIndex));
  const { next, counted } = page;
  if (json) {
    printJson({
      file,
      ...(where === undefined ? {} : { where }),
      steps: listed.map((step) => JSON.parse(formatStep(step))),
      ...(next === undefined ? {} : { next }),
      ...(counted && counted.without > 0 ? { without: counted.without } : {}),
      ...(damage ? { damage } : {}),
    });
  } else {
    if (listed.length > 0) printStepRows(listed);
    else printLine(style.dim(where === undefined ? 'No steps.' : 'It is true at no step.'));
    if (next !== undefined) {
      printLine(style.dim(`There are more, from step ${formatCount(next)} on: --from ${next}`));
    }
  }
  close();
  if (counted && counted.asked > 0 && counted.without === counted.asked) {
    printProblem(NO_ANSWER);
    return EXIT.refused;
  }
  return damage ? EXIT.found : EXIT.done;
}

function pageOf(trace: Trace, from: number, limit: number): Page {
  const to = Math.min(trace.length, from + limit);
  const listed = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  return { steps: listed, ...(to < trace.length ? { next: to } : {}) };
}

/** Searches until there is one step more than are listed. */
function search(trace: Trace, expression: string, from: number, limit: number): Page {
  const found: number[] = [];
  const question = { kind: 'where', expression, from, isFirstOnly: false } as const;
  const searching = findWhere(trace, question);
  const progress = new ProgressLine();
  for (;;) {
    const part = searching.next();
    if (part.done === true) {
      progress.clear();
      const isMore = found.length > limit;
      return {
        steps: found.slice(0, limit),
        ...(isMore ? { next: found[limit] as number } : {}),
        counted: part.value,
      };
    }
    const { steps: more, searched } = WHERE.found.parse(part.value);
    // The state before the first step is not a step.
    for (const step of more) if (step >= 0) found.push(step);
    if (found.length > limit) {
      progress.clear();
      return { steps: found.slice(0, limit), next: found[limit] as number };
    }
    progress.show(
      () => `${formatCount(searched)} of ${formatCount(trace.length)} steps`,
      searched / trace.length,
    );
  }
}
