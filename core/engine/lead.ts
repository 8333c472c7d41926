import type { Executed } from '../machine/executed.ts';
import type { Operation } from '../machine/operation.ts';
import { SelfExplainingError } from '../thrown.ts';
import { quoteValue, sameValue } from '../value/value.ts';

/** A recorded step that is not the one which its source gives now. */
export class LeadError extends SelfExplainingError {
  override readonly name = 'LeadError';
}

/** Whether an operation is the one of a recorded step: a fault that did not strike is not recorded. */
export function isSameOperation(drawn: Operation, recorded: Operation): boolean {
  if (drawn.kind === 'normal' && recorded.kind === 'normal') {
    return sameValue(drawn.input, recorded.input);
  }
  return drawn.kind === recorded.kind && sameValue(essenceOf(drawn), essenceOf(recorded));
}

/** What the source has drawn. Whether faults strike depends on the step as well. */
function essenceOf(operation: Operation): unknown {
  const {
    fault: _,
    externalFailures: __,
    ...essence
  } = { fault: 0, externalFailures: 0, ...operation };
  return essence;
}

/** What is said of a recorded step where a source gives another operation now. */
export function leadError(
  { stepIndex, operation }: Executed,
  drawn: Operation | undefined,
): LeadError {
  const now = drawn ? quoteValue(essenceOf(drawn)) : 'nothing more';
  return new LeadError(
    `Step ${stepIndex} was ${quoteValue(essenceOf(operation))}, but the scenario gives ${now} there ` +
      'now: it was changed since the run was recorded. Let the same operations go on instead.',
  );
}
