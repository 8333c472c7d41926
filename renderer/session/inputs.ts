import { request } from '../api.ts';
import { showProblem, withdrawProblems } from './notices.ts';
import { selectMachine, session } from './store.ts';

/** Asks for a file of inputs and sets the toolbar to it. */
export async function chooseInputs(): Promise<void> {
  const chosen = await request('chooseFile', 'inputs');
  if (chosen) await pickInputs(chosen.path);
}

/** Sets the toolbar to all inputs of a file; returns whether that worked. */
export async function pickInputs(path: string): Promise<boolean> {
  const machineId = selectMachine(session.getState())?.id;
  if (machineId === undefined) {
    showProblem({
      title: 'A file of inputs needs an open machine, and none is open.',
      remedy: 'Open the machine first, and then its inputs.',
    });
    return false;
  }
  const answer = await request('readInputs', { path });
  if (answer.kind === 'problem') {
    showProblem(answer.problem, machineId);
    return false;
  }
  withdrawProblems(machineId);
  const { name, operations } = answer.value;
  session.setState(({ settings }) => ({
    settings: { ...settings, scenario: name, inputs: path, operations: String(operations) },
  }));
  return selectMachine(session.getState())?.id === machineId;
}
