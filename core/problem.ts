import { z } from 'zod';
import { isInstance, messageOf, readThrown, SelfExplainingError } from './thrown.ts';

/** Something that went wrong, for people: what, why, and what to do about it. */
export const problemSchema = z.object({
  /** One sentence that names the cause. */
  title: z.string(),
  /** What the person can do, if there is something. */
  remedy: z.string().optional(),
  /** Technical details to copy: places in the source, stack, output. */
  details: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** An error that is made for people: what happened, why, and what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options);
    this.problem = problem;
  }
}

/** Converts any error to a problem. An unforeseen error keeps its stack as details. */
export function toProblem(error: unknown, title: string): Problem {
  if (isInstance(error, ProblemError)) return error.problem;
  if (isInstance(error, SelfExplainingError)) {
    return { title: error.message, remedy: 'Correct the source, and run it again.' };
  }
  const { stack } = readThrown(error);
  return {
    title: `${title}: ${messageOf(error)}`,
    ...(stack === undefined ? {} : { details: stack }),
  };
}
