import type { SweepGroup, SweepReport } from '../../sweep/report.ts';
import { quoteForShell } from '../../text/shell.ts';

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
  source: SeedSource,
  seed: string,
  out = `seed-${seed}.jsonl`,
): string {
  return shellCommand(['record', ...argsOfSeed(source, seed), '--out', out]);
}

/**
 * The command that shrinks a seed to a finding, for a POSIX shell.
 *
 * @param finding without its shape, the first of that name is meant.
 * @param without the faults that do not strike.
 */
export function commandOfMinimal(
  source: SeedSource,
  { seed, name, shape }: Pick<SweepGroup, 'seed' | 'name'> & { readonly shape?: string },
  without: readonly string[] = [],
): string {
  const finding = ['--finding', name, ...(shape === undefined ? [] : ['--shape', shape])];
  if (without.length > 0) finding.push('--without', without.join(','));
  // A seed may have several findings, each with a minimal run of its own.
  const out = [
    'minimal',
    seed,
    ...[name, shape ?? '', without.length > 0 ? 'otherwise' : ''].map(wordsOf).filter(Boolean),
  ].join('-');
  return shellCommand(['shrink', ...argsOfSeed(source, seed), ...finding, '--out', `${out}.jsonl`]);
}

/** The words of a text as a part of a file's name. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .slice(0, 4)
    .join('-');
}

function argsOfSeed(
  { machine, given, inputs, scenario, faults, operationsMax }: SeedSource,
  seed: string,
): readonly string[] {
  const source = inputs === undefined ? ['--scenario', scenario] : ['--inputs', inputs];
  const settings = ['--faults', faults, '--operations', String(operationsMax), '--seed', seed];
  return [given ?? machine, ...source, ...settings];
}

/** A command line of Phasmoscope, for a POSIX shell. */
export function shellCommand(args: readonly string[]): string {
  return ['npx', 'phasmoscope', ...args.map(quoteForShell)].join(' ');
}
