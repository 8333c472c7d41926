import type { Outcome } from '../../machine/executed.ts';
import type { Finding } from '../../machine/finding.ts';
import { applyPatches, PatchError, type Patch } from '../../value/patch.ts';
import { sameValue, type Value } from '../../value/value.ts';
import type { FindingInFile } from '../format/codecs.ts';
import { STEP_PARTS, type Step, type StepPart } from '../format/format.ts';

/** @param stateBefore gives the state that both executions began with. */
type IsSame = (one: Step, other: Step, stateBefore: () => Value) => boolean;

/** When two executions agree in a part of a step, where it need not be the same in all. */
const IS_SAME: { readonly [Name in StepPart]?: IsSame } = {
  outcome: (one, other) => sameOutcome(one.outcome, other.outcome),
  patch: (one, other, stateBefore) => haveSameEffect(one.patch, other.patch, stateBefore),
  attempted: (one, other, stateBefore) =>
    haveSameEffect(one.attempted, other.attempted, stateBefore),
  findings: (one, other) => sameFindings(one.findings, other.findings),
};

/**
 * The parts in which two executions of a step differ, in the order of {@link STEP_PARTS}. Leaves out
 * what is not part of the machine's behaviour: the lines of its source, which every edit moves, how a
 * violated rule is worded, and how a change of the state is written.
 *
 * @param stateBefore gives the state that both executions began with.
 */
export function differingParts(
  one: Step,
  other: Step,
  stateBefore: () => Value,
): readonly StepPart[] {
  return STEP_PARTS.filter((name) => {
    const isSame = IS_SAME[name];
    return isSame ? !isSame(one, other, stateBefore) : !sameValue(one[name], other[name]);
  });
}

function sameOutcome(one: Outcome, other: Outcome): boolean {
  return sameValue(withoutPlace(one), withoutPlace(other));
}

function withoutPlace(given: Outcome): unknown {
  // How long it was waited for, and where the code stood then, is chance.
  if (given.kind === 'hang') return { kind: given.kind };
  if (given.kind !== 'panic') return given;
  const { source: _, ...error } = given.error;
  return { ...given, error };
}

/** Other versions of Phasmoscope may write the same change as another patch. */
function haveSameEffect(one: Patch, other: Patch, stateBefore: () => Value): boolean {
  if (sameValue(one, other)) return true;
  const before = stateBefore();
  try {
    return sameValue(applyPatches(before, [one]), applyPatches(before, [other]));
  } catch (error) {
    if (error instanceof PatchError) return false;
    throw error;
  }
}

/**
 * What the findings of two executions of a step need not have in common: places, what earlier versions did
 * not record, and the number of the step, which is another one where steps were left out before it.
 */
const APART_FROM: ReadonlySet<string> = new Set<keyof Finding | 'expected' | 'actual'>([
  'stepIndex',
  'expected',
  'actual',
  'source',
  'predicate',
  'caught',
  'about',
]);

function sameFindings(one: readonly FindingInFile[], other: readonly FindingInFile[]): boolean {
  return sameValue(comparedFindings(one), comparedFindings(other));
}

/** What findings must have in common with those of another execution of their step. */
export function comparedFindings(findings: readonly FindingInFile[]): Value {
  return findings.map(comparedIn);
}

function comparedIn(found: FindingInFile): Value {
  const isWordedByUs = found.kind === 'rule' || found.kind === 'hang';
  const compared = Object.entries<unknown>(found).filter(
    ([name]) => !APART_FROM.has(name) && !(isWordedByUs && name === 'message'),
  );
  return Object.fromEntries(compared) as Value;
}
