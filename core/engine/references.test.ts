import { describe, expect, it } from 'vitest';
import type { ActionId } from '../machine/machine.ts';
import { References } from './references.ts';

const holds = (id: ActionId, reservation: unknown) =>
  ({ kind: 'tracked', id, action: { kind: 'Hold', reservation, cents: 30 } }) as const;

describe('what a request names', () => {
  it('follows the thing whose action carries the name in its id and as a field', () => {
    const references = new References();
    references.note(holds('hold 31', 31), holds('hold 30', 30));
    const cancel = { kind: 'Cancel', reservation: 31, night: 31 };
    expect(references.rewrite(cancel)).toEqual({ ...cancel, reservation: 30 });
    expect(cancel.reservation).toBe(31);
    references.note(holds('hold 32', 32), holds('hold 32', 32));
    expect(references.rewrite({ reservation: 32 })).toEqual({ reservation: 32 });
  });

  it('stays in a copy as it was', () => {
    const references = new References();
    references.note(holds(7n, 7n), holds(5n, 5n));
    const copy = new References(references);
    references.note(holds(7n, 7n), holds(6n, 6n));
    expect(copy.rewrite({ reservation: 7n })).toEqual({ reservation: 5n });
    expect(references.rewrite({ reservation: 7n })).toEqual({ reservation: 6n });
  });

  it('stays where an id does not have it as a word, or it is something else now', () => {
    const references = new References();
    const request = { reservation: 3, cents: 30 };
    references.note(holds('hold 31', 3), holds('hold 30', 2));
    references.note(holds('hold 3', 3), holds('hold 2', 'two'));
    references.note(holds('a', 30), holds('b', 29));
    expect(references.rewrite(request)).toBe(request);
    expect(references.rewrite(null)).toBe(null);
    expect(references.rewrite([31])).toEqual([31]);
  });
});
