import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceFile } from '../node/files/trace-file.ts';
import { TraceFileWriter } from '../node/files/trace-writer.ts';
import { loadMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { planRun, startRecorded } from '../node/runs/planning.ts';
import { answer, QUESTIONS, type Question } from '../trace/questions/questions.ts';
import { recordRun } from '../trace/recorder.ts';
import type { TraceIndex } from '../trace/trace-index.ts';
import type { Trace } from '../trace/trace.ts';
import { runPlainPort } from './plain-port.ts';
import { heapMb, percentile, report, timeMs } from './report.ts';

const STEPS = 1_000_000;
const SEEKS = 2_000;
/** Operations of the plain loop, which is the measure of the computer. */
const PLAIN_OPERATIONS = 50_000;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-bench-'));
// The indexes of the bench are not those of the person.
process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
const path = join(folder, 'stress.jsonl.gz');

/** Records the stress scenario to a file, as the command line does it. */
async function record(): Promise<void> {
  const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));
  const settings = { scenario: 'stress', operationsMax: STEPS, faults: 'none' };
  const plan = await planRun(loaded, settings);
  const writer = await TraceFileWriter.open(path);
  let index: TraceIndex | undefined;
  await recordRun(
    await startRecorded(plan, 55_555n),
    (line, known) => {
      writer.add(line);
      index = known;
    },
    { pulse: () => (writer.isDue ? writer.write().then(() => true) : true) },
  );
  await writer.close(index);
}

async function open(isIndexUsed: boolean): Promise<Trace> {
  const file = new TraceFile(path, { isIndexUsed });
  for await (const _ of file.read());
  if (!file.trace || file.damage) throw new Error('the trace is whole');
  return file.trace;
}

/** How long a question takes: until its first hit, and to its end. */
function ask(trace: Trace, question: Question): readonly [firstMs: number, allMs: number] {
  const start = performance.now();
  let firstMs = Number.NaN;
  const search = answer(trace, question, () => trace);
  for (let next = search.next(); next.done !== true; next = search.next()) {
    const hits =
      question.kind === 'find'
        ? QUESTIONS.find.found.parse(next.value).hits
        : QUESTIONS.where.found.parse(next.value).steps;
    if (Number.isNaN(firstMs) && hits.length > 0) firstMs = performance.now() - start;
  }
  return [firstMs, performance.now() - start];
}

try {
  const plainMs = await timeMs(() => runPlainPort(55_555n, PLAIN_OPERATIONS));
  report('the plain loop', PLAIN_OPERATIONS / (plainMs / 1000), 'operations/s');
  const recordMs = await timeMs(record);
  report('record 1 000 000 steps of stress, with index', recordMs / 1000, 's', 'under 20');
  report('  over the plain loop', (STEPS / recordMs) * (plainMs / PLAIN_OPERATIONS), 'times');
  report('  compressed file', statSync(path).size / 1e6, 'MB', 'under 120');
  const heapBeforeMb = heapMb();
  let trace: Trace | undefined;
  const openMs = await timeMs(async () => {
    trace = await open(true);
  });
  if (!trace) throw new Error('it was opened');
  report('open it by the index', openMs / 1000, 's', 'under 1');
  report('  heap', heapMb() - heapBeforeMb, 'MB');
  report('open it without an index', (await timeMs(() => open(false))) / 1000, 's');
  const seeks: number[] = [];
  // A fixed walk that jumps all over the trace, so that no cache helps.
  for (let at = 0; at < SEEKS; at += 1) {
    const target = (at * 610_639) % STEPS;
    const start = performance.now();
    trace.stateAt(target);
    trace.step(target);
    seeks.push(performance.now() - start);
  }
  report('jump to any step, median', percentile(seeks, 0.5), 'ms');
  report('  p99', percentile(seeks, 0.99), 'ms', 'under 16');
  const [, textMs] = ask(trace, { kind: 'find', text: 'user999999@example.com' });
  report('search a text in all of it', textMs / 1000, 's', 'under 10');
  const [firstMs] = ask(trace, { kind: 'find', text: 'slotconfirmed' });
  report('  first hit of a frequent one', firstMs / 1000, 's', 'under 0.5');
  const expression = 'size(state.bookings) > 60 && outcome.kind == "ok"';
  const [, whereMs] = ask(trace, { kind: 'where', expression, from: -1, isFirstOnly: false });
  report('ask an expression of all steps', whereMs / 1000, 's', 'under 10');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
