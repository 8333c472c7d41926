/**
 * Things that machines reach without a name: methods of texts and numbers that depend on the language of
 * the computer, and constructors of functions. The objects that have them belong to everything else
 * in this process, too, so each is patched once, and looks at its caller: for code that is not a
 * machine's, it behaves as before.
 */

/** The guard of a machine, as the stand-ins for globals see it. */
export interface Gate {
  /** Whether guarded code of the author is running. */
  readonly isActive: boolean;
  /** Notes what the machine reaches for, and throws. */
  refuse(name: string): void;
  /** Notes what the machine reaches for and is answered, once per step. */
  answer(name: string, answered: string): void;
  /** Does what `eval` does, as far as a text can be code of the machine. */
  evaluateText(text: unknown): unknown;
  /** Does what the constructor of a kind of functions, such as `async function`, does. */
  makeFunction(real: FunctionConstructor, head: string, args: readonly unknown[]): unknown;
}

/** The number of active guards: while there are none, callers need not be looked at. */
export const activity = { guards: 0 };

/** Guards by the file name of their machine's code in stacks. */
const guards = new Map<string, WeakRef<Gate>>();
const guarded = new WeakSet<object>();

/** The pattern of those file names. */
export const MACHINE_FILE = /phasm-machine-[\w-]+\.js/;

/** Registers a file as code of a guard's machine. */
export function registerGuard(fileName: string, guard: Gate): void {
  for (const [name, known] of guards) if (!known.deref()) guards.delete(name);
  guards.set(fileName, new WeakRef(guard));
}

/** Returns the guard whose machine called a function, apart from frames of the language itself. */
export function guardOfCaller(called: object): Gate | undefined {
  if (guards.size === 0) return undefined;
  for (const line of stackOf(called).split('\n').slice(1)) {
    if (/<anonymous>\)?$/.test(line)) continue;
    const [file] = MACHINE_FILE.exec(line) ?? [];
    return file === undefined || line.includes('at async ') ? undefined : guards.get(file)?.deref();
  }
  return undefined;
}

/** Enough for the language's own frames between a machine and the function that it calls. */
const STACK_LINES_MAX = 50;

/** Returns the stack of the caller, whatever stack limit is set in this process. */
function stackOf(called: object): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_LINES_MAX;
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, called as never);
  Error.stackTraceLimit = limit;
  return typeof holder.stack === 'string' ? holder.stack : '';
}

/** The default language for machines. */
export const LOCALE = 'en-US';
/** How findings name {@link LOCALE}. */
export const IN_ENGLISH = 'in English: name a locale';

/** The locales that an argument names. None, as in an empty list, leaves the choice to the computer. */
export function namedLocales(locales: unknown): readonly unknown[] {
  return locales === undefined ? [] : [locales].flat();
}

/** Methods that depend on the language of the computer, and the argument that names another one. */
const OF_LOCALE = [
  ['String', 'localeCompare', 1],
  ['String', 'toLocaleLowerCase', 0],
  ['String', 'toLocaleUpperCase', 0],
  ['Number', 'toLocaleString', 0],
  ['BigInt', 'toLocaleString', 0],
] as const;

/** Patches everything that machines reach without a name; only once, however often it is called. */
export function guardRealm(globals: typeof globalThis): void {
  if (guarded.has(globals)) return;
  guarded.add(globals);
  for (const [owner, key, localeAt] of OF_LOCALE) {
    guardLocale(globals[owner].prototype, { key, name: `${owner}.${key}`, localeAt });
  }
  guardConstructor(function () {}, 'function');
  guardConstructor(async function () {}, 'async function');
  guardConstructor(function* () {}, 'function*');
  guardConstructor(async function* () {}, 'async function*');
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function guardLocale(
  prototype: object,
  { key, name, localeAt }: { key: string; name: string; localeAt: number },
): void {
  const original = Reflect.get(prototype, key) as Method;
  const method: Method = {
    [key](this: unknown, ...args: unknown[]): unknown {
      if (activity.guards > 0 && namedLocales(args[localeAt]).length === 0) {
        const guard = guardOfCaller(method);
        if (guard?.isActive) {
          guard.answer(name, IN_ENGLISH);
          args[localeAt] = LOCALE;
        }
      }
      return Reflect.apply(original, this, args);
    },
  }[key] as Method;
  replace(prototype, key, method);
  Object.defineProperty(method, 'length', { value: original.length, configurable: true });
}

/** @param head the beginning of such a function, such as `async function`. */
function guardConstructor(sample: object, head: string): void {
  const prototype = Object.getPrototypeOf(sample) as object;
  const original = Reflect.get(prototype, 'constructor') as FunctionConstructor;
  const refuse = (called: object, name: string) =>
    guardOfCaller(called)?.refuse(`${original.name}.${name}`);
  const handler: Required<
    Pick<ProxyHandler<FunctionConstructor>, 'apply' | 'construct' | 'set' | 'defineProperty'>
  > = {
    apply(target, self, args) {
      const guard = guardOfCaller(handler.apply);
      return guard?.makeFunction(target, head, args) ?? Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      const guard = guardOfCaller(handler.construct);
      if (!guard) return Reflect.construct(target, args, newTarget) as object;
      return guard.makeFunction(target, head, args) as object;
    },
    set(target, key, value, receiver) {
      refuse(handler.set, `${String(key)} =`);
      // A write to an object that inherits from a constructor goes to that object.
      const isOwn = receiver === replacement;
      return Reflect.set(target, key, value, isOwn ? target : receiver);
    },
    defineProperty(target, key, descriptor) {
      refuse(handler.defineProperty, `${String(key)} =`);
      return Reflect.defineProperty(target, key, descriptor);
    },
  };
  const replacement = new Proxy(original, handler);
  replace(prototype, 'constructor', replacement);
}

function replace(owner: object, key: string, value: unknown): void {
  Object.defineProperty(owner, key, { ...Object.getOwnPropertyDescriptor(owner, key), value });
}
