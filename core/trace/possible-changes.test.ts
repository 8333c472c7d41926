import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { startRun } from '../engine/run.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { jobs, jobsScenario } from '../test-helpers/test-machines.ts';
import { startFork } from '../what-if/fork.ts';
import { parentOf } from '../what-if/parent.ts';
import { possibleAt } from './possible-changes.ts';
import { recordRun } from './recorder.ts';
import { TraceBuilder } from './trace-builder.ts';
import type { Trace } from './trace.ts';

const machine = jobs();
const scenario = jobsScenario({ answer: () => 'done' });

async function traceOf(faults: keyof typeof FAULT_PROFILES): Promise<Trace> {
  const settings = { scenario, seed: 3n, operationsMax: 12, faults: FAULT_PROFILES[faults] };
  const run = startRun(machine, settings);
  const builder = new TraceBuilder();
  const label = { scenario: scenario.name, seed: 3n, operationsMax: 12, faults };
  await recordRun({ machine, run, label }, (line) => builder.addLine(line));
  if (!builder.trace) throw new Error('the run has a trace');
  return builder.trace;
}

describe('what is possible at a step', () => {
  it('depends on what the step is', async () => {
    const trace = await traceOf('none');
    const idsAt = (stepIndex: number) => possibleAt(trace, stepIndex).map(({ id }) => id);
    expect(idsAt(-1)).toEqual(['insert', 'newDraws']);
    expect(idsAt(0)).toContain('input');
    expect(idsAt(0)).not.toContain('drop');
    expect(idsAt(1)).toEqual(expect.arrayContaining(['again', 'result', 'drop', 'deliver']));
    expect(idsAt(1)).not.toContain('input');
    expect(idsAt(trace.length - 1)).toEqual(['remove', 'newDraws']);
  });

  it('names the actions whose results can be delivered, and the results that the run has', async () => {
    const trace = await traceOf('none');
    const deliver = possibleAt(trace, 0).find(({ id }) => id === 'deliver');
    expect(deliver?.deliverables).toEqual([
      { id: 1, action: expect.anything(), isOutstanding: true, result: 'done' },
    ]);
  });

  it('is really possible: whatever is offered can be forked', async () => {
    const trace = await traceOf('chaos');
    const checks = planChecks(machine, FAULT_PROFILES.chaos);
    for (let at = 0; at < trace.length; at += 1) {
      for (const { change } of possibleAt(trace, at)) {
        if (!change) continue;
        const from = change.kind === 'move' ? change.at : at;
        const fork = { from, changes: [change], goesOn: 'sameOperations' } as const;
        const { run } = await startFork({ machine, scenario, checks }, parentOf(trace), fork);
        await run.advance(5);
        run.close();
      }
    }
  });
});
