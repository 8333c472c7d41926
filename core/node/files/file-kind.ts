import { open } from 'node:fs/promises';
import type { Recent } from '../../api/contract.ts';
import { isMachineFile } from '../load/samples.ts';

/** So many bytes tell an array from anything else, whatever white space it begins with. */
const START_BYTES = 256;

/** What a file is opened as, by its name and, for JSON, by how it begins. It need not exist. */
export async function kindOfFile(path: string): Promise<Recent['kind']> {
  if (isMachineFile(path)) return 'machine';
  return /\.json$/i.test(path) && (await isArray(path)) ? 'inputs' : 'trace';
}

async function isArray(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  try {
    const read = await file?.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return read?.buffer.subarray(0, read.bytesRead).toString().trimStart().startsWith('[') === true;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}
