import type { ConsoleLevel } from '../machine/printed.ts';
import { nameOf, type Property } from './built-ins.ts';
import { standIns } from './globals.ts';
import { Output } from './output.ts';
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
  /** Whether it had happened when it was noticed, and was undone. */
  readonly isUndone?: true;
}

/** Thrown to code that reaches for time, randomness, timers, network or globals during a run. */
export class SideEffectError extends Error {
  override readonly name = 'SideEffectError';

  constructor(what: string) {
    super(`${what} is out of reach during a run: let an input bring it, drawn from the seed`);
  }
}

/** Thrown to code that replaces or deletes what comes with the language, which was then put back. */
export class BuiltInReplacedError extends Error {
  override readonly name = 'BuiltInReplacedError';
  /** What was replaced, as source has it: `Object.keys`. */
  readonly builtIn: string;

  /** @param place where the bundle does it, as a line of a stack, if that is spelled out there. */
  constructor(builtIn: string, place: string) {
    super(`${builtIn} was replaced, which all of the program uses: write a function of your own`);
    this.builtIn = builtIn;
    // The stack of whoever noticed it leads nowhere.
    this.stack = `${this.name}: ${this.message}\n${place}`;
  }
}

/** How a machine's code is evaluated. */
export interface Evaluation {
  /** A unique name, so that stacks show whose code it is. */
  readonly fileName: string;
  readonly globals: typeof globalThis;
  /** Makes a console whose methods write to a function, each with its level. */
  readonly consoleTo: (write: (level: ConsoleLevel, text: string) => void) => Console;
  /** Compiles a function from a body, whose first line has the number 0, and its parameters' names. */
  readonly compile: (body: string, parameters: readonly string[], fileName: string) => unknown;
}

/** What stands before the code of a module in its script. */
const BEFORE_CODE = 'return[(eval)=>function(module,exports){\n';
/** Where the code of a module begins in its script. */
export const CODE_OFFSET = BEFORE_CODE.length;

/** A module that is ready to run. */
interface Compiled {
  /** What it sees in place of the globals, by name. */
  readonly shadows: Readonly<Record<string, unknown>>;
  /** Runs it, and returns its exports. */
  readonly run: () => unknown;
  readonly evaluateText: (text: string) => unknown;
  /** As {@link evaluateText}, in sloppy code. */
  readonly evaluateLoose: (text: string) => unknown;
}

/** After the first steps, the language's own objects are checked once in this many steps. */
const LOOK_EVERY_STEPS = 32_768;

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
 * own objects (`Map.cache = …`) is refused if the source spells it like this. Any other addition to them is
 * found by checking now and then, undone, and refused from then on. What is replaced (`Object.keys = …`)
 * is put back: after the module has run, which is then an error, and after each call of the author's code
 * if it is something that steps depend on.
 *
 * All this finds mistakes; against code that wants to escape, only the border of the process protects.
 * What is printed in a run has no effect on it, and is gathered in {@link output}.
 *
 * Not caught: variables of the module (the rules see their effects, see {@link evaluateAgain}); functions
 * of the language that steps do not depend on and that are replaced, until they are checked; `Function`, and
 * methods that depend on the language, if only the event loop calls them; the text of a stack; results of
 * other versions of ICU.
 */
export class Guard implements Gate {
  #isInStep = false;
  #asides = 0;
  #noted: SideEffect[] = [];
  #watch: IntrinsicWatch | undefined;
  #source = { code: '', fileName: '' };
  /** Steps until the language's own objects are checked; infinite without code to watch. */
  #untilLook = Number.POSITIVE_INFINITY;
  #lookEvery = 1;
  #evaluateText: ((text: string) => unknown) | undefined;
  #evaluateLoose: ((text: string) => unknown) | undefined;
  #shadowed: unknown;
  /** Compiles the module for {@link evaluateAgain}: the first one stays as fast as it is. */
  #compileAgain: (() => Compiled) | undefined;
  #compiledAgain: Compiled | undefined;
  /** Whether what is printed outside of a run was printed before. */
  #isMute = false;

  /** What the author's code prints in the step. */
  readonly output = new Output();

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
      else this.noteReplaced();
      this.#isInStep = false;
      activity.guards -= 1;
    }
    return this.#noted.length === 0 ? NONE : this.#takeNoted();
  }

  /** Puts back what the step has replaced of the language, before anything else needs it, and notes it. */
  noteReplaced(): void {
    if (this.#watch?.isDisturbed) this.#noteUndone(this.#watch.putBack());
  }

  #takeNoted(): readonly SideEffect[] {
    const noted = this.#noted;
    this.#noted = [];
    return noted;
  }

  /** From now on, code of the author may run outside of steps: it is guarded, but nothing is noted. */
  enterAside(): void {
    if (!this.isActive && this.#watch?.isDisturbed) this.#watch.accept();
    this.#asides += 1;
    activity.guards += 1;
  }

  /** The counterpart of {@link enterAside}. */
  leaveAside(): void {
    // Code that was given up may come to its end all the same.
    if (this.#asides === 0) return;
    this.#asides -= 1;
    activity.guards -= 1;
  }

  /**
   * Puts back what code of the author, which runs outside of steps, has just replaced of the language.
   *
   * @throws {BuiltInReplacedError} when it has.
   */
  requireBuiltIns(): void {
    if (!this.#watch?.isDisturbed) return;
    const [replaced] = this.#watch.putBack();
    if (replaced) throw this.#replacedError(replaced);
  }

  /**
   * What code of the author is to be blamed for that has just thrown something: the error of
   * {@link requireBuiltIns}, or else what it threw.
   */
  causeOf(thrown: unknown): unknown {
    try {
      this.requireBuiltIns();
      return thrown;
    } catch (replaced) {
      return replaced;
    }
  }

  /** Ends whatever was begun: the code that was running will never come to its end. */
  abandon(): void {
    this.leave();
    activity.guards -= this.#asides;
    this.#asides = 0;
  }

  /** Runs a module with stand-ins for all nondeterministic globals, and returns its exports. */
  evaluate(code: string, evaluation: Evaluation): unknown {
    const { fileName, globals } = evaluation;
    guardRealm(globals);
    registerGuard(fileName, this);
    const { shadows, run, ...evaluators } = this.#compile(code, evaluation);
    this.#shadowed = shadows['globalThis'];
    this.#evaluateText = evaluators.evaluateText;
    this.#evaluateLoose = evaluators.evaluateLoose;
    // What it executes is not to be taken for what the machine executed.
    const again = { ...evaluation, fileName: `again/${fileName}` };
    this.#compileAgain = () => this.#compile(code, again);
    const watch = new IntrinsicWatch(intrinsicsOf(globals, shadows), globals);
    this.#source = { code, fileName };
    let exported: unknown;
    try {
      exported = run();
    } finally {
      this.#refuseReplaced(watch.putBack());
    }
    watch.trapAssignments(code);
    this.#watch = watch;
    this.#untilLook = 1;
    return exported;
  }

  /**
   * Runs the module once more, with variables of its own, as a process does that has just started. May be
   * called during a run, between two steps.
   *
   * @returns its exports; `undefined` when no module was evaluated, or when it throws the second time.
   */
  evaluateAgain(): unknown {
    const asides = this.#asides;
    // As when it was loaded, nothing is refused; and what it printed then is not printed again.
    this.#asides = 0;
    this.#isMute = true;
    try {
      this.#compiledAgain ??= this.#compileAgain?.();
      return this.#compiledAgain?.run();
    } catch {
      // That a module cannot be evaluated twice in one process says nothing about a new process.
      return undefined;
    } finally {
      this.#asides = asides;
      this.#isMute = false;
    }
  }

  #compile(code: string, { fileName, globals, compile, consoleTo }: Evaluation): Compiled {
    const own = consoleTo((level, text) => {
      // Outside of a run, such as while the module is evaluated, no step can keep it.
      if (this.isActive) this.output.add(level, text);
      else if (!this.#isMute) globals.console[level](text);
    });
    const shadows = standIns(globals, this, own);
    const isParameter = (name: string) => IDENTIFIER.test(name) && name !== 'eval';
    const names = Object.keys(shadows).filter(isParameter);
    // The evaluator comes last: its lines do not belong to the module. Where it evaluates a text, `eval`
    // must be the language's own, which lets the text see the names around it.
    const body = `${BEFORE_CODE}${code}\n},function(){"use strict";return eval(arguments[0])},function(){return eval(arguments[0])}]`;
    const scope = compile(body, names, fileName) as (
      ...values: readonly unknown[]
    ) => [
      (evaluate: unknown) => (module: object, exports: object) => void,
      Compiled['evaluateText'],
      Compiled['evaluateLoose'],
    ];
    const [start, evaluateText, evaluateLoose] = scope(...names.map((name) => shadows[name]));
    const run = () => {
      const module = { exports: {} };
      start(shadows['eval'])(module, module.exports);
      return module.exports;
    };
    return { shadows, run, evaluateText, evaluateLoose };
  }

  #refuseReplaced([replaced]: readonly Property[]): void {
    if (replaced) throw this.#replacedError(replaced);
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
    this.#noteUndone(this.#watch?.putBack() ?? NONE);
    for (const property of this.#watch?.end() ?? []) {
      const name = `${nameOf(property)} =`;
      const error = new SideEffectError(name);
      // The stack of this check has no place in the author's source.
      error.stack = `${String(error)}\n${this.#placeOf(property)}`;
      this.#noted.push({ name, error, isUndone: true });
    }
  }

  #noteUndone(replaced: readonly Property[]): void {
    for (const property of replaced) {
      const error = this.#replacedError(property);
      this.#noted.push({ name: `${nameOf(property)} =`, error, isUndone: true });
    }
  }

  #replacedError(property: Property): BuiltInReplacedError {
    return new BuiltInReplacedError(nameOf(property), this.#placeOf(property));
  }

  /** Where the bundle spells out a write to a property, as a line of a stack; empty if it does not. */
  #placeOf(property: Property): string {
    const { code, fileName } = this.#source;
    const at = offsetOfWrite(code, property);
    if (at === undefined) return '';
    const before = code.slice(0, at);
    const column = at - before.lastIndexOf('\n');
    // The module's first line has the number 1.
    return `    at ${fileName}:${before.split('\n').length}:${column}`;
  }
}

/** Where code without spaces spells out a write to a property, if it does. */
function offsetOfWrite(code: string, property: Property): number | undefined {
  const { label } = property.intrinsic;
  const name = escapeRegExp(nameOf(property));
  const key = escapeRegExp(JSON.stringify(String(property.key)));
  const write = new RegExp(
    `(?<![\\w$.])(?:globalThis\\.)?(?:${name}=(?![=>])|delete ${name}(?![\\w$]))|` +
      `\\(${escapeRegExp(label || 'globalThis')},${key}`,
  );
  return write.exec(code)?.index;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
