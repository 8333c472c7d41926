/**
 * The questions that the window and the command line ask of a whole run: how long each takes on a hundred
 * thousand steps, in seconds of the processor, and what memory all of them leave behind, there and on a
 * million.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coverOperations } from '../node/coverage/coverage.ts';
import { Recording } from '../node/files/recording.ts';
import { TraceFile } from '../node/files/trace-file.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { planRun, startRecorded } from '../node/runs/planning.ts';
import { operationsAsNeeded } from '../trace/compare/verify.ts';
import { answer, type Question } from '../trace/questions/questions.ts';
import { recordRun } from '../trace/recorder.ts';
import { isEventful, sequenceOf, stepsAround } from '../trace/sequence.ts';
import type { Trace } from '../trace/trace.ts';
import { heapMb, report, processorMs } from './report.ts';

const STEPS = 100_000;
const MANY_STEPS = 1_000_000;
/** The seed and the faults: with findings of many causes, crashes, and what was asked twice. */
const [SEED, FAULTS] = [7n, 'chaos'];
/** Steps on each side in the diagram of messages. */
const SEQUENCE_STEPS = 30;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
// The indexes of the bench are not those of the person.
process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
const dentist = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));

async function recorded(steps: number): Promise<Trace> {
  const path = join(folder, `${steps}.jsonl.gz`);
  const plan = await planRun(dentist, { operationsMax: steps, faults: FAULTS });
  const recording = await Recording.open(path);
  await recordRun(await startRecorded(plan, SEED), (line) => recording.add(line), {
    pulse: () => (recording.isDue ? recording.write().then(() => true) : true),
  });
  await recording.close();
  const file = new TraceFile(path);
  for await (const _ of file.read());
  if (!file.trace || file.damage) throw new Error('the trace is whole');
  return file.trace;
}

/** What is asked, by the view that asks it, with the bound where there is one. */
function questionsOf(trace: Trace): readonly (readonly [what: string, Question, bound?: string])[] {
  const finding = trace.findings.at(-1)?.stepIndex ?? trace.length - 1;
  const end = trace.length - 1;
  const all = { from: 0 };
  const record = { kind: 'request', key: '17' };
  const wide = 'size(state.bookings) > 10 && outcome.kind == "ok"';
  const where = { kind: 'where', from: -1, isFirstOnly: false } as const;
  return [
    ['find a text', { kind: 'find', text: 'user99999@example.com' }, 'under 10 s'],
    ['Steps: that hold two words', { kind: 'holding', texts: ['failed', 'preauth'], ...all }],
    ['Steps: that change a path', { kind: 'changing', path: ['bookings'], ...all }],
    ['Steps: the kinds of errors', { kind: 'errors', ...all }],
    ['Steps: of one kind of error', { kind: 'failing', errors: ['SlotNotAvailable'], ...all }],
    ['Expressions: a filter', { ...where, expression: wide }],
    [
      'Expressions: an invariant',
      { ...where, expression: 'size(state.bookings) < 100', isFalseWanted: true },
    ],
    [
      'Watches: a value over the run',
      { kind: 'values', expression: 'size(state.bookings)', from: -1 },
      'under 1 s',
    ],
    [
      'Who: the last write',
      { kind: 'writes', path: ['bookings'], at: end, direction: 'backwards', isFirstOnly: true },
    ],
    [
      'Who: all writes',
      { kind: 'writes', path: ['bookings'], at: end, direction: 'backwards', isFirstOnly: false },
    ],
    ['Where from: a value', { kind: 'origin', path: ['nextId'], at: end }],
    ['Records: list them', { kind: 'records', text: '', from: -1, max: 100_000 }],
    ['Records: one', { kind: 'record', record, ...all }],
    ['Causality: of a finding', { kind: 'causality', focus: finding }],
    ['Causality: what is known', { kind: 'known', stepIndex: finding, finding: 0 }],
    ['Lifecycle: all transitions', { kind: 'transitions', from: -1 }],
    ['Console: what was printed', { kind: 'output', ...all }],
  ];
}

/** Asks to the end; returns how many parts came on the way, so that nothing is asked in vain. */
function ask(trace: Trace, question: Question): number {
  let parts = 0;
  for (const _ of answer(trace, question, () => trace)) parts += 1;
  return parts;
}

async function reportTimes(trace: Trace): Promise<void> {
  for (const [what, question, bound] of questionsOf(trace)) {
    report(what, (await processorMs(() => ask(trace, question))) / 1000, 's', bound);
  }
  const middle = STEPS / 2;
  const sequenceMs = await processorMs(() => {
    const isShown = (at: number) => isEventful(trace.glance(at));
    return sequenceOf(trace, stepsAround(trace, middle, isShown, SEQUENCE_STEPS));
  });
  report('Sequence: around the middle', sequenceMs / 1000, 's');
  const coverMs = await processorMs(() =>
    coverOperations(dentist, { operations: operationsAsNeeded(trace) }),
  );
  report('Source: the lines that no step executed', coverMs / 1000, 's');
}

/** What the trace and all that was asked of it keep on the heap. */
async function keptMb(steps: number, act: (trace: Trace) => Promise<void>): Promise<number> {
  const before = heapMb();
  const trace = await recorded(steps);
  await act(trace);
  const kept = heapMb() - before;
  // It is still in use.
  if (trace.length < steps) throw new Error('the trace has all steps');
  return kept;
}

try {
  const fewer = await keptMb(STEPS, reportTimes);
  report('heap after all of them', fewer, 'MB');
  const many = await keptMb(MANY_STEPS, async (trace) => {
    const ms = await processorMs(() =>
      questionsOf(trace).map(([, question]) => ask(trace, question)),
    );
    report('all questions on 1 000 000 steps', ms / 1000, 's');
  });
  report('heap after all of them', many, 'MB', 'under 300');
} finally {
  rmSync(folder, { recursive: true, force: true });
  await dentist.close();
}
