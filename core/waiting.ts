/** What is there at once, or comes later from something that must be waited for. */
export type Maybe<T> = T | Promise<T>;

/** Whether a result must be awaited. A promise of another library counts as well. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if (typeof value !== 'object' || value === null) return false;
  // To read a property is faster than to ask for it with `in`, and this is asked at every step.
  return typeof (value as Partial<PromiseLike<T>>).then === 'function';
}

/** Goes on with what is there at once, or with what comes later. */
export function chain<T, Next>(value: Maybe<T>, goOn: (value: T) => Maybe<Next>): Maybe<Next> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}

/**
 * Work that now and then waits: it yields what must be waited for, and is given what comes of it.
 * Written once, it is synchronous where nothing has to be waited for.
 */
export type Waiting<T> = Generator<Promise<unknown>, T, unknown>;

/** Waits, as a part of such work, for what may be there already. */
export function* wait<T>(value: Maybe<T>): Waiting<T> {
  return isPromise(value) ? ((yield value) as T) : value;
}

/** Carries out such work; it answers a promise only when something must be waited for. */
export function drive<T>(work: Waiting<T>): Maybe<T> {
  return proceed(work, work.next());
}

function proceed<T>(work: Waiting<T>, step: IteratorResult<Promise<unknown>, T>): Maybe<T> {
  if (step.done === true) return step.value;
  return step.value.then(
    (value) => proceed(work, work.next(value)),
    (error) => proceed(work, work.throw(error)),
  );
}
