import type { SweepReport } from '../../sweep/report.ts';

/**
 * The command that records a seed of a sweep again, for a POSIX shell.
 *
 * @param out the trace to write.
 */
export function commandOfSeed(
  { machine, given, inputs, scenario, faults, operationsMax }: SweepReport,
  seed: string,
  out = `seed-${seed}.jsonl`,
): string {
  const source = inputs === undefined ? ['--scenario', scenario] : ['--inputs', inputs];
  const settings = ['--faults', faults, '--operations', String(operationsMax), '--seed', seed];
  const args = ['record', given ?? machine, ...source, ...settings, '--out', out];
  return ['npx', 'phasmoscope', ...args.map(quoteForShell)].join(' ');
}

/** An argument as a POSIX shell takes it, on one line. */
function quoteForShell(text: string): string {
  if (/^[\w./:@=,+-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
