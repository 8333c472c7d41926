import type { Problem } from '../api/contract.ts';
import { MachineError } from '../engine/executor.ts';
import { ScenarioError } from '../engine/scenario-guard.ts';
import { TraceReadError } from '../trace/trace-builder.ts';
import { UnsupportedValueError } from '../value/value.ts';

/** An error that is made for people: what happened, why, and what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.title, options);
    this.problem = problem;
  }
}

/** Errors whose text says all that an author needs; our own stack would only hide it. */
const SELF_EXPLAINING = [MachineError, ScenarioError, UnsupportedValueError, TraceReadError];

/** Any error as a problem. What was not foreseen keeps its stack as details. */
export function toProblem(error: unknown, title: string): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof Error)) return { title: `${title}: ${String(error)}` };
  if (SELF_EXPLAINING.some((kind) => error instanceof kind)) {
    return { title: error.message, remedy: 'Mend the source, and run it again.' };
  }
  return {
    title: `${title}: ${error.message}`,
    ...(error.stack === undefined ? {} : { details: error.stack }),
  };
}
