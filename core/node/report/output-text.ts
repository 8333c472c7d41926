import type { Printed } from '../../machine/printed.ts';
import { formatCount } from '../../text/quantities.ts';
import { printErrorLine, style, type Piece } from './print.ts';

/** Prints to standard error what a machine has printed in a step. */
export function printOutput(stepIndex: number, output: readonly Printed[]): void {
  for (const pieces of outputLines(output)) {
    printErrorLine(style.dim(`step ${formatCount(stepIndex)}  `), ...pieces);
  }
}

/** The lines of what was printed in a step, each with its level where that is not `log`. */
export function outputLines(output: readonly Printed[]): readonly (readonly Piece[])[] {
  return output.flatMap(({ level, text }) =>
    text.split(/\r?\n/).map((line): readonly Piece[] => {
      const shown = line.replaceAll('\t', '    ');
      if (level === 'log') return [shown];
      if (level === 'note') return [style.dim(shown)];
      return [(level === 'error' ? style.red : style.dim)(level), '  ', shown];
    }),
  );
}
