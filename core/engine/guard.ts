/** Something that a machine reached for although it lies outside its state and input. */
export interface SideEffect {
  /** Such as `Date.now`. */
  readonly name: string;
  /** Carries the stack of the call. */
  readonly error: Error;
}

/** Thrown into a machine that reaches for time, randomness, timers, network or globals. */
export class SideEffectError extends Error {
  override readonly name = 'SideEffectError';

  constructor(what: string) {
    super(`${what} is out of reach in stf and restore: its answer is no part of state and input`);
  }
}

/**
 * What the language itself gives: the same answer for the same arguments, and no effects. What
 * people print to find a defect changes nothing, either.
 */
const DETERMINISTIC: ReadonlySet<string> = new Set(
  `Object Function Array Number Boolean String Symbol BigInt RegExp Map Set WeakMap WeakSet Promise
  Proxy Reflect JSON Iterator Intl Error AggregateError EvalError RangeError ReferenceError
  SyntaxError TypeError URIError SuppressedError DOMException ArrayBuffer SharedArrayBuffer Atomics
  DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array
  Float16Array Float32Array Float64Array BigInt64Array BigUint64Array parseInt parseFloat isNaN
  isFinite NaN Infinity undefined escape unescape decodeURI decodeURIComponent encodeURI
  encodeURIComponent eval structuredClone URL URLSearchParams TextEncoder TextDecoder atob btoa
  console`.split(/\s+/),
);

/**
 * Keeps a machine's code from everything but state and input, while `stf` and `restore` run. The
 * machine's module is evaluated with {@link shadows} in place of the globals; between {@link enter}
 * and {@link leave}, each of them refuses and is noted.
 */
export class Guard {
  #isActive = false;
  #noted: SideEffect[] = [];

  /** From now on the machine's code runs. */
  enter(): void {
    this.#isActive = true;
  }

  /** The machine's code is done; answers what it reached for. */
  leave(): readonly SideEffect[] {
    this.#isActive = false;
    if (this.#noted.length === 0) return this.#noted;
    const noted = this.#noted;
    this.#noted = [];
    return noted;
  }

  /** Stand-ins for everything global that is not deterministic, by name. */
  shadows(globals: typeof globalThis): Readonly<Record<string, unknown>> {
    const shadows: Record<string, unknown> = {};
    for (const name of Object.getOwnPropertyNames(globals)) {
      if (DETERMINISTIC.has(name) || name === 'Date' || name === 'Math') continue;
      if (name === 'globalThis' || name === 'global' || name === 'self') continue;
      // Some globals, such as storages that were not set up, complain when they are looked at.
      const descriptor = Object.getOwnPropertyDescriptor(globals, name);
      const isPlain = descriptor !== undefined && 'value' in descriptor;
      // A name is all that is known of it: the type of the globals does not list what a host adds.
      const read = () => (globals as unknown as Record<string, unknown>)[name];
      const value = isPlain ? (descriptor.value as unknown) : read;
      if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) continue;
      shadows[name] = this.#refusing(name, isPlain ? () => value : read);
    }
    shadows['Date'] = this.#guardDate(globals.Date);
    shadows['Math'] = this.#guardMath(globals.Math);
    const shadowed = this.#guardGlobal(globals, shadows);
    for (const name of ['globalThis', 'global', 'self']) shadows[name] = shadowed;
    return shadows;
  }

  #refuse(name: string): void {
    if (!this.#isActive) return;
    const error = new SideEffectError(name);
    this.#noted.push({ name, error });
    throw error;
  }

  /**
   * Everything about it is refused: calling, constructing, reading, writing. So are its methods, also
   * those that were taken from it before: `const now = performance.now`.
   *
   * @param owner for a method: what it is called on.
   */
  #refusing(name: string, read: () => unknown, owner?: object): unknown {
    const refuse = () => this.#refuse(name);
    const target = () => read() as Record<PropertyKey, unknown>;
    return new Proxy(function shadow() {}, {
      apply(_, self, args) {
        refuse();
        return Reflect.apply(target() as never, owner ?? self, args);
      },
      construct(_, args) {
        refuse();
        return Reflect.construct(target() as never, args);
      },
      get: (_, key) => {
        const value = target()[key];
        // `bind` and its like are called on the stand-in, which is what they lead to.
        if (typeof key === 'string' && value === Reflect.get(Function.prototype, key)) return value;
        if (typeof key === 'string') this.#refuse(`${name}.${key}`);
        if (typeof value !== 'function') return value;
        if (typeof key === 'symbol') return value.bind(target()) as unknown;
        return this.#refusing(`${name}.${key}`, () => value, target());
      },
      set(_, key, value) {
        refuse();
        return Reflect.set(target(), key, value);
      },
      has: (_, key) => key in target(),
    });
  }

  /** A given moment is a value as any other; the present one is refused. */
  #guardDate(date: DateConstructor): DateConstructor {
    const refuse = (name: string) => this.#refuse(name);
    return new Proxy(date, {
      apply(target) {
        refuse('Date');
        return target();
      },
      construct(target, args, newTarget) {
        if (args.length === 0) refuse('new Date');
        return Reflect.construct(target, args, newTarget) as object;
      },
      get(target, key) {
        if (key !== 'now') return Reflect.get(target, key) as unknown;
        return () => {
          refuse('Date.now');
          return target.now();
        };
      },
    });
  }

  /** A copy, not a proxy: machines use these functions in their innermost loops. */
  #guardMath(math: Math): Math {
    const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(math)) as Math;
    copy.random = () => {
      this.#refuse('Math.random');
      return math.random();
    };
    return copy;
  }

  #guardGlobal(globals: typeof globalThis, shadows: Readonly<Record<string, unknown>>): unknown {
    const refuse = (name: string) => this.#refuse(name);
    return new Proxy(Object.create(null) as object, {
      get: (_, key) =>
        Object.hasOwn(shadows, key)
          ? shadows[key as string]
          : (Reflect.get(globals, key) as unknown),
      has: (_, key) => key in globals,
      set(_, key, value) {
        refuse(`globalThis.${String(key)} =`);
        return Reflect.set(globals, key, value);
      },
      deleteProperty(_, key) {
        refuse(`delete globalThis.${String(key)}`);
        return Reflect.deleteProperty(globals, key);
      },
    });
  }
}
