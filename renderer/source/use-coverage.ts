import { useEffect } from 'react';
import type { Coverage } from '../../core/contract/coverage.ts';
import type { MachineRef } from '../../core/contract/window.ts';
import { counterexampleOf } from '../../core/trace/format/counterexample.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { RunEntry } from '../session/model.ts';
import { updateRun } from '../session/store.ts';
import { cover, coverStep, type Covered, type Covering } from '../session/tasks/cover.ts';
import { sourceView } from './source-store.ts';

/** While the cursor moves, nothing is executed. */
const DEBOUNCE_MS = 180;

/** Whether the code of a machine runs in a step. */
export function hasCode(trace: Trace, stepIndex: number): boolean {
  if (stepIndex < 0 || stepIndex >= trace.length || counterexampleOf(trace.header)) return false;
  const { operation } = trace.glance(stepIndex);
  return (
    operation === 'normal' || operation === 'trackedActionCompleted' || operation === 'restore'
  );
}

/** Executes a step once the cursor rests. @param ref absent while nothing is to be executed. */
export function useStepCoverage(
  { id }: RunEntry,
  trace: Trace,
  stepIndex: number | undefined,
  ref: MachineRef | undefined,
): void {
  useEffect(() => {
    if (!ref || stepIndex === undefined) return undefined;
    let isWanted = true;
    const begin = async () => {
      const { result } = await coverStep(ref, id, trace, { stepIndex });
      const covered = await result;
      if (isWanted) take(id, covered);
    };
    const timer = setTimeout(() => void begin(), DEBOUNCE_MS);
    return () => {
      isWanted = false;
      // One step is soon over. To cancel it could end the process, and with it whatever else that does.
      clearTimeout(timer);
    };
  }, [id, trace, stepIndex, ref]);
}

function take(runId: string, covered: Covered): Coverage | undefined {
  if (covered.kind === 'failed') sourceView.setState({ problem: covered.problem });
  if (covered.kind !== 'covered') return undefined;
  const { coverage } = covered;
  sourceView.setState({ last: { runId, coverage }, problem: undefined });
  return coverage;
}

/** The execution of all steps of a run. */
interface WholeRun {
  readonly runId: string;
  readonly steps: number;
  readonly covering: Covering;
}

/** The last one, also after it was cancelled: it begins again only when there are other steps. */
let whole: WholeRun | undefined;

/** Executes all steps of a run, unless that is under way, to see what none of them executes. */
export async function coverRun({ id, steps }: RunEntry, ref: MachineRef): Promise<void> {
  if (whole?.runId === id && whole.steps === steps) return;
  whole?.covering.cancel();
  sourceView.setState({ progress: { steps: 0, of: steps }, problem: undefined });
  const covering = cover(ref, { traceId: id }, (made, of) =>
    sourceView.setState({ progress: { steps: made, of } }),
  );
  const own = { runId: id, steps, covering };
  whole = own;
  const covered = await covering.result;
  if (whole !== own) return;
  const coverage = take(id, covered);
  if (coverage) updateRun(id, (run) => ({ ...run, executed: { steps, coverage } }));
  sourceView.setState({ progress: undefined });
}

/** Stops executing all steps. */
export function cancelCoverRun(): void {
  whole?.covering.cancel();
  sourceView.setState({ progress: undefined });
}

/** Executes all steps again that were cancelled. */
export function coverRunAgain(run: RunEntry, ref: MachineRef): void {
  whole = undefined;
  void coverRun(run, ref);
}
