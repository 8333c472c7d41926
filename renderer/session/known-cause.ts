import type { Finding } from '../../core/machine/finding.ts';
import type { KnownFact } from '../../core/trace/causality/known-cause.ts';
import { findingsOf } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { sourceOf } from './asking.ts';

/** Asks what is known of the cause of a finding, where the lines of its trace are. */
export function askKnown(
  trace: Trace,
  finding: Finding,
  signal: AbortSignal,
): Promise<readonly KnownFact[]> {
  const { stepIndex } = finding;
  const at = findingsOf(trace, stepIndex).indexOf(finding);
  if (at < 0) return Promise.resolve([]);
  return sourceOf(trace).ask({ kind: 'known', stepIndex, finding: at }, { signal });
}
