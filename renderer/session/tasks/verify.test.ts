import { beforeEach, expect, it } from 'vitest';
import { fromItf } from '../../../core/interchange/itf.ts';
import { TraceBuilder } from '../../../core/trace/trace-builder.ts';
import { stubBridge } from '../../test-helpers/test-bridge.ts';
import { session } from '../store.ts';
import { findMachineOf, isVerifiable, verifyTrace } from './verify.ts';

const NAME = 'turnstile';

/** A run that shows a trace of a file; its machine has the name of a sample. */
function shown(lines: readonly string[]) {
  const builder = new TraceBuilder();
  builder.push(`${lines.join('\n')}\n`);
  const { trace } = builder;
  if (!trace) throw new Error('the lines are a trace');
  const origin = { kind: 'file', path: `/files/${NAME}.itf.json` } as const;
  return { id: 'run', origin, status: 'completed', trace, steps: trace.length } as const;
}

let request: ReturnType<typeof stubBridge>;
beforeEach(() => {
  request = stubBridge();
});

it('compares a counterexample with no machine, whatever its name', async () => {
  const run = shown(fromItf({ vars: ['n'], states: [{ n: 0 }, { n: 1 }] }, NAME).lines);
  session.setState({
    samples: [{ name: NAME, description: '' }],
    runs: [run],
    runId: run.id,
    shown: 'run',
  });
  expect(isVerifiable(run)).toBe(false);
  expect(await findMachineOf(run)).toBeUndefined();
  await verifyTrace();
  expect(request).not.toHaveBeenCalled();
  expect(session.getState().machineQuestion).toBeUndefined();
});
