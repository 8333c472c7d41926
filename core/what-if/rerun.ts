import { driveToEnd, type Pulse } from '../engine/driving.ts';
import type { Finding } from '../machine/finding.ts';
import { SelfExplainingError } from '../thrown.ts';
import { compareRerun, type Rerun } from '../trace/compare/rerun.ts';
import { RUN_AGAIN } from '../trace/format/fork.ts';
import { startFork, type ForkSubject } from './fork.ts';
import type { Parent } from './parent.ts';

/** Thrown for a run whose findings another source cannot be asked about. */
export class RerunError extends SelfExplainingError {
  override readonly name = 'RerunError';
}

/**
 * Executes the operations of a run again, as far as they make sense, on the machine as it is now, and says what
 * became of the findings.
 *
 * @param findings those of the run.
 * @returns `undefined` when the pulse stopped it.
 * @throws {RerunError} when the run was judged at its end by a scenario that is gone.
 * @throws {ScenarioError} when the scenario throws.
 */
export async function runAgain(
  subject: ForkSubject,
  parent: Parent,
  findings: readonly Finding[],
  pulse?: Pulse,
): Promise<Rerun | undefined> {
  const { scenario, shrunkFrom } = parent.header;
  if (!subject.scenario && findings.some(({ kind }) => kind === 'settled')) {
    throw new RerunError(
      `The scenario "${scenario}" is gone, which says what must hold at the end.`,
    );
  }
  const forked = await startFork(subject, parent, RUN_AGAIN);
  const { run } = forked;
  const now = [...run.executor.initialFindings];
  const taken = new Set<number>();
  let next = 0;
  const isOver = await driveToEnd(run, {
    observe: (step) => {
      const { parentStep } = forked;
      if (parentStep !== undefined) taken.add(parentStep);
      next = parentStep === undefined ? next : parentStep + 1;
      // Findings are compared by the steps of the run that was executed before.
      const stepIndex = parentStep ?? Math.min(next, parent.length - 1);
      now.push(...step.findings.map((finding) => ({ ...finding, stepIndex })));
    },
    ...(pulse ? { pulse } : {}),
  });
  if (!isOver) return undefined;
  return compareRerun(findings, now, parent.length - taken.size, shrunkFrom?.signature);
}
