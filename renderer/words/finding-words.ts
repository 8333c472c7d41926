import type { FindingKind } from '../../core/machine/finding.ts';

/** What a kind of finding is called. */
export const FINDING_KIND_WORDS: Readonly<Record<FindingKind, string>> = {
  invariant: 'Invariant',
  rule: 'Rule',
  panic: 'Panic',
  settled: 'When settled',
};
