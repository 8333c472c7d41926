import { beforeEach, expect, it } from 'vitest';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { pickMachine } from './machines.ts';
import { dismissProblem, selectProblems, showProblem, withdrawProblems } from './notices.ts';
import { removeRuns, session } from './store.ts';

const BROKEN = { title: 'broken.ts could not be loaded.' };
const titles = () => selectProblems(session.getState()).map(({ problem }) => problem.title);

beforeEach(() => session.setState(session.getInitialState(), true));

it('shows why a machine could not be opened until another one is picked', async () => {
  stubBridge({ '/broken.ts': BROKEN });
  await pickMachine({ kind: 'file', path: '/broken.ts' });
  expect(titles()).toEqual([BROKEN.title]);
  await pickMachine({ kind: 'sample', name: 'turnstile' });
  expect(titles()).toEqual([]);
});

it('forgets why a machine could not be opened when it opens', async () => {
  stubBridge({ '/broken.ts': BROKEN });
  await pickMachine({ kind: 'file', path: '/broken.ts' });
  stubBridge();
  await pickMachine({ kind: 'file', path: '/broken.ts' });
  expect(session.getState().problems).toEqual([]);
});

it('shows the problem of a run while that run is on the screen', () => {
  session.setState({ runId: 'one' });
  showProblem({ title: 'Line 12 is damaged.' }, 'one');
  expect(titles()).toEqual(['Line 12 is damaged.']);
  session.setState({ runId: 'two' });
  expect(titles()).toEqual([]);
  session.setState({ runId: 'one' });
  expect(titles()).toEqual(['Line 12 is damaged.']);
  removeRuns(['one']);
  expect(session.getState().problems).toEqual([]);
});

it('says in the status line what went wrong elsewhere', () => {
  session.setState({ runId: 'one' });
  showProblem({ title: 'The disk is full.' });
  expect(session.getState().notice).toBeUndefined();
  showProblem({ title: 'The sweep broke.' }, 'sweep');
  expect(session.getState().notice).toBe('The sweep broke.');
});

it('shows the same problem once, until it is dismissed or withdrawn', () => {
  showProblem({ title: 'The disk is full.' });
  showProblem({ title: 'The disk is full.' });
  const [shown] = selectProblems(session.getState());
  expect(titles()).toHaveLength(1);
  dismissProblem(shown?.id ?? -1);
  expect(titles()).toEqual([]);
  session.setState({ machineId: 'machine' });
  showProblem(BROKEN, 'machine');
  withdrawProblems('machine');
  expect(titles()).toEqual([]);
});
