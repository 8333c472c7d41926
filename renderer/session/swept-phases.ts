import type { SweepReport } from '../../core/sweep/report.ts';
import type { TraceHeader } from '../../core/trace/format/header.ts';
import type { SweepEntry } from './model.ts';

/** The report of the last sweep of a run's machine, with the same source, that counted phases. */
export function sweptPhasesOf(
  sweeps: readonly SweepEntry[],
  { machine, sourceHash }: Pick<TraceHeader, 'machine' | 'sourceHash'>,
): SweepReport | undefined {
  const swept = sweeps.find(
    ({ report }) =>
      report?.phases && report.machine === machine && report.sourceHash === sourceHash,
  );
  return swept?.report;
}
