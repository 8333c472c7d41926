import { MapDraft, SetDraft } from './draft-maps.ts';
import { ListDraft, ObjectDraft, WideListDraft, WideObjectDraft } from './draft-objects.ts';
import { Draft, draftIn, type Update } from './draft.ts';
import { Tuple } from './tuple.ts';
import { freeze, type PlainObject, type Value } from './value.ts';
import { WideList } from './wide-list.ts';
import { WideObject } from './wide-object.ts';

/** What stands for a state while it is updated. */
export interface OpenUpdate<State> {
  /** To be written to as to an ordinary mutable object. */
  readonly draft: State;
  /**
   * Ends the update and returns the new state, frozen: the same object if nothing was written.
   *
   * @throws {UnsupportedValueError} when something that was written is not a {@link Value}.
   * @throws {OversizeError} when the state is nested too deeply.
   */
  finish(): State;
  /** Ends the update: its drafts can no longer be used. */
  close(): void;
}

/** Begins an update of a frozen state, which stays as it is. */
export function openUpdate<State extends object>(state: State): OpenUpdate<State> {
  const update = new UpdateInProgress();
  const root = draftOf(state, undefined, update);
  return {
    draft: root.facade as State,
    finish() {
      update.isOver = true;
      const { result } = root;
      return (result === state ? state : freeze(result, 'The state', draftIn)) as State;
    },
    close() {
      update.isOver = true;
    },
  };
}

class UpdateInProgress implements Update {
  isOver = false;

  draftOf(original: object, parent: Draft): Draft {
    return draftOf(original, parent, this);
  }
}

function draftOf(original: object, parent: Draft | undefined, update: Update): Draft {
  const draft = new Draft(original, parent, update);
  if (Array.isArray(original)) {
    const wide = WideList.of(original);
    if (wide) {
      const list = new WideListDraft(draft, wide);
      return draft.stand(list.facade, () => list.successor().facade);
    }
    const copy = original instanceof Tuple ? original.slice() : [...(original as Value[])];
    return draft.stand(new Proxy(copy, new ListDraft(draft, copy)), () => copy);
  }
  if (original instanceof Map) {
    const map = new MapDraft(draft, original as ReadonlyMap<Value, Value>);
    return draft.stand(map, () => map.copy);
  }
  if (original instanceof Set) {
    const set = new SetDraft(draft, original as ReadonlySet<Value>);
    return draft.stand(set, () => set.finish());
  }
  const wide = WideObject.of(original);
  if (wide) {
    const object = new WideObjectDraft(draft, wide);
    return draft.stand(object.facade, () => new WideObject(object.entries).facade);
  }
  const copy = { ...(original as PlainObject) };
  return draft.stand(new Proxy(copy, new ObjectDraft(draft)), () => copy);
}
