import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Finding } from '../../machine/finding.ts';
import { recordRun } from '../../trace/recorder.ts';
import { formatSentence } from '../../trace/words/sentences.ts';
import { withMachine } from '../load/machine-loader.ts';
import { pathOfMachine } from '../load/samples.ts';
import { traceOfLines } from './explaining.ts';
import { tellKnownCause } from './known-cause.ts';
import { planRun, startRecorded } from './planning.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-known-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is known of the first finding of a run that is meant, with the texts of lines in place of their numbers. */
async function knownOf(
  path: string,
  { seed, faults = 'chaos', operationsMax = 1_000 }: Run,
  isMeant: (finding: Finding) => boolean,
): Promise<readonly string[]> {
  return withMachine(path, async (loaded) => {
    const plan = await planRun(loaded, { faults, operationsMax });
    const lines: string[] = [];
    await recordRun(await startRecorded(plan, seed), (line) => lines.push(line));
    const trace = traceOfLines(lines);
    const finding = trace.findings.find(isMeant);
    if (!finding) throw new Error('the seed has no such finding');
    const sentences = await tellKnownCause(trace, finding, loaded);
    const { predicate } = finding;
    const described = sentences.map(formatSentence);
    return [...described, ...(predicate ? [`Predicate at ${predicate}`] : [])].map((sentence) =>
      sentence.replaceAll(/((?:[\w.-]+\/)*[\w.-]+):(\d+):\d+/g, (_, file: string, line: string) => {
        const text = readFileSync(join(path, '..', file), 'utf8').split('\n')[Number(line) - 1];
        return `«${text?.trim()}»`;
      }),
    );
  });
}

interface Run {
  readonly seed: bigint;
  readonly faults?: string;
  readonly operationsMax?: number;
}

const DENTIST = pathOfMachine({ kind: 'sample', name: 'dentist-booking' });
/** A call, and the line that it leads to. */
const RELEASE =
  "«trackUnlessRefused(actions, id, { kind: 'Release', reqId: id });», which leads to " +
  '«actions.tracked(id, action);»';
const CHECK = "«trackUnlessRefused(actions, id, { kind: 'CheckStatus', reqId: id });»";
const HOLD =
  '«return hold(state, input, slot, actions);», which leads to ' +
  "«actions.tracked(id, { kind: 'Preauth', userId, amountCents, reqId: id });»";

/** Each cause of the dentist under chaos, with the seed that a sweep names for it. */
it.each([
  {
    seed: 0n,
    name: 'idempotent completion',
    shape: 'completion Success',
    known: [
      'Traced to step 2 (completion Success); see «state.update((draft) => {».',
      'Last change of request 1: step 2, from AwaitingPreauth to SlotConfirmed.',
      'Last change of booking Wednesday 14:30: step 2.',
    ],
  },
  {
    seed: 0n,
    name: 'tracked actions are restorable',
    shape: 'completion Success',
    known: [
      `Restore after step 13 would not emit Release #3 again; see ${CHECK}.`,
      `Traced to step 13 (completion Success): its action Preauth #3 had ended in step 11; see ${RELEASE}.`,
      'Last change of request 3: step 13, from SlotConfirmed to SlotTaken.',
    ],
  },
  {
    seed: 0n,
    name: 'results update state',
    shape: 'completion Pending',
    known: [
      'Traced to step 33 (completion Pending); see «return ok();».',
      'Last change of request 8: step 21 (input RequestAuto), which added it as AwaitingPreauth; ' +
        `see ${HOLD}.`,
    ],
  },
  {
    seed: 0n,
    name: 'atomicity',
    shape: 'input RequestAuto, actionRefused',
    known: [
      'Traced to step 139 (input RequestAuto, actionRefused): the container refused Preauth #34; ' +
        `see ${HOLD}.`,
    ],
  },
  {
    seed: 3n,
    name: 'every hold is charged for a booking or released',
    shape: 'completion Success, actionRefused',
    known: [
      'Traced to step 115 (completion Success, actionRefused): its action Preauth #26 had ended ' +
        `in step 86 and the container refused Release #26; see ${RELEASE}.`,
      'Last change of request 26: step 115, from AwaitingPreauth to SlotTaken.',
      "Predicate at «'every hold is charged for a booking or released': (state: State): SettledVerdict => {»",
    ],
  },
  {
    seed: 7n,
    name: 'every booking is paid for',
    shape: 'completion Failed',
    known: [
      'Traced to step 8 (completion Failed): its action Preauth #3 had ended in step 7 and it emitted ' +
        "no tracked action; see «setStatus(state, id, 'NoSlot');», which leads to " +
        '«state.update((draft) => {».',
      'Last change of request 3: step 8, from SlotConfirmed to NoSlot.',
      'Last change of Tuesday 09:00: step 7 (completion Success); see «state.update((draft) => {».',
      "Predicate at «'every booking is paid for': (state: State): SettledVerdict => {»",
    ],
  },
  {
    seed: 23n,
    name: 'every hold is charged for a booking or released',
    shape: 'completion Success',
    known: [
      'Lost: Release #15 from step 62, in the crash in step 63, before it was sent.',
      'Restore in step 64 did not emit Release #15 again; it emitted CheckStatus #7, CheckStatus #13, ' +
        `CheckStatus #20, CheckStatus #22, and 2 more; see ${CHECK}.`,
      `Traced to step 62 (completion Success); see ${RELEASE}.`,
      'Last change of request 15: step 62, from AwaitingPreauth to SlotTaken.',
      "Predicate at «'every hold is charged for a booking or released': (state: State): SettledVerdict => {»",
    ],
  },
])('says what is known of $name ($shape)', async ({ seed, name, shape, known }) => {
  const isMeant = (one: Finding) => one.name === name && one.shape === shape;
  expect(await knownOf(DENTIST, { seed }, isMeant)).toEqual(known);
});

it('says that the container refused what restore emitted', async () => {
  const isMeant = ({ shape }: Finding) => shape === 'restore, actionRefused';
  const known = await knownOf(DENTIST, { seed: 5n }, isMeant);
  expect(known[0]).toMatch(
    /^Traced to step 223 \(restore, actionRefused\): the container refused CheckStatus #8; see «trackUnlessRefused/,
  );
});

it('says which steps changed last what a planted defect breaks', async () => {
  const path = pathOfMachine({ kind: 'sample', name: 'dentist-booking-unchecked' });
  const isMeant = ({ name }: Finding) => name === 'no two bookings overlap';
  const known = await knownOf(path, { seed: 0n, faults: 'none', operationsMax: 40 }, isMeant);
  expect(known).toEqual([
    expect.stringMatching(/^Traced to step 11 \(completion Success\); see «state.update/),
    expect.stringMatching(/^Last change of \w+ \d\d:\d\d: step \d+/),
    expect.stringMatching(/^Last change of \w+ \d\d:\d\d: step \d+/),
    expect.stringContaining("Predicate at «'no two bookings overlap'"),
  ]);
});

/** Tickets as somebody else would write them: no declared records, and a verdict without an id. */
const TICKETS = `import { defineMachine, defineScenario, ok } from 'phasmoscope';

export const machine = defineMachine<any>({
  name: 'tickets',
  description: 'Seats, paid for, and given back.',
  initialState: () => ({ next: 1, orders: new Map() }),
  stf(state, given, actions) {
    if (given.kind === 'normal') {
      const id = state.current.next;
      state.update((draft) => {
        draft.next += 1;
        draft.orders.set(id, { id, status: 'paying' });
      });
      actions.tracked('charge-' + id, { kind: 'Charge', order: id });
      return ok();
    }
    const id = Number(given.id.split('-')[1]);
    if (given.result === 'charged') {
      state.update((draft) => { draft.orders.get(id).status = 'refunding'; });
      actions.tracked('refund-' + id, { kind: 'Refund', order: id });
    } else {
      state.update((draft) => { draft.orders.get(id).status = 'refunded'; });
    }
    return ok();
  },
  // A refund is forgotten in a crash.
  restore(state, actions) {
    for (const { id, status } of state.orders.values()) {
      if (status === 'paying') actions.tracked('charge-' + id, { kind: 'Charge', order: id });
    }
    return ok();
  },
  invariants: {},
});

export const scenarios = [
  defineScenario<any>({
    name: 'evening',
    description: '',
    defaults: { seed: '1', operations: 30 },
    start: (random) => ({
      next: () => ({ kind: 'normal', input: { kind: 'Buy', seat: random.genRange('u32', 0, 9) } }),
      observe: () => {},
      tallies: () => ({}),
      external: {
        receive: (id, action) => (action.kind === 'Charge' ? 'charged' : 'refunded'),
        settled: {
          'everything is given back': (state) => {
            for (const { id, status } of state.orders.values()) {
              if (status !== 'refunded') return 'order ' + id + ' is ' + status;
            }
            return true;
          },
        },
      },
    }),
  }),
];
`;

it('says it of a machine elsewhere whose verdict names a record alone', async () => {
  const path = join(folder, 'tickets.ts');
  writeFileSync(path, TICKETS);
  const isMeant = ({ name, message }: Finding) =>
    name === 'everything is given back' && message.endsWith('refunding');
  const known = await knownOf(path, { seed: 1n, faults: 'crashes', operationsMax: 60 }, isMeant);
  const [lost, restored, traced, changed, predicate] = known;
  expect(traced).toMatch(
    /^Traced to step \d+ \(completion charged\); see «actions.tracked\('refund-' \+ id/,
  );
  expect(changed).toMatch(/^Last change of order \d+: step \d+, from paying to refunding\.$/);
  expect(lost).toMatch(/^Lost: Refund refund-\d+ from step \d+, in the crash in step \d+/);
  expect(restored).toMatch(/^Restore in step \d+ did not emit Refund refund-\d+ again; it emitted/);
  expect(predicate).toContain("Predicate at «'everything is given back': (state) => {»");
});
