import { beforeEach, describe, expect, it } from 'vitest';
import type { MachineInfo } from '../../core/contract/window.ts';
import type { Finding } from '../../core/machine/finding.ts';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { compareRerun } from '../../core/trace/compare/rerun.ts';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { ensureMachine } from './machines.ts';
import { takeSaved } from './reruns.ts';
import { shrinkTo } from './shrinks.ts';
import { findRun, session, updateRun } from './store.ts';
import { askDoom } from './tasks/doom.ts';
import { explainFinding } from './tasks/explain.ts';

const TURNSTILE = { kind: 'sample', name: 'turnstile' } as const;
const SETTINGS = { scenario: 'rush-hour', seed: '7', operationsMax: 60, faults: 'none' };
const FINDING = {
  kind: 'invariant',
  name: 'n is small',
  message: 'n is 7',
  shape: 'input x',
  stepIndex: 1,
} as const satisfies Finding;

let request: ReturnType<typeof stubBridge>;
let machineId: string;
let info: MachineInfo;

/** The kinds of tasks that were started. */
const started = () =>
  request.mock.calls.flatMap(([name, takes]) =>
    name === 'startTask' ? [(takes as { task: { kind: string } }).task.kind] : [],
  );

beforeEach(async () => {
  session.setState(session.getInitialState(), true);
  request = stubBridge();
  const machine = await ensureMachine(TURNSTILE);
  if (!machine?.info) throw new Error('the machine opens');
  machineId = machine.id;
  ({ info } = machine);
  const origin = { kind: 'machine', machine: TURNSTILE, settings: SETTINGS } as const;
  const trace = traceOf([book('Room 1'), paid(1), nothing]);
  session.setState({
    runs: [{ id: 'before', origin, status: 'completed', steps: 3, trace }],
    runId: 'before',
  });
});

/** What the run before comes to with a source: its finding is gone. */
function gone(sourceHash: string) {
  return { kind: 'ended', rerun: compareRerun([FINDING], [], 0), sourceHash } as const;
}

describe('what a run comes to with the source that was saved', () => {
  it('stays when that source is saved once more, or comes back', () => {
    updateRun('before', (run) => ({ ...run, withSaved: gone(info.sourceHash) }));
    takeSaved(machineId, { kind: 'broken', problem: { title: 'The file is gone.' } });
    takeSaved(machineId, { kind: 'loaded', info });
    expect(findRun('before')?.withSaved).toEqual(gone(info.sourceHash));
  });

  it('is not known any more when another source is saved', () => {
    updateRun('before', (run) => ({ ...run, withSaved: gone(info.sourceHash) }));
    takeSaved(machineId, { kind: 'loaded', info: { ...info, sourceHash: 'other' } });
    expect(findRun('before')?.withSaved).toBeUndefined();
  });
});

describe('a finding of an earlier source', () => {
  const askAll = async () => {
    shrinkTo(FINDING);
    await explainFinding('before', FINDING);
    await askDoom('before', FINDING);
  };
  const asked = () => started().filter((kind) => ['shrink', 'explain', 'doom'].includes(kind));

  it('is not asked about once it is known to be gone, which is said', async () => {
    updateRun('before', (run) => ({ ...run, withSaved: gone(info.sourceHash) }));
    await askAll();
    expect(asked()).toEqual([]);
    expect(session.getState().runs.map(({ id }) => id)).toEqual(['before']);
    expect(findRun('before')).not.toHaveProperty('explanation');
    const [shown] = session.getState().problems;
    expect(shown?.problem.title).toContain('is gone with the one that was saved');
  });

  it('is asked about while that is not known', async () => {
    updateRun('before', (run) => ({ ...run, withSaved: gone('of an earlier save') }));
    await askAll();
    expect(asked()).toEqual(['shrink', 'explain', 'doom']);
  });
});
