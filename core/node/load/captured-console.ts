import { Console } from 'node:console';
import { Writable } from 'node:stream';
import type { ConsoleLevel } from '../../machine/printed.ts';

/** The level of what a method of a console prints; `log` for all others. */
const LEVELS: Readonly<Partial<Record<keyof Console, ConsoleLevel>>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  trace: 'error',
  assert: 'error',
};

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
  for (const [name, own] of Object.entries(LEVELS) as [keyof Console, ConsoleLevel][]) {
    const print = captured[name] as (...args: readonly unknown[]) => void;
    Reflect.set(captured, name, (...args: readonly unknown[]) => {
      const outer = level;
      level ??= own;
      try {
        Reflect.apply(print, captured, args);
      } finally {
        level = outer;
      }
    });
  }
  return captured;
}
