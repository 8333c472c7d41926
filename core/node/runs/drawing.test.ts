import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf } from '../../drawing/drawing.ts';
import { recordRun } from '../../trace/recorder.ts';
import { TraceBuilder } from '../../trace/trace-builder.ts';
import type { Trace } from '../../trace/trace.ts';
import { withMachine, type LoadedMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { drawSteps, viewsOf, type Drawn } from './drawing.ts';
import { planRun, startRecorded } from './planning.ts';

async function recorded(loaded: LoadedMachine, operationsMax = 120): Promise<Trace> {
  const plan = await planRun(loaded, { faults: 'chaos', operationsMax });
  const builder = new TraceBuilder();
  await recordRun(await startRecorded(plan, 5n), (line) => builder.push(`${line}\n`));
  if (!builder.trace) throw new Error('the run has no header');
  return builder.trace;
}

async function drawnAt(loaded: LoadedMachine, trace: Trace, view: string, steps: number[]) {
  const drawn: Drawn[] = [];
  await drawSteps(loaded, trace, view, steps, (one) => drawn.push(one) > 0);
  return drawn;
}

describe('the views of the samples', () => {
  it.each([
    ['dentist-booking-unchecked', ['week']],
    ['dentist-booking-hardened', ['week']],
    ['payment-ledger', ['accounts', 'charges']],
    ['parcel-locker-python', ['doors']],
  ])(
    'of %s can be drawn at every step',
    (name, views) =>
      withMachine(pathOfMachine({ kind: 'sample', name }), async (loaded) => {
        expect(Object.keys(viewsOf(loaded))).toEqual(views);
        const trace = await recorded(loaded);
        const steps = Array.from({ length: trace.length + 1 }, (_, at) => at - 1);
        for (const view of views) {
          const drawn = await drawnAt(loaded, trace, view, steps);
          expect(drawn.filter(({ kind }) => kind !== 'drawn')).toEqual([]);
          expect(drawn).toHaveLength(steps.length);
        }
      }),
    60_000,
  );

  it('show the overlap of the planted defect', () =>
    withMachine(
      pathOfMachine({ kind: 'sample', name: 'dentist-booking-unchecked' }),
      async (loaded) => {
        const trace = await recorded(loaded, 400);
        const overlap = trace.findings.find(({ name }) => name === 'no two bookings overlap');
        const at = overlap?.stepIndex ?? 0;
        const [before, after] = await drawnAt(loaded, trace, 'week', [at - 1, at]);
        const bad = (one: Drawn | undefined) =>
          one?.kind === 'drawn' && one.drawing.kind === 'calendar'
            ? one.drawing.entries.filter(({ tone }) => tone === 'bad').length
            : undefined;
        expect([bad(before), bad(after)]).toEqual([0, 2]);
      },
    ));
});

describe('a view', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phasmoscope-views-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function withView<T>(
    body: string,
    act: (loaded: LoadedMachine, trace: Trace) => Promise<T>,
  ): Promise<T> {
    const path = join(folder, 'machine.ts');
    await writeFile(
      path,
      `export const machine = {
  name: 'tally', description: 'Counts.', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft) => { draft.n += 1; }); return { kind: 'ok' }; },
  restore: () => ({ kind: 'ok' }), invariants: {},
  views: {
    picture: (state) => ${body},
  },
};
export const scenarios = [{
  name: 's', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'tick' }), observe() {}, tallies: () => ({}) }),
}];
`,
    );
    return withMachine(path, async (loaded) => act(loaded, await recorded(loaded, 5)));
  }

  it('is given the state of each step, the initial one included', async () => {
    const body = "({ kind: 'bars', bars: [{ id: 'n', title: 'n', value: state.n }] })";
    const values = await withView(body, async (loaded, trace) =>
      (await drawnAt(loaded, trace, 'picture', [-1, 0, 4])).map((drawn) =>
        drawn.kind === 'drawn' ? itemsOf(drawn.drawing) : drawn.problem,
      ),
    );
    expect(values).toEqual([0, 1, 5].map((value) => [{ id: 'n', title: 'n', value }]));
  });

  it.each([
    ['throws', '{ throw new Error("no week") }', 'threw Error: no week, at machine.ts:6:33'],
    ['returns HTML', "'<b>'", 'must return an object whose `kind` is one of'],
    ['looks at the clock', "({ kind: 'cards', cards: [], at: Date.now() })", 'Date.now'],
    ['writes to the state', '{ state.n = 7; }', 'threw TypeError'],
    ['returns an object that throws', "({ get kind() { throw 'gone'; } })", 'threw gone'],
  ])('that %s is a problem with its place', (_, body, message) =>
    withView(body, async (loaded, trace) => {
      const [drawn] = await drawnAt(loaded, trace, 'picture', [2]);
      expect(drawn).toMatchObject({
        kind: 'undrawn',
        stepIndex: 2,
        problem: { title: expect.stringContaining(message) as string },
      });
    }),
  );

  it('that is not there is refused with those that are', () =>
    withView('({})', (loaded, trace) =>
      expect(drawnAt(loaded, trace, 'week', [0])).rejects.toMatchObject({
        problem: { remedy: 'Choose one of: picture.' },
      }),
    ));
});
