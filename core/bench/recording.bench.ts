import { instrument, ActionCreators } from '@redux-devtools/instrument';
import { createStore, type Action } from 'redux';
import { startRun } from '../engine/run.ts';
import { loadMachine, type LoadedMachine } from '../node/load/machine-loader.ts';
import { pathOfMachine } from '../node/load/samples.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { heapMb, percentile, report, timeMs } from './report.ts';

const OPERATIONS = 50_000;
const SEEKS = 5_000;

const loaded = await loadMachine(pathOfMachine({ kind: 'sample', name: 'dentist-booking' }));
const { machine } = loaded;

const ALL = { guard: loaded.guard };

/** The stress scenario, recorded to text and read into a trace, as the window does it. */
function record({ scenarios }: LoadedMachine): Trace {
  const scenario = scenarios.find(({ name }) => name === 'stress');
  if (!scenario) throw new Error('the dentist has a scenario stress');
  const label = {
    scenario: 'stress',
    seed: 55_555n,
    operationsMax: OPERATIONS,
    faults: 'none',
  };
  const run = startRun(machine, { scenario, seed: 55_555n, operationsMax: OPERATIONS }, ALL);
  const recorder = new TraceRecorder(machine, run, label);
  const builder = new TraceBuilder();
  builder.push(`${recorder.header()}\n`);
  void run.advance(Number.POSITIVE_INFINITY, (step) => builder.push(`${recorder.step(step)}\n`));
  builder.push(`${recorder.end()}\n`);
  builder.finish();
  if (!builder.trace) throw new Error('a finished trace has a header');
  return builder.trace;
}

const heapBeforeMb = heapMb();
let trace: Trace | undefined;
const recordMs = await timeMs(() => {
  trace = record(loaded);
});
if (!trace) throw new Error('the run was recorded');
report('record and read 50 000 operations of stress', recordMs / 1000, 's', 'under 3');
report('heap for the trace', heapMb() - heapBeforeMb, 'MB', 'under 150');

const seeks: number[] = [];
// A fixed walk that jumps all over the trace, so that no cache helps.
for (let at = 0; at < SEEKS; at += 1) {
  const target = (at * 7919) % OPERATIONS;
  const start = performance.now();
  trace.stateAt(target);
  trace.step(target);
  seeks.push(performance.now() - start);
}
report('seek to any step, median', percentile(seeks, 0.5), 'ms');
report('seek to any step, 99th percentile', percentile(seeks, 0.99), 'ms', 'under 8');

/** An action of the same shape as a step: the operation, and the state after it. */
interface StepAction extends Action<'step'> {
  readonly stepIndex: number;
}

const recorded = trace;
for (const count of [10_000, 20_000]) {
  const heapMbBefore = heapMb();
  const store = createStore(
    (state: unknown = recorded.header.initialState, action: Action) =>
      action.type === 'step' ? recorded.stateAt((action as StepAction).stepIndex) : state,
    instrument(undefined, { maxAge: count + 1 }),
  );
  const ms = await timeMs(() => {
    for (let stepIndex = 0; stepIndex < count; stepIndex += 1) {
      store.dispatch({
        type: 'step',
        stepIndex,
        operation: recorded.step(stepIndex).operation,
      } as Action);
    }
  });
  const { liftedStore } = store;
  const name = `for comparison, redux-devtools instrument, ${count.toLocaleString('en-US')} actions`;
  report(name, ms / 1000, 's');
  report('  its heap', heapMb() - heapMbBefore, 'MB');
  const jumpMs = await timeMs(() => liftedStore.dispatch(ActionCreators.jumpToState(count / 2)));
  report('  its jump to the middle', jumpMs, 'ms');
}
