import { expect, it } from 'vitest';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { Trace } from '../../trace/trace.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { brokenSteps, judgeTrace } from './judging.ts';
import { planRun, startRecorded } from './planning.ts';

async function recorded(loaded: LoadedMachine, seed: bigint): Promise<Trace> {
  const plan = await planRun(loaded, { faults: 'chaos', operationsMax: 200 });
  const builder = new TraceBuilder();
  await recordRun(await startRecorded(plan, seed), (line) => builder.push(`${line}\n`));
  if (!builder.trace) throw new Error('the run has no header');
  return builder.trace;
}

const goOn = () => true;

it.each(['dentist-booking-unchecked', 'payment-ledger-unchecked', 'room-reservation-stale-cache'])(
  'finds in the recorded states of %s what the run found',
  (name) =>
    withMachine(pathOfMachine({ kind: 'sample', name }), async (loaded) => {
      const trace = await recorded(loaded, 5n);
      const failing = trace.findings.filter(({ kind }) => kind === 'invariant');
      expect(failing.length).toBeGreaterThan(0);
      for (const invariant of trace.header.invariants) {
        const claim = { kind: 'invariant', name: invariant } as const;
        const judged = await judgeTrace(trace, claim, loaded, goOn);
        const first = failing.find((finding) => finding.name === invariant);
        expect([invariant, judged?.failedAt, judged?.message]).toEqual([
          invariant,
          first?.stepIndex,
          first?.message,
        ]);
        const steps: number[] = [];
        for await (const broken of brokenSteps(trace, claim, loaded)) steps.push(...broken.steps);
        const isFailing = (stepIndex: number) =>
          trace
            .verdictsAt(stepIndex)
            .some((verdict) => verdict.name === invariant && verdict.failure !== undefined);
        const expected = Array.from({ length: trace.length }, (_, at) => at).filter(isFailing);
        expect(steps.filter((step) => step >= 0)).toEqual(expected);
      }
    }),
  60_000,
);

it('is stopped by a pulse, and asked of its own machine alone', () =>
  withMachine(pathOfMachine({ kind: 'sample', name: 'counter' }), async (loaded) => {
    const trace = await recorded(loaded, 1n);
    const claim = { kind: 'expression', expression: 'step < 1000' } as const;
    expect(await judgeTrace(trace, claim, undefined, () => false)).toBeUndefined();
    expect(await judgeTrace(trace, claim, undefined, goOn)).toMatchObject({ steps: trace.length });
    const name = loaded.machine.name;
    const other = { ...loaded, machine: { ...loaded.machine, name: 'another' } };
    const [invariant = ''] = trace.header.invariants;
    await expect(
      judgeTrace(trace, { kind: 'invariant', name: invariant }, other, goOn),
    ).rejects.toThrow(name);
  }));
