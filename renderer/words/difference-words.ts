import type { StepPart } from '../../core/trace/format/format.ts';

/** The names of the parts of a step, for the user. */
const PART_WORDS: Readonly<Record<StepPart, string>> = {
  operation: 'operation',
  outcome: 'outcome',
  actions: 'emitted actions',
  discarded: 'discarded actions',
  refused: 'refused actions',
  lost: 'lost actions',
  patch: 'state',
  attempted: 'what was rolled back',
  stateHash: 'state',
  findings: 'findings',
  recovered: 'invariants that hold again',
};

/** The name of a part of a step. */
export function wordOfPart(part: StepPart): string {
  return PART_WORDS[part];
}

/** Lists the parts in which two executions of a step differ: `outcome, state and findings`. */
export function describeParts(parts: readonly StepPart[]): string {
  const words = [...new Set(parts.map(wordOfPart))];
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} and ${last}`;
}
