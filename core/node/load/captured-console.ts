import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { keysOf } from '../../keys-of.ts';
import type { ConsoleLevel } from '../../machine/printed.ts';

/** The level of what a method of a console prints; `log` for all others. */
const LEVELS = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'error',
  assert: 'error',
} as const satisfies Partial<Record<keyof Console, ConsoleLevel>>;

/** Makes a console that writes texts as Node's own one does, without colours, to a function. */
export function capturedConsole(write: (level: ConsoleLevel, text: string) => void): Console {
  /** That of the method that was called; methods call each other. */
  let level: ConsoleLevel | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _, done) {
      write(level ?? 'log', text.replace(/\n$/, ''));
      done();
    },
  });
  const captured = new Console({ stdout: stream, stderr: stream, colorMode: false });
  for (const name of keysOf(LEVELS)) {
    const print = captured[name];
    Reflect.set(captured, name, (...args: readonly unknown[]) => {
      const outer = level;
      level ??= LEVELS[name];
      try {
        Reflect.apply(print, captured, args);
      } finally {
        level = outer;
      }
    });
  }
  return captured;
}
