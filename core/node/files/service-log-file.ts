import { ServiceLogError, ServiceLogReader } from '../../interchange/service-log.ts';
import { LINE_CHARS_MAX } from '../../limits.ts';
import { ProblemError } from '../../problem.ts';
import { formatCount } from '../../text/quantities.ts';
import { plainBytes } from './plain-bytes.ts';
import { decodeUtf8Pieces } from './utf8.ts';

/**
 * Reads the log of a service as the text of a trace, in pieces. The last line of a service that was killed
 * may be cut short: a log that ends without a line break ends before that line.
 *
 * @throws {ProblemError} with the number of a line that is not one of a log, after what is before it.
 */
export async function* readServiceLog(path: string): AsyncGenerator<string> {
  const reader = new ServiceLogReader();
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    if (line.trim() === '') continue;
    try {
      yield `${reader.read(line)}\n`;
    } catch (error) {
      if (!(error instanceof ServiceLogError)) throw error;
      throw new ProblemError(
        {
          title: `Line ${formatCount(number)} of ${path} is not a line of a log: ${error.message}.`,
          remedy: 'samples/service-log has the format, and writers for it.',
        },
        { cause: error },
      );
    }
  }
  yield `${reader.close()}\n`;
}

/** The lines that end with a line break. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of decodeUtf8Pieces(plainBytes(path))) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARS_MAX) {
      throw new ProblemError({
        title: `A line of ${path} has more than ${formatCount(LINE_CHARS_MAX)} characters.`,
        remedy: 'Log a smaller state: the part of it that matters.',
      });
    }
    yield* lines;
  }
}
