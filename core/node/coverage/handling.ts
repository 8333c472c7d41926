import type { Profiler } from 'node:inspector';
import type { LocateError } from '../../engine/transactor.ts';
import type { AnyMachine } from '../../machine/machine.ts';
import type { EvaluatedBundle } from '../load/machine-loader.ts';

/**
 * @file The lines that handled a step: the one that changed the state or emitted something last, in the function
 * that decided most about it, and where that is done in a function which it calls, the line there. A helper that
 * sets a field, and `stf` itself, which may only pass inputs on, decide less than the function between them.
 */

/** What a place of the code is called in a stack. */
type Code = Pick<EvaluatedBundle, 'code' | 'fileName'>;
type Functions = readonly Profiler.FunctionCoverage[];

/** A place of the code with its stack, which becomes a text only where that is read: that takes ten times as long. */
class Here extends Error {}

/** Watches from where a machine reaches its state and its container of actions. */
export class HandlingWatch {
  readonly #machine: AnyMachine;
  #method: 'stf' | 'restore' = 'stf';
  /** Where the last write or emission was made, the first one that was refused, and the last read. */
  #wrote: Here | undefined;
  #refused: Here | undefined;
  #read: Here | undefined;

  constructor(machine: AnyMachine) {
    this.#machine = machine;
  }

  /** The machine, as it is to be executed. */
  get watched(): AnyMachine {
    const machine = this.#machine;
    return {
      ...machine,
      stf: (state, input, actions) => {
        this.#begin('stf');
        return machine.stf(this.#watch(state), input, this.#watch(actions));
      },
      restore: (state, actions) => {
        this.#begin('restore');
        return machine.restore(state, this.#watch(actions));
      },
    };
  }

  #begin(method: 'stf' | 'restore'): void {
    this.#method = method;
    this.#wrote = undefined;
    this.#refused = undefined;
    this.#read = undefined;
  }

  /** @param given what `stf` may write through: a call of it is a write, anything else a read. */
  #watch<Given extends object>(given: Given): Given {
    return new Proxy(given, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== 'function') {
          this.#read = new Here();
          return found;
        }
        return (...values: unknown[]): unknown => {
          const here = new Here();
          this.#wrote = here;
          try {
            return Reflect.apply(found, target, values);
          } catch (error) {
            this.#refused ??= here;
            throw error;
          }
        };
      },
    });
  }

  /**
   * Where the last step was handled, as `file:line:column`: the line that decided it, and then the one that it led
   * to, if that is in another function. Empty where that is not known.
   *
   * @param functions what the step executed of the code.
   */
  handledAt(bundle: Code, functions: Functions, locate: LocateError): readonly string[] {
    const whole = locate(undefined, { of: this.#machine, method: this.#method });
    // What is refused decides more than what goes on after it.
    const wrote = this.#refused ?? this.#wrote;
    const calls = callsIn((wrote ?? this.#read)?.stack ?? '', bundle).flatMap((offset) => {
      const around = innermost(functions, offset);
      const place = placeOf(bundle, offset, locate);
      return around && place !== undefined ? [{ around, place }] : [];
    });
    const [most] =
      // What restore emits, it decides itself.
      this.#method === 'restore'
        ? calls.slice(-1)
        : calls.toSorted((a, b) => passedBy(b.around) - passedBy(a.around));
    if (!most) return whole === undefined ? [] : [whole];
    // How restore emits something shows nothing of what it leaves out.
    const isOwn = this.#method === 'restore' && this.#refused === undefined;
    if (isOwn) return [most.place];
    if (wrote !== undefined) return [...new Set([most.place, calls[0]?.place ?? most.place])];
    // Nothing was written: how far the function came says what it decided.
    const last = lastExecuted(bundle.code, functions, most.around);
    return [last === undefined ? most.place : (placeOf(bundle, last, locate) ?? most.place)];
  }
}

/** The offsets in the code of the calls of a stack, innermost first. */
function callsIn(stack: string, { code, fileName }: Code): readonly number[] {
  const starts = [0];
  for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  const frames = stack.matchAll(new RegExp(`${fileName}:(\\d+):(\\d+)`, 'g'));
  return Array.from(frames, ([, line, column]) => {
    return (starts[Number(line) - 1] ?? 0) + Number(column) - 1;
  });
}

/** The place of the author's source that an offset in the code comes from. */
function placeOf(
  { code, fileName }: Code,
  offset: number,
  locate: LocateError,
): string | undefined {
  const before = code.slice(0, offset);
  const column = offset - before.lastIndexOf('\n');
  const stack = `${fileName}:${before.split('\n').length}:${column}`;
  return locate(Object.assign(new Error('here'), { stack }));
}

function spanOf({ ranges: [whole] }: Profiler.FunctionCoverage): readonly [number, number] {
  return whole ? [whole.startOffset, whole.endOffset] : [0, 0];
}

function innermost(functions: Functions, offset: number): Profiler.FunctionCoverage | undefined {
  const around = functions.filter((one) => {
    const [from, to] = spanOf(one);
    return from <= offset && offset < to;
  });
  const sizeOf = (one: Profiler.FunctionCoverage) => spanOf(one)[1] - spanOf(one)[0];
  return around.toSorted((a, b) => sizeOf(a) - sizeOf(b))[0];
}

/** How much of a function was passed by: the more, the more it decided. */
function passedBy({ ranges }: Profiler.FunctionCoverage): number {
  return ranges
    .filter(({ count }) => count === 0)
    .reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0);
}

/** Something that can be executed, and not only the end of it. */
const WORD = /[\p{L}\p{N}_$]/u;

/** The last character of a function that was executed. */
function lastExecuted(
  code: string,
  functions: Functions,
  around: Profiler.FunctionCoverage,
): number | undefined {
  const [from, to] = spanOf(around);
  const inner = functions.map(spanOf).filter(([start, end]) => start > from && end < to);
  const missed = around.ranges
    .filter(({ count }) => count === 0)
    .map(({ startOffset, endOffset }) => [startOffset, endOffset] as const);
  const left = [...inner, ...missed];
  for (let at = to - 1; at >= from; at -= 1) {
    const skipped = left.find(([start, end]) => start <= at && at < end);
    if (skipped) at = skipped[0];
    else if (WORD.test(code.charAt(at))) return at;
  }
  return undefined;
}
