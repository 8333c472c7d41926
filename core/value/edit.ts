/**
 * Identifies one edit of data whose versions share their parts. What an edit made it may still change in place;
 * everything else is copied before it is changed, so that other versions stay as they are.
 */
export type Edit = number;

let edits = 0;

/** An edit that is different from all others. */
export function newEdit(): Edit {
  edits += 1;
  return edits;
}

/** Refuses a change of what is committed. */
export function refuseWrite(): never {
  throw new TypeError(
    'Cannot change committed data in place: change the state through state.update(draft => …)',
  );
}
