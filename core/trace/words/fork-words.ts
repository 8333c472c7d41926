import { assertNever } from '../../assert.ts';
import type { Completion } from '../../machine/machine.ts';
import type { StepFault } from '../../machine/operation.ts';
import { formatPlural, formatCount } from '../../text/quantities.ts';
import { showText } from '../../text/visible.ts';
import { labelOf } from '../../value/label.ts';
import { quoteValue, type Value } from '../../value/value.ts';
import type { Fork, ForkChange } from '../format/fork.ts';
import type { Piece, Sentence } from './sentences.ts';

/** Changes that a sentence names; the others are counted. */
const NAMED_MAX = 2;

/** What a fault does, as the beginning of a sentence about a step. */
export function describeFault(fault: StepFault | undefined): string {
  switch (fault?.kind) {
    case 'crashAtAccess':
      return 'the process dies at an access to the state';
    case 'crashBeforeCommit':
      return 'the process dies before a commit';
    case 'accessFails':
      return 'an access to the state fails';
    case 'commitFails':
      return 'a commit fails';
    case 'actionRefused':
      return 'the container refuses an action';
    case undefined:
      return 'a fault strikes';
    default:
      return assertNever(fault, 'fault');
  }
}

/** What a fork does otherwise than its parent: "the process crashes after step 41". */
export function describeChange(change: ForkChange): Sentence {
  switch (change.kind) {
    case 'crash':
      return crash(change);
    case 'fault': {
      const { at, fault } = change;
      const what = fault ? describeFault(fault) : 'no fault strikes';
      return [`${what} in `, { stepIndex: at }];
    }
    case 'deliver': {
      const what = describeResult(change);
      return [`${what} arrives before `, { stepIndex: change.before }];
    }
    case 'result':
      return [{ stepIndex: change.at }, ` brings the result ${labelled(change.result)}`];
    case 'drop':
      return ['the result of ', { stepIndex: change.at }, ' is lost'];
    case 'move':
      return [{ stepIndex: change.at }, ' comes before ', { stepIndex: change.before }];
    case 'input':
      return [{ stepIndex: change.at }, ` is ${labelled(change.input)} with other fields`];
    case 'insert':
      return [`${labelled(change.input)} is requested before `, { stepIndex: change.before }];
    case 'remove':
      return [{ stepIndex: change.at }, ' does not take place'];
    default:
      return assertNever(change, 'change');
  }
}

function crash({ after, dispatched }: ForkChange & { readonly kind: 'crash' }): Sentence {
  if (after < 0) return ['the process crashes before the first step'];
  const sent = dispatched === 0 ? '' : `, when ${formatPlural(dispatched, 'action')} of it are out`;
  const one = dispatched === 1 ? ', when 1 action of it is out' : sent;
  return ['the process crashes after ', { stepIndex: after }, one];
}

/** "the result Success of tracked action 3" */
export function describeResult({ id, result }: Pick<Completion, 'id' | 'result'>): string {
  return `the result ${labelled(result as Value)} of tracked action ${quoteValue(id)}`;
}

function labelled(value: Value): string {
  return showText(labelOf(value));
}

/** What a fork does otherwise than its parent, in one clause; its name, unless it has another one. */
export function describeFork({ from, changes, goesOn, seed, ends }: Fork): Sentence {
  if (changes.length === 0) {
    if (goesOn !== 'newDraws') {
      // Whatever is other then lies in the machine.
      if (from === 0) return ['the whole run is executed again, by the machine as it is now'];
      return ['nothing changes from ', { stepIndex: from }, ' on'];
    }
    const draws = seed === undefined ? 'new draws' : `draws of seed ${seed}`;
    return [`${draws} from `, { stepIndex: from }, ' on'];
  }
  const named = changes.slice(0, NAMED_MAX).map(describeChange);
  const more = changes.length - named.length;
  const list = named.flatMap((clause, at): Piece[] => [...(at === 0 ? [] : [', ']), ...clause]);
  const all = more > 0 ? [...list, `, and ${formatCount(more)} more`] : list;
  return ends === undefined ? all : [...all, ', and the run settles'];
}

/** How a fork goes on, to complete "goes on with". */
export function describeGoingOn({ goesOn, seed }: Pick<Fork, 'goesOn' | 'seed'>): string {
  switch (goesOn) {
    case 'sameOperations':
      return 'the same operations';
    case 'scenario':
      return 'the scenario, which sees the new past';
    case 'newDraws':
      return seed === undefined ? 'new draws' : `new draws, of seed ${seed}`;
    default:
      return assertNever(goesOn, 'how a fork goes on');
  }
}
