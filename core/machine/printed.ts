/**
 * The levels of what is printed, as `console` has them. `stderr` is what a child process writes to its
 * standard error, and `note` says what was not kept.
 */
export const PRINT_LEVELS = ['debug', 'log', 'info', 'warn', 'error', 'stderr', 'note'] as const;
export type PrintLevel = (typeof PRINT_LEVELS)[number];
/** Those that a console writes. */
export type ConsoleLevel = Exclude<PrintLevel, 'stderr' | 'note'>;

/** Something that a machine or its scenario printed in a step: what one call printed, or a line. */
export interface Printed {
  readonly level: PrintLevel;
  /** May have several lines, and any characters; without a line break at its end. */
  readonly text: string;
}
