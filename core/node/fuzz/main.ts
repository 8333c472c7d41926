/** @file `npm run fuzz`: opens mutations of real traces, and prints how each was opened. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatCount } from '../../text/quantities.ts';
import { readCatalog } from '../load/samples.ts';
import { formatReport, fuzz, makeMutant, recordOriginal, type Original } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    mutants: { type: 'string', default: '20000' },
    /** One mutant, which is written to a file instead. */
    mutant: { type: 'string' },
  },
});

const PROGRESS_MUTANTS = 1_000;

const originals: Original[] = [];
for (const { name } of readCatalog().samples) originals.push(await recordOriginal(name));
const seed = Number(values.seed);

if (values.mutant === undefined) {
  const report = await fuzz(originals, { seed, mutants: Number(values.mutants) }, (mutants) => {
    if (mutants % PROGRESS_MUTANTS === 0) process.stderr.write(`${formatCount(mutants)} mutants\n`);
  });
  process.stdout.write(`${formatReport(report)}\n`);
  process.exitCode = report.wrong.length === 0 ? 0 : 1;
} else {
  const made = makeMutant(originals, seed, Number(values.mutant));
  if (!made) throw new Error('there are no samples to make mutants of');
  const path = `fuzz-${seed}-${values.mutant}.jsonl`;
  writeFileSync(path, made.mutant.bytes);
  process.stdout.write(`A mutant of ${made.original.name} is in ${path}.\n`);
}
