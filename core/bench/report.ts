/** Prints one measured figure with the bound that it should keep, if there is one. */
export function report(name: string, value: number, unit: string, bound?: string): void {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 3;
  const shown = value.toLocaleString('en-US', { maximumFractionDigits: digits });
  const line = `  ${name.padEnd(62)} ${shown.padStart(12)} ${unit}${bound ? `  (${bound})` : ''}`;
  process.stdout.write(`${line}\n`);
}

/** How long a task takes, in milliseconds. */
export async function timeMs(task: () => unknown): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/**
 * The processor's time that a task takes in all threads, in milliseconds: what else the computer does lengthens it
 * less than {@link timeMs}.
 */
export async function processorMs(task: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The value that a share of the values does not exceed: 0.5 is the median, 0.99 the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Megabytes on the heap after a garbage collection. */
export function heapMb(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
