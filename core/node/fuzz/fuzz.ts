import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { formatCount } from '../../text/quantities.ts';
import { formatNote, parseLine } from '../../trace/format/format.ts';
import type { Note } from '../../trace/format/notes.ts';
import { closingLine } from '../../trace/format/seal.ts';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { Trace } from '../../trace/trace.ts';
import { withMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { planRun, startRecorded } from '../runs/planning.ts';
import { mutate, mutations, type Mutant, type Mutation } from './mutations.ts';
import { openMutant, OUTCOMES, type OpeningOutcome } from './opening.ts';

/** A trace that mutants are made of. */
export interface Original {
  readonly name: string;
  readonly lines: readonly string[];
  readonly trace: Trace;
}

/** Enough for faults, findings and a checkpoint, and little enough to be looked at in milliseconds. */
const OPERATIONS = 40;
const SEED = 7n;

/** Records a run of a sample, with faults. */
export async function recordOriginal(sample: string): Promise<Original> {
  return withMachine(pathOfMachine({ kind: 'sample', name: sample }), async (loaded) => {
    const plan = await planRun(loaded, { operationsMax: OPERATIONS, faults: 'chaos' });
    const lines: string[] = [];
    await recordRun(await startRecorded(plan, SEED), (line) => lines.push(line));
    return originalOf(sample, withNotes(lines));
  });
}

/** One of each kind. */
const NOTES: readonly Note[] = [
  { id: 'a', step: -1, text: '' },
  { id: 'b', step: 2, to: 5, view: 'causality', text: '# Here\n\nit begins.' },
  { id: 'c', step: 3, path: ['rooms', { mapKey: 'A' }, 0], text: '**This** value' },
  { id: 'd', step: 4, action: 7n, text: 'never comes back' },
  { id: 'e', step: 5, finding: 'no double booking', text: 'fails' },
];

function withNotes(lines: readonly string[]): readonly string[] {
  const others = [...lines.slice(0, -1), ...NOTES.map(formatNote)];
  const closing = parseLine(lines.at(-1) ?? '');
  if (closing.kind !== 'end') throw new Error('a whole trace ends in a closing line');
  return [...others, closingLine(others, closing.end)];
}

/** A trace that mutants are made of, from its lines. */
export function originalOf(name: string, lines: readonly string[]): Original {
  const builder = new TraceBuilder();
  builder.push(`${lines.join('\n')}\n`);
  builder.finish();
  const { trace } = builder;
  if (!trace) throw new Error('a finished trace has a header');
  return { name, lines, trace };
}

/** Which mutants are made. */
export interface FuzzSettings {
  readonly seed: number;
  readonly mutants: number;
}

/** A mutant that was not opened as it must be. */
export interface WrongMutant {
  /** Its number, from 0. */
  readonly mutant: number;
  readonly original: string;
  readonly changes: readonly Mutation[];
  readonly reason: string;
}

/** How many mutants of each original were opened how. */
export interface FuzzReport extends FuzzSettings {
  readonly counts: ReadonlyMap<string, Readonly<Record<OpeningOutcome, number>>>;
  readonly wrong: readonly WrongMutant[];
}

/** Mutants are drawn in chunks, so that one of them can be made again without all before it. */
const CHUNK = 500;

/** The changes that make a mutant of a seed. The originals take turns. */
function* changesOf({ seed, mutants }: FuzzSettings): Generator<readonly Mutation[]> {
  for (let from = 0; from < mutants; from += CHUNK) {
    const drawn = fc.sample(mutations, { seed: seed + from / CHUNK, numRuns: CHUNK });
    yield* drawn.slice(0, mutants - from);
  }
}

/** Makes one mutant of a seed again. */
export function makeMutant(
  originals: readonly Original[],
  seed: number,
  at: number,
): { readonly original: Original; readonly mutant: Mutant } | undefined {
  const original = originals[at % originals.length];
  const inChunk = { seed: seed + Math.floor(at / CHUNK), mutants: (at % CHUNK) + 1 };
  const changes = [...changesOf(inChunk)].at(-1);
  if (!original || !changes) return undefined;
  return { original, mutant: mutate(original.lines, changes) };
}

/** Makes mutants of traces, and opens each. */
export async function fuzz(
  originals: readonly Original[],
  settings: FuzzSettings,
  onProgress: (mutants: number) => void = () => undefined,
): Promise<FuzzReport> {
  const counts = new Map(
    originals.map(({ name }) => [
      name,
      {
        'clear error': 0,
        'opened partly': 0,
        'opened whole and equal': 0,
        'forged, consistent': 0,
        wrong: 0,
      },
    ]),
  );
  const wrong: WrongMutant[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-fuzz-'));
  try {
    let mutant = 0;
    for (const changes of changesOf(settings)) {
      const original = originals[mutant % originals.length];
      if (!original) break;
      const { name, lines, trace } = original;
      const path = join(folder, 'mutant.jsonl');
      const { outcome, reason } = await openMutant(mutate(lines, changes), trace, path);
      const counted = counts.get(name);
      if (counted) counted[outcome] += 1;
      if (outcome === 'wrong') wrong.push({ mutant, original: name, changes, reason });
      mutant += 1;
      onProgress(mutant);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { ...settings, counts, wrong };
}

/** The most wrong mutants that are named. */
const NAMED_MAX = 10;

/** The report as a table, with the first of the wrong mutants. */
export function formatReport({ seed, counts, wrong }: FuzzReport): string {
  const rows = [...counts].map(([name, counted]) => [
    name,
    ...OUTCOMES.map((outcome) => formatCount(counted[outcome])),
  ]);
  const totals = OUTCOMES.map((outcome) => {
    let total = 0;
    for (const counted of counts.values()) total += counted[outcome];
    return formatCount(total);
  });
  const table = [['mutants of', ...OUTCOMES], ...rows, ['all', ...totals]];
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, at) =>
        at === 0 ? cell.padEnd(widths?.[at] ?? 0) : cell.padStart(widths?.[at] ?? 0),
      )
      .join('  '),
  );
  const named = wrong
    .slice(0, NAMED_MAX)
    .map(
      ({ mutant, original, changes, reason }) =>
        `\nWrong: mutant ${mutant} of seed ${seed} (${original}): ${reason}\n` +
        `  ${JSON.stringify(changes).slice(0, 1_000)}\n` +
        `  npm run fuzz -- --seed ${seed} --mutant ${mutant} writes it to a file.`,
    );
  return [...lines, ...named].join('\n');
}
