import { parseSeed } from '../../core/text/quantities.ts';
import { placeOf, type Fork, type ForkChange, type GoingOn } from '../../core/trace/format/fork.ts';
import type { PossibleChange } from '../../core/trace/possible-changes.ts';

/** A fork that is being put together. */
export interface ForkDraft {
  readonly possible: PossibleChange;
  readonly stepIndex: number;
  /** The change as it is edited; `undefined` while what is typed is none, and where only draws change. */
  readonly change: ForkChange | undefined;
  readonly goesOn: GoingOn;
  /** The seed of new draws, as typed. */
  readonly seed: string;
}

/** A draft to begin with. How it goes on is kept from an earlier one, as far as it still makes sense. */
export function draftOf(
  possible: PossibleChange,
  stepIndex: number,
  before?: Pick<ForkDraft, 'goesOn' | 'seed'>,
): ForkDraft {
  const seed = before?.seed ?? '1';
  const goesOn = possible.id === 'newDraws' ? 'newDraws' : (before?.goesOn ?? 'sameOperations');
  return { possible, stepIndex, change: possible.change, goesOn, seed };
}

/** The fork of a draft; `undefined` while something in it is missing or wrong. */
export function forkOfDraft(draft: ForkDraft): Fork | undefined {
  const { possible, change, goesOn, seed, stepIndex } = draft;
  const draws = parseSeed(seed);
  if (goesOn === 'newDraws' && draws.kind !== 'ok') return undefined;
  if (possible.id !== 'newDraws' && !change) return undefined;
  if (possible.id === 'newDraws' && goesOn !== 'newDraws') return undefined;
  const isStill = change?.kind === 'move' && isSamePlace(change);
  if (isStill) return undefined;
  return {
    from: change ? placeOf(change) : stepIndex + 1,
    changes: change ? [change] : [],
    goesOn,
    ...(goesOn === 'newDraws' && draws.kind === 'ok' ? { seed: String(draws.value) } : {}),
  };
}

function isSamePlace({ at, before }: ForkChange & { readonly kind: 'move' }): boolean {
  return before === at || before === at + 1;
}
