import { expect, it } from 'vitest';
import type { Printed } from '../../machine/printed.ts';
import { hashValue } from '../../value/hash.ts';
import { formatHeader, formatStep, stepWith } from '../format/format.ts';
import { TraceBuilder } from '../trace-builder.ts';
import { listOutput, type StepOutput } from './output-question.ts';

/** A trace of 1 000 steps, of which some have printed something. */
function traceOf(printed: (stepIndex: number) => readonly string[]) {
  const builder = new TraceBuilder();
  const header = {
    machine: 'm',
    scenario: 's',
    seed: '1',
    operationsMax: 1000,
    faults: 'none',
    invariants: [],
    rules: [],
    waivers: {},
    digests: 'parts' as const,
    initialState: 0,
    initialHash: hashValue(0, 'parts'),
    initialFindings: [],
  };
  builder.push(`${formatHeader(header)}\n`);
  for (let stepIndex = 0; stepIndex < 1000; stepIndex += 1) {
    const output = printed(stepIndex).map((text): Printed => ({ level: 'log', text }));
    const step = stepWith({ stepIndex, operation: { kind: 'normal', input: 0 }, output });
    builder.push(`${formatStep(step)}\n`);
  }
  if (!builder.trace) throw new Error('no trace');
  return builder.trace;
}

function listed(trace: ReturnType<typeof traceOf>, from: number) {
  const steps: StepOutput[] = [];
  const search = listOutput(trace, { from });
  for (;;) {
    const next = search.next();
    if (next.done) return { steps, ...next.value };
    steps.push(...next.value.steps);
  }
}

it('lists what was printed from a step on, in order', () => {
  const trace = traceOf((at) => (at % 300 === 0 ? [`at ${at}`, 'x'] : []));
  const { steps, isWhole } = listed(trace, 300);
  expect(isWhole).toBe(true);
  expect(steps.map(({ stepIndex }) => stepIndex)).toEqual([300, 600, 900]);
  expect(steps[0]?.output).toEqual([
    { level: 'log', text: 'at 300' },
    { level: 'log', text: 'x' },
  ]);
});

it('does not list more than a run can print', () => {
  const text = 'x'.repeat(20_000);
  const { steps, isWhole } = listed(
    traceOf(() => [text]),
    0,
  );
  expect(isWhole).toBe(false);
  expect(steps.length).toBeGreaterThan(400);
  expect(steps.length).toBeLessThan(420);
});
