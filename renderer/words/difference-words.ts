import type { StepPart } from '../../core/trace/compare.ts';

/** What the parts of a step are called where two executions differ in them. */
const PART_WORDS: Readonly<Record<StepPart, string>> = {
  operation: 'operation',
  outcome: 'outcome',
  actions: 'emitted actions',
  stateHash: 'state',
  patch: 'state',
  attempted: 'what was rolled back',
  discarded: 'discarded actions',
  refused: 'refused actions',
  lost: 'lost actions',
  findings: 'findings',
  recovered: 'invariants that hold again',
};

/** The name of a part of a step. */
export function wordOfPart(part: StepPart): string {
  return PART_WORDS[part];
}

/** In what two executions of a step differ: `outcome, state and findings`. */
export function describeParts(parts: readonly StepPart[]): string {
  const words = [...new Set(parts.map(wordOfPart))];
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}
