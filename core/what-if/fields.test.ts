import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planChecks } from '../engine/check-plan.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { signatureOf } from '../engine/signature.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import type { Finding } from '../machine/finding.ts';
import { defineMachine, err, ok, type MachineTypes } from '../machine/machine.ts';
import type { AnyScenario } from '../machine/scenario.ts';
import { formatSentence } from '../trace/words/sentences.ts';
import { askButFor, type ButFor } from './but-for.ts';
import { explain } from './explanation.ts';
import { describeFields } from './field-words.ts';
import { startFork, type ForkSubject } from './fork.ts';
import { parentInMemory, type Parent } from './parent.ts';

interface Booking {
  readonly kind: 'Book';
  readonly day: string;
  readonly name: string;
}

interface Diary extends MachineTypes {
  State: { days: string[] };
  Input: Booking;
  Id: number;
  Tracked: never;
  Untracked: never;
  Result: never;
  Rejection: { readonly kind: 'Closed' };
}

/** A diary that books a day twice, but no Sunday. */
const diary = defineMachine<Diary>({
  name: 'diary',
  description: 'One booking a day.',
  initialState: () => ({ days: [] }),
  stf(state, input) {
    if (input.kind !== 'normal') return ok();
    if (input.input.day === 'Sunday') return err({ kind: 'Closed' });
    state.update((draft) => {
      draft.days.push(input.input.day);
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'one booking a day': ({ days }) => new Set(days).size === days.length },
});

const book = (day: string, name: string): Booking => ({ kind: 'Book', day, name });

interface Asked {
  readonly found: ButFor;
  readonly parent: Parent;
  readonly subject: ForkSubject;
  readonly signature: string;
}

async function ask(
  bookings: readonly Booking[],
  scenario?: AnyScenario,
): Promise<Asked | undefined> {
  const checks = planChecks(diary, FAULT_PROFILES.none);
  const list = bookings.map((input) => ({ kind: 'normal', input }) as const);
  const run = new Run(diary, replaySource(list), { checks });
  const label = { scenario: '', seed: 0n, operationsMax: list.length, faults: 'none' };
  const parent = await parentInMemory({ machine: diary, run, label });
  const steps = Array.from({ length: parent.length }, (_, at) => parent.step(at));
  const [finding] = steps.flatMap(({ findings }): readonly Finding[] => findings);
  if (!finding) return undefined;
  const signature = signatureOf(finding);
  const subject: ForkSubject = { machine: diary, checks, scenario };
  const found = await askButFor(subject, parent, { signature, stepIndex: finding.stepIndex });
  return { found, parent, subject, signature };
}

/** A scenario that draws other days, of which some are not possible. */
const drawing = (isPossible: (input: Booking) => boolean, day = 'Friday'): AnyScenario =>
  ({
    name: '',
    description: '',
    defaults: { seed: '0', operations: 1 },
    isPossible,
    start: () => ({
      next: () => ({ kind: 'normal', input: book(day, 'Drawn') }),
      observe() {},
      tallies: () => ({}),
    }),
  }) as AnyScenario;

const briefly = ({ found }: Pick<Asked, 'found'>) =>
  found.fields.map(({ stepIndex, name, need }) => `${stepIndex} ${name} ${need}`);

describe('the fields of requests', () => {
  it('are told to matter or not', async () => {
    const bookings = [book('Monday', 'Ada'), book('Tuesday', 'Bo'), book('Monday', 'Cy')];
    // On Tuesday there is another one: the scenario's Friday is what makes it pass.
    const asked = await ask(
      bookings,
      drawing(() => true),
    );
    if (!asked) throw new Error('It should fail.');
    expect(briefly(asked)).toEqual([
      '0 day needed',
      '0 name notNeeded',
      '2 day needed',
      '2 name notNeeded',
    ]);
    expect(explain(asked.parent, asked.found).map(formatSentence)).toContain(
      'Of the requests at step 0 and step 2, day matters; name does not (3 other values of each were tried).',
    );
  });

  it('have values that the scenario draws, and says are possible', async () => {
    const twice = [book('Monday', 'Ada'), book('Monday', 'Ada')];
    expect((await ask(twice))?.found.fields).toEqual([]);
    const drawn = await ask(
      twice,
      drawing(() => true),
    );
    expect(drawn && briefly(drawn)).toContain('0 day needed');
    const closed = await ask(
      twice,
      drawing(({ day }) => day !== 'Friday'),
    );
    expect(closed && briefly(closed)).toEqual(['0 name notNeeded', '1 name notNeeded']);
  });

  it('do not matter for being refused with other values', async () => {
    const isAnyPossible = () => true;
    const twice = [book('Monday', 'Ada'), book('Monday', 'Ada')];
    const asked = await ask(twice, drawing(isAnyPossible, 'Sunday'));
    if (!asked) throw new Error('It should fail.');
    expect(explain(asked.parent, asked.found).map(formatSentence)).toEqual(
      expect.arrayContaining([
        'Of the requests at step 0 and step 1, name does not matter (1 other value of each was tried).',
        'With other values of day, the requests at step 0 and step 1 are refused.',
      ]),
    );
  });

  it('say at which of the requests another value is refused', () => {
    const other = { kind: 'input', at: 0, input: null } as const;
    const field = { name: 'day', need: 'needed', other } as const;
    const told = describeFields([
      { ...field, stepIndex: 0, tried: 2, refused: 0 },
      { ...field, stepIndex: 4, tried: 1, refused: 1 },
      { ...field, stepIndex: 9, tried: 0, refused: 3 },
    ]);
    expect(told.map(formatSentence)).toEqual([
      'Of the requests at step 0 and step 4, day matters.',
      'With some other values of day, the request at step 4 is refused.',
      'With other values of day, the request at step 9 is refused.',
    ]);
  });

  it('have no values of what every object inherits', async () => {
    const odd = { ...book('Monday', 'Ada'), constructor: 'Bo', toString: 'Cy' };
    const asked = await ask([odd, book('Monday', 'Bo')] as readonly Booking[]);
    expect(asked && briefly(asked)).toEqual(['0 name notNeeded', '1 name notNeeded']);
  });

  it('matter as a run of its own shows', async () => {
    const booking = fc.record({
      day: fc.constantFrom('Monday', 'Tuesday', 'Friday'),
      name: fc.constantFrom('Ada', 'Bo'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(booking, { minLength: 2, maxLength: 6 }), async (list) => {
        const asked = await ask(list.map(({ day, name }) => book(day, name)));
        if (!asked) return;
        const { found, parent, subject, signature } = asked;
        for (const { need, other } of found.fields) {
          const fork = { from: 0, changes: [other], goesOn: 'sameOperations' } as const;
          const { run } = await startFork(subject, parent, fork);
          const seen: Finding[] = [];
          await run.advance(Number.POSITIVE_INFINITY, (step) => seen.push(...step.findings));
          expect(seen.some((one) => signatureOf(one) === signature)).toBe(need !== 'needed');
        }
        for (const { part, need } of found.parts) {
          if (need !== 'needed') continue;
          const fork = { from: 0, changes: part.without, goesOn: 'sameOperations' } as const;
          const { run } = await startFork(subject, parent, fork);
          const seen: Finding[] = [];
          await run.advance(Number.POSITIVE_INFINITY, (step) => seen.push(...step.findings));
          expect(seen.map(signatureOf)).not.toContain(signature);
        }
      }),
      { numRuns: 60 },
    );
  });
});
