import { standIns } from './globals.ts';
import { activity, guardRealm, registerGuard, type Gate } from './realm.ts';
import { IntrinsicWatch, intrinsicsOf } from './watch.ts';

/** Something that a machine reached for although it lies outside its state and input. */
export interface SideEffect {
  /** Such as `Date.now`. */
  readonly name: string;
  /** Carries the stack of the call. */
  readonly error: Error;
  /** What it was given instead, such as `in UTC`, where it was not refused. */
  readonly answered?: string;
}

/** Thrown into what reaches for time, randomness, timers, network or globals during a run. */
export class SideEffectError extends Error {
  override readonly name = 'SideEffectError';

  constructor(what: string) {
    super(`${what} is out of reach during a run: let an input bring it, drawn from the seed`);
  }
}

/** How a machine's code is evaluated. */
export interface Evaluation {
  /** Reads like this nowhere else, so that stacks tell whose code it is. */
  readonly fileName: string;
  readonly globals: typeof globalThis;
  /** Makes a function of a body, whose first line has the number 0, and of its parameters' names. */
  readonly compile: (body: string, parameters: readonly string[]) => unknown;
}

/** The steps between two looks at the language's own objects, after the first ones. */
const LOOK_EVERY_STEPS = 8_192;

/** What can be the name of a parameter. */
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const IMPORT = /\bimport\b/;

/**
 * Keeps a machine's code from everything but state and input, while `stf` and `restore` run; and what
 * a run depends on besides (the initial state, the invariants, the scenario) from all but the seed. The
 * machine's module is evaluated with stand-ins in place of the globals; between {@link enter} and
 * {@link leave}, each of them notes what is asked of it, and
 *
 * - refuses what has no answer in state and input: the present moment, randomness, timers, network,
 *   process, globals that are written to;
 * - answers in UTC what depends on the time zone of the computer (`getHours`, `new Date(2025, 0)`), and
 *   in English what depends on its language (`localeCompare`, `Intl` without a locale). Authors want
 *   to see the finding, and once it is waived, a machine that runs the same anywhere. `Date` and `Intl`
 *   answer like this outside of steps, too, where nothing is noted.
 *
 * Code that is made of texts (`Function`, `eval`, and the constructors of functions of any kind) runs
 * with the same stand-ins, in strict mode, and without the variables around it. What is written onto the
 * language's own objects (`Map.cache = …`) is refused where the source spells it; where it is put
 * otherwise, it is found by looking now and then, undone, and refused from then on.
 *
 * All this finds mistakes; against code that wants out, only the border of the process protects. What
 * still escapes: variables of the module (the rule of determinism sees what they do); functions of
 * the language that are replaced (`Map.prototype.get = …`), or written to otherwise than spelled, until
 * they are looked at; `Function`, and methods that depend on the language, called by nothing but the
 * event loop; what hangs on `console`; the text of a stack; what ICU answers in another version.
 */
export class Guard implements Gate {
  #isInStep = false;
  #asides = 0;
  #noted: SideEffect[] = [];
  #watch: IntrinsicWatch | undefined;
  /** Steps until the language's own objects are looked at; none without code to watch. */
  #untilLook = Number.POSITIVE_INFINITY;
  #lookEvery = 1;
  #evaluateText: ((text: string) => unknown) | undefined;
  #evaluateLoose: ((text: string) => unknown) | undefined;
  #shadowed: unknown;

  /** Whether code of the author's runs that is kept from things. */
  get isActive(): boolean {
    return this.#isInStep || this.#asides > 0;
  }

  /** From now on the machine's code runs. */
  enter(): void {
    if (!this.#isInStep) {
      this.#isInStep = true;
      activity.guards += 1;
    }
    this.#untilLook -= 1;
    if (this.#untilLook === 0) this.#watch?.begin();
  }

  /** The machine's code is done; answers what it reached for. */
  leave(): readonly SideEffect[] {
    if (this.#isInStep) {
      if (this.#untilLook === 0) this.#look();
      this.#isInStep = false;
      activity.guards -= 1;
    }
    if (this.#noted.length === 0) return this.#noted;
    const noted = this.#noted;
    this.#noted = [];
    return noted;
  }

  /** From now on code of the author's may run that is no step: nothing is noted outside of one. */
  enterAside(): void {
    this.#asides += 1;
    activity.guards += 1;
  }

  /** The counterpart of {@link enterAside}. */
  leaveAside(): void {
    this.#asides -= 1;
    activity.guards -= 1;
  }

  /** Runs a module with stand-ins for all that is global and not deterministic; answers its exports. */
  evaluate(code: string, { fileName, globals, compile }: Evaluation): unknown {
    guardRealm(globals);
    registerGuard(fileName, this);
    const shadows = standIns(globals, this);
    this.#shadowed = shadows['globalThis'];
    const isParameter = (name: string) => IDENTIFIER.test(name) && name !== 'eval';
    const names = Object.keys(shadows).filter(isParameter);
    // The evaluator comes last: its lines are none of the module's. Where it evaluates a text, `eval`
    // has to mean the language's own, which leaves the text the names around it.
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

  /** What `eval` does, as far as a text can be code of the machine. */
  evaluateText(text: unknown): unknown {
    // As the language has it: what is no text is its own value.
    if (typeof text !== 'string') return text;
    if (IMPORT.test(text)) this.refuse('import');
    return this.#evaluateText?.call(this.#shadowed, text);
  }

  /**
   * What the constructor of a kind of functions does, as far as texts can be code of the machine.
   *
   * @param real the constructor, which is asked whether the texts are a function.
   * @param head such as `async function`.
   */
  makeFunction(real: FunctionConstructor, head: string, args: readonly unknown[]): unknown {
    const texts = args.map(String);
    // Each text is to be complete by itself: put together, they could end the function early.
    Reflect.construct(real, texts);
    const body = texts.pop() ?? '';
    const text = `(${head} anonymous(${texts.join(',')}\n) {\n${body}\n})`;
    const made = this.#evaluateFunction(text);
    if (!/\bthis\b/.test(text)) return made;
    // Loose code called on nothing has the global object for `this`, which some libraries look for.
    return new Proxy(made, {
      apply: (target, self, rest) => Reflect.apply(target, self ?? this.#shadowed, rest),
    });
  }

  #evaluateFunction(text: string): (...rest: unknown[]) => unknown {
    try {
      return this.evaluateText(text) as (...rest: unknown[]) => unknown;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // Template engines make functions with `with`, which is loose code only.
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

  /** Notes what the machine reaches for and is answered, once in a step. */
  answer(name: string, answered: string): void {
    if (!this.#isInStep || this.#noted.some((noted) => noted.name === name)) return;
    this.#noted.push({ name, error: new SideEffectError(name), answered });
  }

  #look(): void {
    this.#untilLook = this.#lookEvery;
    this.#lookEvery = Math.min(this.#lookEvery * 2, LOOK_EVERY_STEPS);
    for (const name of this.#watch?.end() ?? []) {
      // The stack of this look has no place of the author's. The next write is refused where it is.
      this.#noted.push({ name, error: new SideEffectError(name), answered: 'for this once' });
    }
  }
}
