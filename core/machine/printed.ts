/** The levels of what is printed, as `console` has them; `stderr` is that of a machine in a child process. */
export const PRINT_LEVELS = ['debug', 'log', 'info', 'warn', 'error', 'stderr'] as const;
export type PrintLevel = (typeof PRINT_LEVELS)[number];

/** Something that a machine or its scenario printed in a step: what one call printed, or a line. */
export interface Printed {
  readonly level: PrintLevel;
  /** May have several lines, and any characters; without a line break at its end. */
  readonly text: string;
}
