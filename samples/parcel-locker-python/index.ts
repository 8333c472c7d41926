import { childProcess, type DeepReadonly, type GridView, type Tone } from 'phasmoscope';
import type { Box, ParcelLocker } from './locker.ts';

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
  views: { doors },
});

const TONES: Readonly<Record<Box['phase'], Tone>> = {
  free: 'muted',
  storing: 'waiting',
  stored: 'good',
  collecting: 'waiting',
  jammed: 'bad',
};

/** The doors of the locker, with what is behind them. */
function doors({ boxes }: DeepReadonly<ParcelLocker['State']>): GridView {
  return {
    kind: 'grid',
    columns: 3,
    places: Object.entries(boxes).map(([id, { size, phase, parcel }]) => ({
      id,
      title: `Box ${id}, ${size}`,
      detail: parcel === null ? phase : `${phase}: ${parcel}`,
      tone: TONES[phase],
    })),
  };
}
