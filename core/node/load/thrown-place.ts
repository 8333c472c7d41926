import { randomUUID } from 'node:crypto';
import { Session } from 'node:inspector';

/**
 * Runs something that throws once more, and returns an error whose stack leads to where it throws: V8 knows
 * that place of whatever is thrown, and a value that is not an error does not. Returns nothing where it does
 * not throw again.
 */
export function errorAtThrow(run: () => unknown): Error | undefined {
  const name = `phasmoscope ${randomUUID()}`;
  const session = new Session();
  Object.defineProperty(globalThis, name, { value: run, configurable: true });
  try {
    session.connect();
    // Without it, V8 keeps no stack of what is not an error.
    session.post('Runtime.enable');
    const expression = `globalThis[${JSON.stringify(name)}]()`;
    let stack: string | undefined;
    // A session on its own thread answers at once.
    session.post('Runtime.evaluate', { expression, silent: true }, (_, answer) => {
      stack = answer?.exceptionDetails?.stackTrace?.callFrames
        .map(({ url, lineNumber, columnNumber }) => `${url}:${lineNumber + 1}:${columnNumber + 1}`)
        .join('\n');
    });
    return stack === undefined ? undefined : Object.assign(new Error('thrown'), { stack });
  } catch {
    // The program may have been started without an inspector.
    return undefined;
  } finally {
    session.disconnect();
    Reflect.deleteProperty(globalThis, name);
  }
}
