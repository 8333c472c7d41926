import type { FindingKind } from '../../core/machine/finding.ts';

/** The name of a kind of finding. */
export const FINDING_KIND_WORDS: Readonly<Record<FindingKind, string>> = {
  invariant: 'Invariant',
  rule: 'Rule',
  panic: 'Panic',
  settled: 'When settled',
  hang: 'Hang',
};
