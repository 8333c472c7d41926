import { EXPRESSION_CHARS_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount, type Seeds } from '../../text/quantities.ts';
import {
  Expression,
  EXPRESSION_NAMES,
  ExpressionError,
} from '../../trace/expression/expression.ts';
import type { Claim } from '../../trace/questions/claims.ts';
import type { ScenarioOptions } from './run-command.ts';

/** The options of `query`. */
export interface QueryOptions extends ScenarioOptions {
  /** Steps at which it is true are found. */
  readonly where?: string;
  /** Steps at which it is false are found. */
  readonly always?: string;
  /** The name of an invariant of the machine: steps at which it does not hold are found. */
  readonly invariant?: string;
  /** A record, such as `order/17`: steps that concern it are found. */
  readonly record?: string;
  /** The transitions that records make are counted. */
  readonly lifecycle?: boolean;
  readonly machine?: string;
  /** The seeds that are run again, instead of traces. */
  readonly seeds?: Seeds;
  readonly operations?: number;
  readonly faults?: string;
  readonly first?: boolean;
  readonly json?: boolean;
}

/** What is asked: where an expression is true, or where a claim is false. */
export type Asked = { readonly kind: 'where'; readonly expression: string } | Claim;

/** Shown for an expression that has no answer anywhere. */
export const NO_ANSWER = {
  title: 'The expression was neither true nor false at any step.',
  remedy: 'Look for a slip in a name, and make it a comparison, such as state.count > 3.',
} as const;

/** What was asked, as the document of the command names it. */
export function jsonOf(asked: Asked): Readonly<Record<string, string>> {
  if (asked.kind === 'invariant') return { invariant: asked.name };
  return { [asked.kind === 'where' ? 'where' : 'always']: asked.expression };
}

/** @throws {ProblemError} for a question that is no claim. */
export function claimOf(asked: Asked): Claim {
  if (asked.kind !== 'where') return asked;
  throw new ProblemError({
    title: 'Seeds are asked whether something always holds, and not where something is true.',
    remedy: "Give --always EXPRESSION or --invariant NAME, such as --always '!(state.n > 3)'.",
  });
}

/** Whether the options ask for the steps of a record, and nothing else. */
export function isAboutRecord(options: QueryOptions): options is QueryOptions & { record: string } {
  const { where, always, invariant, record, lifecycle, seeds } = options;
  const others = [where, always, invariant, lifecycle, seeds];
  return record !== undefined && others.every((one) => one === undefined);
}

/** Whether the options ask for the transitions of records, and nothing else. */
export function isAboutLifecycles(options: QueryOptions): boolean {
  const { where, always, invariant, record, lifecycle, seeds } = options;
  const others = [where, always, invariant, record, seeds];
  return lifecycle === true && others.every((one) => one === undefined);
}

/**
 * What the options of a command ask.
 *
 * @throws {ProblemError} when they ask nothing, several things, or something that cannot be read.
 */
export function askedBy({ where, always, invariant, record, lifecycle }: QueryOptions): Asked {
  const asked = [where, always, invariant, record, lifecycle].filter((one) => one !== undefined);
  if (asked.length !== 1 || record !== undefined || lifecycle !== undefined) {
    throw new ProblemError({
      title: 'The question is missing, or there are several.',
      remedy:
        'Give --where EXPRESSION, or for what must hold --always EXPRESSION or --invariant NAME, or ' +
        '--record KIND/ID or --lifecycle alone.',
    });
  }
  if (invariant !== undefined) return { kind: 'invariant', name: invariant };
  const expression = readExpression(where ?? always ?? '');
  return { kind: where === undefined ? 'expression' : 'where', expression };
}

/** Columns of an expression that are shown on each side of a place. */
const COLUMNS_BESIDE = 40;

/** What is around a place in an expression, with a mark below it. */
function excerptOf(text: string, column: number): string {
  const from = Math.max(0, column - COLUMNS_BESIDE);
  const to = Math.min(text.length, column + COLUMNS_BESIDE);
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  return `${before}${text.slice(from, to)}${after}\n${' '.repeat(before.length + column - from)}^`;
}

/**
 * The text of an expression of CEL.
 *
 * @throws {ProblemError} with the place of what cannot be read, or with the limit on its length.
 */
export function readExpression(text: string): string {
  if (text.length > EXPRESSION_CHARS_MAX) {
    throw new ProblemError({
      title: `The expression has ${formatCount(text.length)} characters.`,
      remedy: `Shorten it: the limit is ${formatCount(EXPRESSION_CHARS_MAX)} characters.`,
    });
  }
  try {
    return new Expression(text).text;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const names = Object.keys(EXPRESSION_NAMES).join(', ');
    throw new ProblemError(
      {
        title: `The expression cannot be read: ${error.message}`,
        details: excerptOf(text, error.column),
        remedy: `Write it in CEL, such as 'outcome.kind == "err"'. It can name ${names}.`,
      },
      { cause: error },
    );
  }
}
