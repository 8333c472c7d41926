import { z } from 'zod';

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

/** An error whose text says all that an author needs; our own stack would only hide it. */
export class SelfExplainingError extends Error {
  override readonly name: string = 'SelfExplainingError';
}

/** Converts any error to a problem. An unforeseen error keeps its stack as details. */
export function toProblem(error: unknown, title: string): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof Error)) return { title: `${title}: ${String(error)}` };
  if (error instanceof SelfExplainingError) {
    return { title: error.message, remedy: 'Mend the source, and run it again.' };
  }
  return {
    title: `${title}: ${error.message}`,
    ...(error.stack === undefined ? {} : { details: error.stack }),
  };
}
