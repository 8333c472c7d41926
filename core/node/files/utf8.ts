import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;

/** The number of the first line, from 1, that is not UTF-8; `undefined` when all are. */
export function invalidUtf8Line(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
