import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';
import { Expression, EXPRESSION_NAMES, ExpressionError } from '../../trace/expression.ts';
import { answer, QUESTIONS, type AnswerOf, type QuestionOf } from '../../trace/questions.ts';
import { kindOfFile } from '../files/file-kind.ts';
import { readTraceFile, type ReadTrace } from '../files/trace-file.ts';
import { printJson, printLine, style } from '../report/print.ts';
import { EXIT, printProblem, type ExitCode } from './output.ts';

/** The options of `query`. */
export interface QueryOptions {
  /** Steps at which it is true are found. */
  readonly where?: string;
  /** An invariant: steps at which it is false are found. */
  readonly always?: string;
  readonly first?: boolean;
  readonly json?: boolean;
}

/** What was found in one file. */
interface Matches extends AnswerOf<'where'> {
  readonly file: string;
  readonly machine: string;
  readonly seed: string;
  readonly steps: readonly number[];
  readonly damage?: ReadTrace['damage'];
}

/** The steps that are listed of a file. */
const LISTED_MAX = 10;
const REASON_CHARS_MAX = 120;

/**
 * `phasmoscope query`: finds the steps of traces at which an expression is true, or an invariant false,
 * without their machine.
 */
export async function queryCommand(
  paths: readonly string[],
  options: QueryOptions,
): Promise<ExitCode> {
  const isInvariant = options.always !== undefined;
  const text = expressionOf(options);
  const found: Matches[] = [];
  for (const file of filesIn(paths)) found.push(await search(file, text, options));
  const hits = found.filter(({ steps }) => steps.length > 0);
  const damaged = found.filter(({ damage }) => damage);
  if (options.json) printJson({ [isInvariant ? 'always' : 'where']: text, files: found });
  else {
    for (const one of found) printMatches(one);
    const what = isInvariant ? 'Broken' : 'True';
    printLine(`${what} in ${formatCount(hits.length)} of ${formatCount(found.length)} traces.`);
  }
  // A question that no step could answer, such as one with a slip, must not pass for a good result.
  if (found.every(({ asked, without }) => without === asked)) {
    printProblem({
      title: 'The expression was neither true nor false at any step.',
      remedy: 'Look for a slip in a name, and make it a comparison, such as state.count > 3.',
    });
    return EXIT.refused;
  }
  return damaged.length > 0 || (isInvariant && hits.length > 0) ? EXIT.found : EXIT.done;
}

/** The expression whose true steps are searched. */
function expressionOf({ where, always }: QueryOptions): string {
  if ((where === undefined) === (always === undefined)) {
    throw new ProblemError({
      title: 'The question is missing, or there are two.',
      remedy: 'Give --where EXPRESSION, or --always EXPRESSION for an invariant.',
    });
  }
  const text = where ?? always ?? '';
  try {
    return new Expression(text).text;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const names = Object.keys(EXPRESSION_NAMES).join(', ');
    throw new ProblemError(
      {
        title: `The expression cannot be read: ${error.message}`,
        details: `${text}\n${' '.repeat(error.column)}^`,
        remedy: `Write it in CEL, such as 'outcome.kind == "err"'. It can name ${names}.`,
      },
      { cause: error },
    );
  }
}

/** The trace files among what was given; of a folder, those directly inside. */
function filesIn(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
    const inside = readdirSync(path)
      .toSorted()
      .map((name) => join(path, name))
      .filter((file) => ['trace', 'itf'].includes(kindOfFile(file)) && statSync(file).isFile());
    if (inside.length > 0) return inside;
    throw new ProblemError({
      title: `${path} holds no trace.`,
      remedy: 'Give trace files, or a folder with some.',
    });
  });
}

async function search(
  file: string,
  expression: string,
  { first = false, always }: QueryOptions,
): Promise<Matches> {
  const { trace, damage } = await readTraceFile(file);
  const question: QuestionOf<'where'> = {
    kind: 'where',
    expression,
    from: -1,
    isFirstOnly: first,
    ...(always === undefined ? {} : { isFalseWanted: true }),
  };
  const searching = answer(trace, question, () => trace);
  const steps: number[] = [];
  let next = searching.next();
  for (; next.done !== true; next = searching.next()) {
    steps.push(...QUESTIONS.where.found.parse(next.value).steps);
    await setImmediate();
  }
  const { machine, seed } = trace.header;
  const counted = QUESTIONS.where.answer.parse(next.value);
  return { file, machine, seed, steps, ...counted, ...(damage ? { damage } : {}) };
}

function printMatches({ file, steps, asked, without, because, damage }: Matches): void {
  const listed = steps.slice(0, LISTED_MAX).map((step) => (step < 0 ? 'start' : formatCount(step)));
  const more = steps.length - listed.length;
  const where =
    steps.length === 0
      ? style.dim('nowhere')
      : `${steps.length === 1 ? 'step' : `${formatCount(steps.length)} steps:`} ${listed.join(', ')}` +
        (more > 0 ? ` and ${formatCount(more)} more` : '');
  printLine(file, '  ', where);
  if (without > 0) {
    const reason = cutText(because ?? '', REASON_CHARS_MAX);
    const place =
      without === asked ? 'any step' : `${formatCount(without)} of ${formatCount(asked)} steps`;
    printLine(style.dim(`  No answer at ${place}: ${reason}`));
  }
  if (damage) printLine(style.red(`  Only the steps before the damage: ${damage.message}`));
}
