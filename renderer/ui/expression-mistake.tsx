import type { ReactNode } from 'react';
import {
  Expression,
  EXPRESSION_NAMES,
  ExpressionError,
} from '../../core/trace/expression/expression.ts';
import { shownLine } from '../words/shown.ts';
import './expression-mistake.css';

/** What is wrong with an expression, and where. */
export interface Mistake {
  readonly text: string;
  /** 0-based, in UTF-16 code units. */
  readonly column: number;
  readonly message: string;
}

/** The names that an expression can use, with what they mean, for a tooltip. */
export const NAMES_HINT = Object.entries(EXPRESSION_NAMES)
  .map(([name, meaning]) => `${name}: ${meaning}`)
  .join('\n');

/** An expression, or what is wrong with it. */
export function readExpression(text: string): Expression | Mistake {
  try {
    return new Expression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { text, column: error.column, message: error.message };
  }
}

/** What is wrong with an expression; nothing, if it is one or is not begun. */
export function mistakeIn(text: string): Mistake | undefined {
  if (text === '') return undefined;
  const read = readExpression(text);
  return read instanceof Expression ? undefined : read;
}

/** Says what is wrong with an expression, and shows where. */
export function MistakeNote({
  mistake: { text, column, message },
}: {
  mistake: Mistake;
}): ReactNode {
  return (
    <div className="expression-mistake small" role="alert">
      <p className="data">
        {shownLine(text.slice(0, column))}
        <mark>{text.charAt(column) || '…'}</mark>
        {shownLine(text.slice(column + 1))}
      </p>
      <p>
        {shownLine(message)}, at character {column + 1}
      </p>
    </div>
  );
}
