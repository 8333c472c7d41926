import { isFrozen, type Resolvable, type Value } from './value.ts';
import { DRAFT } from './wide-list.ts';
import { afterChange } from './wide.ts';

/** An update, as its drafts know it. */
export interface Update {
  readonly isOver: boolean;
  /** Makes the draft of a frozen container that is inside another one. */
  draftOf(original: object, parent: Draft): Draft;
}

/** Whether a value is a draft, of an update that goes on or of one that is over. */
export function isDraft(value: unknown): boolean {
  return draftIn(value) !== undefined;
}

/** The draft that a value is, if it is one. */
export function draftIn(value: unknown): Draft | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { readonly [DRAFT]?: Draft })[DRAFT];
}

/**
 * What stands for one container inside an update. It has a copy of the container: small ones are
 * copied when they are first read, and of wide ones the versions share what they have in common.
 * Drafts of the containers inside are put into the copy as they are read, so that they can be moved as
 * any other value; {@link freeze} finds them there.
 */
export class Draft implements Resolvable {
  readonly #original: object;
  readonly #parent: Draft | undefined;
  readonly #update: Update;
  #isModified = false;
  #facade: object | undefined;
  #finish: (() => object) | undefined;
  #finished: object | undefined;
  #written: Set<Value> | undefined;

  constructor(original: object, parent: Draft | undefined, update: Update) {
    this.#original = original;
    this.#parent = parent;
    this.#update = update;
  }

  /**
   * Sets what the author has, once.
   *
   * @param finish returns the copy, to which nothing is written any more.
   */
  stand(facade: object, finish: () => object): this {
    this.#facade = facade;
    this.#finish = finish;
    return this;
  }

  /** What the author has. */
  get facade(): object {
    return this.#facade ?? this.#original;
  }

  get original(): object {
    return this.#original;
  }

  /** What the draft stands for: the original, as long as nothing was written to it or into it. */
  get result(): object {
    if (!this.#isModified || !this.#finish) return this.#original;
    return (this.#finished ??= afterChange(this.#original, this.#finish()));
  }

  /** The keys of a Map under which something was put into the copy. */
  get written(): ReadonlySet<Value> | undefined {
    return this.#written;
  }

  /** Notes that something is put into the copy of a Map. */
  noteWritten(key: Value): void {
    this.#written ??= new Set();
    this.#written.add(key);
  }

  requireOpen(): void {
    if (!this.#update.isOver) return;
    throw new TypeError(
      'A draft was used after its update: copy what is needed later, or read state.current',
    );
  }

  /** Notes that something was written to the container. */
  modify(): void {
    this.requireOpen();
    this.#isModified = true;
    for (let draft = this.#parent; draft && !draft.#isModified; draft = draft.#parent) {
      draft.#isModified = true;
    }
  }

  /** What the author gets for an item: a draft of a container of the state. What was put in is as it is. */
  drafted(item: Value): Value {
    if (typeof item !== 'object' || item === null || !isFrozen(item)) return item;
    return this.#update.draftOf(item, this).facade as Value;
  }
}

/** What a draft cannot do is refused, before anything is written. */
export function refuse(what: string): never {
  throw new TypeError(`A draft does not support ${what}`);
}
