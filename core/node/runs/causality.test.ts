import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shapeOf } from '../../engine/signature.ts';
import type { Finding } from '../../machine/finding.ts';
import { causalityAround } from '../../trace/causality/causality.ts';
import type { CausalityGraph } from '../../trace/causality/graph-model.ts';
import { plainPart } from '../../trace/causality/story-text.ts';
import { tellCausality } from '../../trace/causality/story.ts';
import { causesOf } from '../../trace/causes.ts';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { Trace } from '../../trace/trace.ts';
import { sameLookup, valueAt } from '../../value/container.ts';
import type { Path } from '../../value/path.ts';
import { readTraceFile } from '../files/trace-file.ts';
import { loadMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';
import { planRun, startRecorded } from './planning.ts';

async function traceOf(name: string, seed: bigint, operationsMax: number): Promise<Trace> {
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name }));
  const plan = await planRun(loaded, { faults: 'chaos', operationsMax });
  const builder = new TraceBuilder();
  await recordRun(await startRecorded(plan, seed), (line) => builder.push(`${line}\n`));
  builder.finish();
  await loaded.close();
  if (!builder.trace) throw new Error('nothing was recorded');
  return builder.trace;
}

function stepsIn({ nodes }: CausalityGraph): readonly number[] {
  return nodes.flatMap((node) => (node.kind === 'step' ? [node.stepIndex] : []));
}

/** Names of what no single step did. */
const OF_THE_WHOLE_RUN: readonly string[] = ['settled', 'nothing came'];

/** Whether the graph has a step that is called as the cause of the finding is. */
function hasCulprit(trace: Trace, { shape }: Finding, steps: readonly number[]): boolean {
  if (OF_THE_WHOLE_RUN.includes(shape)) return true;
  return steps.some((at) => {
    const { operation } = trace.step(at);
    // A fault that strikes after a step is not part of what its cause is called.
    const withoutFault = { ...operation, fault: undefined } as unknown as typeof operation;
    return [shapeOf(operation), shapeOf(withoutFault)].includes(shape);
  });
}

/** The members of the state that a message speaks of: bookings by their keys, and requests by number. */
function spokenOf(trace: Trace, { stepIndex, message }: Finding): readonly Path[] {
  const state = trace.stateAt(stepIndex) as Readonly<Record<string, unknown>>;
  const bookings = [
    ...((state['bookings'] as ReadonlyMap<string, unknown> | undefined)?.keys() ?? []),
  ]
    .filter((key) => message.includes(key))
    .map((mapKey) => ['bookings', { mapKey }]);
  const requests = [...message.matchAll(/request (\d+)/g)].map(([, id]) => [
    'pending',
    { mapKey: Number(id) },
  ]);
  return [...bookings, ...requests];
}

/** The last step up to one that changed what is at a path, found by comparing all states. */
function lastWriter(trace: Trace, path: Path, stepIndex: number): number | undefined {
  for (let at = stepIndex; at >= 0; at -= 1) {
    const [before, after] = [at - 1, at].map((step) => valueAt(trace.stateAt(step), path));
    if (before && after && !sameLookup(before, after)) return at;
  }
  return undefined;
}

it.each([
  ['dentist-booking', [1n, 2n, 3n, 5n, 8n], 400],
  ['dentist-booking-unchecked', [1n, 2n, 3n], 400],
  ['payment-ledger-unchecked', [1n, 2n, 3n], 150],
  ['room-reservation-stale-cache', [0n, 1n, 2n, 3n], 400],
  ['coffee-shop', [1n, 2n], 200],
] as const)(
  'the graph of each finding of %s holds its culprits',
  async (name, seeds, operations) => {
    let checked = 0;
    for (const seed of seeds) {
      const trace = await traceOf(name, seed, operations);
      for (const { steps, first } of causesOf(trace.findings)) {
        for (const stepIndex of steps.slice(0, 3)) {
          const shown = stepsIn(causalityAround(trace, stepIndex));
          const same = trace.findings.filter(
            (one) => one.stepIndex === stepIndex && one.name === first.name,
          );
          for (const finding of same) {
            const where = `${seed} ${stepIndex} ${finding.name} ${finding.shape} ${finding.message}`;
            expect(hasCulprit(trace, finding, shown), where).toBe(true);
            if (finding.caught) expect(shown, where).toContain(finding.caught.stepIndex);
            for (const path of spokenOf(trace, finding)) {
              const writer = lastWriter(trace, path, stepIndex);
              if (writer !== undefined) expect(shown, where).toContain(writer);
            }
            checked += 1;
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(0);
  },
);

it.each([
  ['dentist-booking', [0n, 2n, 5n], 200],
  ['dentist-booking-unchecked', [1n, 3n], 200],
  ['coffee-shop', [0n, 1n], 60],
] as const)(
  'the story of each finding of %s ends with it, and has what it is about',
  async (name, seeds, operations) => {
    let about = 0;
    for (const seed of seeds) {
      const trace = await traceOf(name, seed, operations);
      for (const finding of trace.findings.filter((one) => one.stepIndex >= 0)) {
        const { stepIndex } = finding;
        const sentences = tellCausality(trace, causalityAround(trace, stepIndex));
        const where = `${seed} ${stepIndex} ${finding.name} ${finding.message}`;
        expect(sentences.at(-1)?.stepIndex, where).toBe(stepIndex);
        for (const part of sentences.flatMap(({ parts }) => parts)) {
          if (typeof part === 'object' && 'stepIndex' in part)
            expect(part.stepIndex, where).toBeLessThanOrEqual(stepIndex);
        }
        if (finding.about === undefined) continue;
        // All that came under the id before, back to the request that it began with.
        const told = sentences.map((sentence) => sentence.stepIndex);
        const first = trace.spans.find(({ id }) => id === finding.about);
        expect(told, where).toContain(first?.emittedAt);
        about += 1;
      }
    }
    expect(about).toBeGreaterThan(0);
  },
);

it('tells of the step that removed a record which a finding names', async () => {
  const trace = await traceOf('coffee-shop', 0n, 60);
  const finding = trace.findings.find(({ message }) =>
    message.includes('whose order was cancelled'),
  );
  const story = tellCausality(trace, causalityAround(trace, finding?.stepIndex ?? -1));
  const text = story.map(({ parts }) => parts.map(plainPart).join(''));
  expect(text.filter((sentence) => sentence.startsWith('the input CancelOrder'))).toEqual([
    expect.stringContaining('It wrote redemption 3, which the finding in step 61 speaks of.'),
  ]);
});

it('leads from a booking that nobody pays for to the failure that took the payment back', async () => {
  const isFailure = (trace: Trace) => (at: number) =>
    shapeOf(trace.step(at).operation) === 'completion Failed';
  const trace = await traceOf('dentist-booking', 7n, 1_000);
  const finding = trace.findings.find(({ name }) => name === 'every booking is paid for');
  expect(finding?.shape).toBe('completion Failed');
  const focus = finding?.stepIndex ?? -1;
  expect(stepsIn(causalityAround(trace, focus)).filter(isFailure(trace))).not.toEqual([]);

  const folder = await mkdtemp(join(tmpdir(), 'phasmoscope-causality-'));
  const seed = ['--faults', 'chaos', '--seed', '7', '--operations', '1000'];
  const sought = ['--finding', 'every booking is paid for', '--out', 'shrunk.jsonl'];
  await runCommandLine(['shrink', 'dentist-booking', ...seed, ...sought], folder);
  const { trace: shrunk } = await readTraceFile(join(folder, 'shrunk.jsonl'));
  const shown = stepsIn(causalityAround(shrunk, shrunk.length - 1));
  expect(shown.filter(isFailure(shrunk))).toHaveLength(1);
  await rm(folder, { recursive: true });
});
