import { childProcess } from 'phasmoscope';

export { scenarios } from './scenarios.ts';

/** The machine is machine.py; its doors and people are simulated here. */
export const machine = childProcess({
  name: 'parcel-locker-python',
  description: 'A parcel locker with doors that jam, in Python: a machine in a process of its own.',
  command: ['python3', 'machine.py'],
  records: {
    box: {
      at: ['boxes', '*'],
      phase: 'phase',
      transitions: {
        free: ['storing'],
        storing: ['stored', 'jammed'],
        stored: ['collecting'],
        collecting: ['free', 'jammed'],
        jammed: ['free', 'stored'],
      },
    },
    order: { at: ['orders', '*'] },
  },
});
