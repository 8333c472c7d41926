import { assertNever } from '../../core/assert.ts';
import type { Message } from '../../core/trace/sequence.ts';

/** How a message is drawn, with what that means. */
export const LOOKS = {
  input: 'input',
  tracked: 'tracked, and its result',
  untracked: 'untracked',
  double: 'result again',
  keptOut: 'not taken in',
  loss: 'lost result',
  lost: 'not sent',
  refused: 'refused',
  discarded: 'rolled back',
} as const;

export type Look = keyof typeof LOOKS;

/** How a message is drawn. */
export function lookOf(message: Message): Look {
  switch (message.kind) {
    case 'input':
      return 'input';
    case 'action':
      return message.fate === 'sent' ? message.emitted.kind : message.fate;
    case 'result':
      if (message.fate === 'takenIn') return message.isDuplicate ? 'double' : 'tracked';
      return message.fate === 'lost' ? 'loss' : 'keptOut';
    default:
      return assertNever(message, 'message');
  }
}
