import { standIns } from './globals.ts';
import { activity, guardRealm, registerGuard, type Gate } from './realm.ts';
import { IntrinsicWatch, intrinsicsOf } from './watch.ts';

/** Something outside its state and input that a machine reached for. */
export interface SideEffect {
  /** The name of what it reached for, such as `Date.now`. */
  readonly name: string;
  /** Carries the stack of the call. */
  readonly error: Error;
  /** How it was answered instead, such as `in UTC`, if it was not refused. */
  readonly answered?: string;
}

/** Thrown to code that reaches for time, randomness, timers, network or globals during a run. */
export class SideEffectError extends Error {
  override readonly name = 'SideEffectError';

  constructor(what: string) {
    super(`${what} is out of reach during a run: let an input bring it, drawn from the seed`);
  }
}

/** How a machine's code is evaluated. */
export interface Evaluation {
  /** A unique name, so that stacks show whose code it is. */
  readonly fileName: string;
  readonly globals: typeof globalThis;
  /** Compiles a function from a body, whose first line has the number 0, and its parameters' names. */
  readonly compile: (body: string, parameters: readonly string[]) => unknown;
}

/** After the first steps, the language's own objects are checked once in this many steps. */
const LOOK_EVERY_STEPS = 8_192;

const NONE: readonly never[] = [];

/** A text that can be the name of a parameter. */
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const IMPORT = /\bimport\b/;

/**
 * Keeps a machine's code from everything except state and input while `stf` and `restore` run; and the
 * other code of a run (the initial state, the invariants, the scenario) from everything but the seed. The
 * machine's module is evaluated with stand-ins in place of the globals; between {@link enter} and
 * {@link leave}, each of them notes what is requested, and
 *
 * - refuses what does not follow from state and input: the present moment, randomness, timers, network,
 *   process, globals that are written to;
 * - answers in UTC what depends on the time zone of the computer (`getHours`, `new Date(2025, 0)`), and
 *   in English what depends on its language (`localeCompare`, `Intl` without a locale). Authors want
 *   to see the finding, and once it is waived, a machine that runs the same anywhere. `Date` and `Intl`
 *   answer like this outside of steps, too, where nothing is noted.
 *
 * Code that is made from texts (`Function`, `eval`, and the constructors of functions of any kind) runs
 * with the same stand-ins, in strict mode, and without the variables around it. A write to the language's
 * own objects (`Map.cache = …`) is refused if the source spells it like this. Any other write to them is
 * found by checking now and then, undone, and refused from then on.
 *
 * All this finds mistakes; against code that wants to escape, only the border of the process protects.
 * Not caught: variables of the module (the rule of determinism sees their effects); functions of the
 * language that are replaced (`Map.prototype.get = …`), or written to in another spelling, until they
 * are checked; `Function`, and methods that depend on the language, if only the event loop calls them;
 * properties of `console`; the text of a stack; results of other versions of ICU.
 */
export class Guard implements Gate {
  #isInStep = false;
  #asides = 0;
  #noted: SideEffect[] = [];
  #watch: IntrinsicWatch | undefined;
  /** Steps until the language's own objects are checked; infinite without code to watch. */
  #untilLook = Number.POSITIVE_INFINITY;
  #lookEvery = 1;
  #evaluateText: ((text: string) => unknown) | undefined;
  #evaluateLoose: ((text: string) => unknown) | undefined;
  #shadowed: unknown;

  /** Whether guarded code of the author is running. */
  get isActive(): boolean {
    return this.#isInStep || this.#asides > 0;
  }

  /** Begins a step: from now on, the machine's code runs. */
  enter(): void {
    if (!this.#isInStep) {
      this.#isInStep = true;
      activity.guards += 1;
    }
    this.#untilLook -= 1;
    if (this.#untilLook === 0) this.#watch?.begin();
  }

  /** Ends a step, and returns what the machine's code reached for. */
  leave(): readonly SideEffect[] {
    if (this.#isInStep) {
      if (this.#untilLook === 0) this.#look();
      this.#isInStep = false;
      activity.guards -= 1;
    }
    return this.#noted.length === 0 ? NONE : this.#takeNoted();
  }

  #takeNoted(): readonly SideEffect[] {
    const noted = this.#noted;
    this.#noted = [];
    return noted;
  }

  /** From now on, code of the author may run outside of steps: it is guarded, but nothing is noted. */
  enterAside(): void {
    this.#asides += 1;
    activity.guards += 1;
  }

  /** The counterpart of {@link enterAside}. */
  leaveAside(): void {
    this.#asides -= 1;
    activity.guards -= 1;
  }

  /** Runs a module with stand-ins for all nondeterministic globals, and returns its exports. */
  evaluate(code: string, { fileName, globals, compile }: Evaluation): unknown {
    guardRealm(globals);
    registerGuard(fileName, this);
    const shadows = standIns(globals, this);
    this.#shadowed = shadows['globalThis'];
    const isParameter = (name: string) => IDENTIFIER.test(name) && name !== 'eval';
    const names = Object.keys(shadows).filter(isParameter);
    // The evaluator comes last: its lines do not belong to the module. Where it evaluates a text, `eval`
    // must be the language's own, which lets the text see the names around it.
    const body = `return[(eval)=>function(module,exports){\n${code}\n},function(){"use strict";return eval(arguments[0])},function(){return eval(arguments[0])}]`;
    const scope = compile(body, names) as (
      ...values: readonly unknown[]
    ) => [
      (evaluate: unknown) => (module: object, exports: object) => void,
      (text: string) => unknown,
      (text: string) => unknown,
    ];
    const [start, evaluateText, evaluateLoose] = scope(...names.map((name) => shadows[name]));
    this.#evaluateText = evaluateText;
    this.#evaluateLoose = evaluateLoose;
    const module = { exports: {} };
    const watch = new IntrinsicWatch(intrinsicsOf(globals, shadows));
    start(shadows['eval'])(module, module.exports);
    watch.trapAssignments(code);
    this.#watch = watch;
    this.#untilLook = 1;
    return module.exports;
  }

  /** Does what `eval` does, as far as a text can be code of the machine. */
  evaluateText(text: unknown): unknown {
    // As in the language: a value that is not a text evaluates to itself.
    if (typeof text !== 'string') return text;
    if (IMPORT.test(text)) this.refuse('import');
    return this.#evaluateText?.call(this.#shadowed, text);
  }

  /**
   * Does what the constructor of a kind of functions does, as far as texts can be code of the machine.
   *
   * @param real the constructor, which checks that the texts are a function.
   * @param head such as `async function`.
   */
  makeFunction(real: FunctionConstructor, head: string, args: readonly unknown[]): unknown {
    const texts = args.map(String);
    // Each text must be complete on its own: joined, they could end the function early.
    Reflect.construct(real, texts);
    const body = texts.pop() ?? '';
    const text = `(${head} anonymous(${texts.join(',')}\n) {\n${body}\n})`;
    const made = this.#evaluateFunction(text);
    if (!/\bthis\b/.test(text)) return made;
    // Sloppy code called on nothing has the global object as `this`, which some libraries look for.
    return new Proxy(made, {
      apply: (target, self, rest) => Reflect.apply(target, self ?? this.#shadowed, rest),
    });
  }

  #evaluateFunction(text: string): (...rest: unknown[]) => unknown {
    try {
      return this.evaluateText(text) as (...rest: unknown[]) => unknown;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // Template engines make functions with `with`, which exists only in sloppy code.
      return this.#evaluateLoose?.call(this.#shadowed, text) as (...rest: unknown[]) => unknown;
    }
  }

  /** Notes what the machine reaches for, and throws. */
  refuse(name: string): void {
    if (!this.isActive) return;
    const error = new SideEffectError(name);
    if (this.#isInStep) this.#noted.push({ name, error });
    throw error;
  }

  /** Notes what the machine reaches for and is answered, once per step. */
  answer(name: string, answered: string): void {
    if (!this.#isInStep || this.#noted.some((noted) => noted.name === name)) return;
    this.#noted.push({ name, error: new SideEffectError(name), answered });
  }

  #look(): void {
    this.#untilLook = this.#lookEvery;
    this.#lookEvery = Math.min(this.#lookEvery * 2, LOOK_EVERY_STEPS);
    for (const name of this.#watch?.end() ?? []) {
      // The stack of this check has no place in the author's source. The next write is refused there.
      this.#noted.push({ name, error: new SideEffectError(name), answered: 'for this once' });
    }
  }
}
