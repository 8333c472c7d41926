import { assertNever } from '../../assert.ts';
import { keysOf } from '../../keys-of.ts';
import type { Operation, StepFault } from '../../machine/operation.ts';
import { formatCount, formatPlural } from '../../text/quantities.ts';
import { sameValue } from '../../value/value.ts';

/** What an operation is called that comes with it, and makes it no other one. */
const WORDS = {
  fault: 'fault',
  isDuplicate: 'second delivery',
  externalFailures: 'failures of the external systems',
  dispatched: 'actions that were out',
  isEndless: 'end',
  isDown: 'end',
} as const;
/** A field of an operation that says what happens around it, such as the fault that strikes it. */
export type Surrounding = keyof typeof WORDS;

/** The surroundings in which two operations differ. */
export function differingSurroundings(one: Operation, other: Operation): readonly Surrounding[] {
  return SURROUNDINGS.filter((name) => !sameValue(fieldOf(one, name), fieldOf(other, name)));
}

const SURROUNDINGS = keysOf(WORDS);

function fieldOf(operation: Operation, name: Surrounding): unknown {
  return Object.entries(operation).find(([field]) => field === name)?.[1];
}

/** What a surrounding is called: "fault", "second delivery". */
export function wordOfSurrounding(name: Surrounding): string {
  return WORDS[name];
}

/** A surrounding of an operation in words: "The container refused action 1", "the second time". */
export function describeSurrounding(operation: Operation, name: Surrounding): string {
  const given = fieldOf(operation, name);
  switch (name) {
    case 'fault':
      return 'fault' in operation && operation.fault ? describeStrike(operation.fault) : 'none';
    case 'isDuplicate':
      return given === true ? 'the second time' : 'the first time';
    case 'externalFailures':
      return formatPlural(Array.isArray(given) ? given.filter(Boolean).length : 0, 'failure');
    case 'dispatched':
      return typeof given === 'number' ? formatCount(given) : 'none';
    case 'isEndless':
      return given === true ? 'endless' : 'an end';
    case 'isDown':
      return given === true ? 'the machine stays down' : 'the machine is up';
    default:
      return assertNever(name, 'surrounding');
  }
}

/** A fault inside a step, as a sentence without its full stop: "The container refused action 1". */
export function describeStrike(fault: StepFault): string {
  switch (fault.kind) {
    case 'crashAtAccess':
      return `The process died at access ${formatCount(fault.access + 1)} to the state`;
    case 'crashBeforeCommit':
      return 'The process died just before the commit';
    case 'accessFails':
      return `Access ${formatCount(fault.access + 1)} to the state failed`;
    case 'commitFails':
      return 'The commit failed';
    case 'actionRefused':
      return `The container refused action ${formatCount(fault.action + 1)}`;
    default:
      return assertNever(fault, 'fault');
  }
}
