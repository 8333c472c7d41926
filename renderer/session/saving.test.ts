import { beforeEach, expect, it, type Mock } from 'vitest';
import { book, nothing, paid, traceOf } from '../../core/test-helpers/test-desk.ts';
import { stubBridge } from '../test-helpers/test-bridge.ts';
import { savePicture } from './saving.ts';
import { session } from './store.ts';

const BYTES = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0);
const PICTURE = { kind: 'picture', bytes: BYTES } as const;
const SETTINGS = { scenario: 'list', seed: '0', operationsMax: 3, faults: 'none' };

let request: Mock<(name: string, takes: unknown) => Promise<unknown>>;

beforeEach(() => {
  request = stubBridge();
  const machine = { kind: 'sample', name: 'desk' } as const;
  const trace = traceOf([book('Room 1'), paid(1), nothing]);
  session.setState({
    ...session.getInitialState(),
    runs: [
      {
        id: 'run',
        origin: { kind: 'machine', machine, settings: SETTINGS },
        status: 'completed',
        steps: 3,
        trace,
      },
    ],
    runId: 'run',
  });
});

it.each([
  [2, 'causality', 'desk-list-0-step-2-causality.png'],
  [-1, 'timeline', 'desk-list-0-start-timeline.png'],
])(
  'names a picture at step %i after the run, the step and %s',
  async (stepIndex, subject, name) => {
    session.setState({ cursors: { run: { stepIndex, isTouched: true } } });
    await savePicture(PICTURE, subject);
    expect(request).toHaveBeenCalledWith('savePicture', { suggestedName: name, picture: PICTURE });
    expect(session.getState().notice).toBe('Saved desk.png');
  },
);

it('names a moving picture after its first and last step', async () => {
  const film = { kind: 'film', bytes: new TextEncoder().encode('GIF89a') } as const;
  await savePicture(film, 'state', { from: 0, to: 2 });
  const suggestedName = 'desk-list-0-step-0-to-2-state.gif';
  expect(request).toHaveBeenCalledWith('savePicture', { suggestedName, picture: film });
});

it('sends nothing that is not a picture', async () => {
  const picture = { kind: 'picture', bytes: Uint8Array.of(1, 2, 3) } as const;
  await expect(savePicture(picture, 'timeline')).rejects.toThrow('must be a PNG');
  const film = { kind: 'film', bytes: BYTES } as const;
  await expect(savePicture(film, 'timeline')).rejects.toThrow('must be a GIF');
  expect(request).not.toHaveBeenCalled();
});
