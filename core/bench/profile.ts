import { readFileSync } from 'node:fs';
import { Session, type Profiler, type Runtime } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { report } from './report.ts';

/** Between two samples, in microseconds. */
const INTERVAL = 200;
/** Parts with less are left out, as a share of all. */
const SHARE_MIN = 0.01;

/** The bundle that is running, whose map says which of our files a function is of. */
const BUNDLE = import.meta.url;

/**
 * Prints where the time of a task goes, in percent: in which folder of the source, in the code of machines, in
 * Node, or in collecting garbage.
 */
export async function reportProfile(task: () => unknown): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  await session.post('Profiler.start');
  await task();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const parts = [...timesOf(profile)].toSorted(([, one], [, other]) => other - one);
  const all = parts.reduce((sum, [, time]) => sum + time, 0);
  for (const [part, time] of parts) {
    if (time / all >= SHARE_MIN) report(`  ${part}`, (100 * time) / all, '%');
  }
}

/** The time of each part, in microseconds. */
function timesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const partOf = partFinder();
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const part = parts.get(id);
    if (part !== undefined) times.set(part, (times.get(part) ?? 0) + (timeDeltas[at] ?? 0));
  }
  return times;
}

/** Returns the part that a function is of, or `undefined` for no function. */
function partFinder(): (frame: Runtime.CallFrame) => string | undefined {
  const map = new TraceMap(readFileSync(`${fileURLToPath(BUNDLE)}.map`, 'utf8'));
  return ({ functionName, url, lineNumber, columnNumber }) => {
    if (functionName === '(idle)' || functionName === '(root)') return undefined;
    if (functionName === '(garbage collector)') return 'collecting garbage';
    if (url.includes('phasm-machine-')) return 'the machine and its scenario';
    if (url !== BUNDLE) return 'Node and V8';
    // Lines of a profile begin at 0, and those of a map at 1.
    const { source } = originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
    return source?.replace(/^(\.\.\/)+/, '').replace(/\/[^/]*$/, '') ?? 'Node and V8';
  };
}
