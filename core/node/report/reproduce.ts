import type { SweepReport } from '../../sweep/report.ts';

/** What determines the run of a seed. */
export type SeedSource = Pick<
  SweepReport,
  'machine' | 'given' | 'inputs' | 'scenario' | 'faults' | 'operationsMax'
>;

/**
 * The command that records a seed again, for a POSIX shell.
 *
 * @param out the trace to write.
 */
export function commandOfSeed(
  { machine, given, inputs, scenario, faults, operationsMax }: SeedSource,
  seed: string,
  out = `seed-${seed}.jsonl`,
): string {
  const source = inputs === undefined ? ['--scenario', scenario] : ['--inputs', inputs];
  const settings = ['--faults', faults, '--operations', String(operationsMax), '--seed', seed];
  const args = ['record', given ?? machine, ...source, ...settings, '--out', out];
  return shellCommand(args);
}

/** A command line of Phasmoscope, for a POSIX shell. */
export function shellCommand(args: readonly string[]): string {
  return ['npx', 'phasmoscope', ...args.map(quoteForShell)].join(' ');
}

/** An argument as a POSIX shell takes it, on one line. */
function quoteForShell(text: string): string {
  if (/^[\w./:@=,+-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
