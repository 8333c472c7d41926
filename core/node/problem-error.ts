import type { Problem } from '../api/contract.ts';

/** An error that is made for people: what happened, why, and what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options);
    this.problem = problem;
  }
}

/** Any error as a problem. What was not foreseen keeps its stack as details. */
export function toProblem(error: unknown, title: string): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof Error)) return { title: `${title}: ${String(error)}` };
  return {
    title: `${title}: ${error.message}`,
    ...(error.stack === undefined ? {} : { details: error.stack }),
  };
}
