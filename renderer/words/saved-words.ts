import { assertNever } from '../../core/assert.ts';
import type { Problem } from '../../core/problem.ts';
import { describeRerun, isGone, type Rerun } from '../../core/trace/compare/rerun.ts';
import { formatPlural } from './format.ts';
import { shownLine } from './shown.ts';

/** What a run comes to with the source that was saved last. */
export type Sequel =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'ended';
      readonly rerun: Rerun;
      /** Whether the source was saved again since. */
      readonly isEarlier?: boolean;
    }
  | { readonly kind: 'impossible'; readonly problem: Problem };

/** Its ink: what is found in an earlier source shouts only if it is known to be there still. */
export function inkOfSequel(sequel: Sequel | undefined): 'ink-ok' | 'ink-finding' | 'muted' {
  if (sequel?.kind !== 'ended' || sequel.isEarlier) return 'muted';
  if (isGone(sequel.rerun)) return 'ink-ok';
  const { causes, added } = sequel.rerun;
  const isThere = added.length > 0 || causes.some(({ now }) => now !== undefined);
  return isThere ? 'ink-finding' : 'muted';
}

/** In a few words, for a list. */
export function briefOfSequel(sequel: Sequel): string {
  switch (sequel.kind) {
    case 'running':
      return 'running again';
    case 'ended':
      return describeRerun(sequel.rerun) + (sequel.isEarlier ? ', with an earlier source' : '');
    case 'impossible':
      return 'cannot be replayed';
    default:
      return assertNever(sequel, 'sequel');
  }
}

/** The same beside the run that it was executed again from: what is gone is gone after a change, not from this run. */
export function briefOfLater(sequel: Sequel): string {
  if (sequel.kind !== 'ended' || sequel.isEarlier || !isGone(sequel.rerun)) {
    return briefOfSequel(sequel);
  }
  return 'gone after the change';
}

/** In sentences. */
export function describeSequel(sequel: Sequel): string {
  switch (sequel.kind) {
    case 'running':
      return 'The source was saved: this run is executed again.';
    case 'ended':
      return `With ${sequel.isEarlier ? 'a source that was saved before' : 'the source that was saved'}: ${describeRerun(sequel.rerun)}.${leftOut(sequel.rerun)}`;
    case 'impossible':
      return `This run cannot be replayed with the source that was saved, because ${reasonOf(sequel.problem)}`;
    default:
      return assertNever(sequel, 'sequel');
  }
}

function leftOut({ leftOut: count }: Rerun): string {
  if (count === 0) return '';
  const take = count === 1 ? 'takes' : 'take';
  return ` ${formatPlural(count, 'step')} of it no longer ${take} place.`;
}

/** A problem as the end of a sentence: "because the scenario …". */
export function reasonOf({ title }: Pick<Problem, 'title'>): string {
  const text = shownLine(title);
  const start = /^(?:The|An?|It|This) /.test(text) ? text.charAt(0).toLowerCase() : text.charAt(0);
  const reason = start + text.slice(1);
  return reason.endsWith('.') ? reason : `${reason}.`;
}
