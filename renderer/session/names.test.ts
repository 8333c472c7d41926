import { beforeEach, expect, it } from 'vitest';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { ensureMachine } from './machines.ts';
import { machineNameOf } from './names.ts';
import { session } from './store.ts';

const STATION = { kind: 'file', path: '/station/index.ts' } as const;

beforeEach(() => {
  session.setState(session.getInitialState(), true);
  stubBridge();
});

it('names a file by its path until the name of its machine is known', async () => {
  expect(machineNameOf(STATION)).toBe('index.ts');
  const machine = await ensureMachine(STATION);
  expect(machineNameOf(STATION)).toBe(`${machine?.info?.name} (index.ts)`);
});

it('knows the name of a machine that was open before', () => {
  const recents = [{ kind: 'machine', path: STATION.path, name: 'station' }] as const;
  expect(machineNameOf(STATION, undefined, { machines: [], recents })).toBe('station (index.ts)');
});

it('prefers the name that a trace tells', async () => {
  await ensureMachine(STATION);
  expect(machineNameOf(STATION, 'terminus')).toBe('terminus (index.ts)');
});
