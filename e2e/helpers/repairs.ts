import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderOutside } from './outside.ts';

/**
 * A machine outside of the checkout, as somebody else would write one: a workshop that orders a part for
 * each repair and charges for it. A repair that was given up while its part was on the way is charged
 * when the part comes.
 */
const MACHINE = `import { defineMachine, defineScenario, err, ok, type MachineTypes } from 'phasmoscope';

interface Repair {
  device: string;
  status: 'waiting' | 'charging' | 'done' | 'givenUp' | 'unpaid';
}

interface Workshop extends MachineTypes {
  State: { repairs: Map<string, Repair>; next: number };
  Input: { kind: 'Accept'; device: string } | { kind: 'GiveUp'; repair: string };
  Id: string;
  Tracked: { kind: 'OrderPart'; device: string } | { kind: 'Charge'; repair: string };
  Untracked: { kind: 'Mail'; text: string };
  Result: 'delivered' | 'paid' | 'declined';
  Rejection: 'NoSuchRepair' | 'TooLate';
}

export const machine = defineMachine<Workshop>({
  name: 'workshop',
  description: 'Repairs with parts that are ordered.',
  initialState: () => ({ repairs: new Map(), next: 1 }),
  stf(state, input, actions) {
    if (input.kind === 'normal') {
      const { input: asked } = input;
      if (asked.kind === 'Accept') {
        const id = 'r' + state.current.next;
        actions.tracked('part-' + id, { kind: 'OrderPart', device: asked.device });
        actions.untracked({ kind: 'Mail', text: 'accepted' });
        state.update((draft) => {
          draft.next += 1;
          draft.repairs.set(id, { device: asked.device, status: 'waiting' });
        });
        return ok();
      }
      const repair = state.current.repairs.get(asked.repair);
      if (!repair) return err('NoSuchRepair');
      if (repair.status !== 'waiting') return err('TooLate');
      state.update((draft) => {
        draft.repairs.get(asked.repair)!.status = 'givenUp';
      });
      return ok();
    }
    const [what, id = ''] = input.id.split('-');
    const repair = state.current.repairs.get(id);
    if (!repair) return ok();
    if (what === 'part') {
      if (repair.status === 'charging' || repair.status === 'done') return ok();
      actions.tracked('charge-' + id, { kind: 'Charge', repair: id });
      state.update((draft) => {
        draft.repairs.get(id)!.status = 'charging';
      });
      return ok();
    }
    if (repair.status !== 'charging') return ok();
    state.update((draft) => {
      draft.repairs.get(id)!.status = input.result === 'paid' ? 'done' : 'unpaid';
    });
    return ok();
  },
  restore(state, actions) {
    for (const [id, { status, device }] of state.repairs) {
      if (status === 'waiting') actions.tracked('part-' + id, { kind: 'OrderPart', device });
      if (status === 'charging') actions.tracked('charge-' + id, { kind: 'Charge', repair: id });
    }
    return ok();
  },
  invariants: {},
});

const DEVICES = ['lamp', 'radio', 'clock'];

export const scenarios = [
  defineScenario<Workshop>({
    name: 'week',
    description: 'People bring things, and change their minds.',
    defaults: { seed: '4', operations: 80 },
    start: (random, faults) => ({
      next(state) {
        const repairs = [...state.repairs.keys()];
        if (random.genBool(0.3)) {
          return { kind: 'normal', input: { kind: 'GiveUp', repair: random.choose(repairs) ?? 'r0' } };
        }
        const device = random.choose(DEVICES) ?? 'lamp';
        return { kind: 'normal', input: { kind: 'Accept', device } };
      },
      observe: () => {},
      tallies: () => ({}),
      external: {
        receive: (_, action) => {
          if (action.kind === 'OrderPart') return 'delivered';
          return faults.strikes() ? 'declined' : 'paid';
        },
      },
    }),
  }),
];
`;

/** A folder with the machine of the workshop. */
export interface RepairsPackage {
  readonly machine: string;
}

/** Writes the machine of the workshop into a folder of its own. */
export function writeRepairs(): RepairsPackage {
  const folder = makeFolderOutside();
  const machine = join(folder, 'workshop.ts');
  writeFileSync(join(folder, 'package.json'), '{ "name": "workshop", "type": "module" }');
  writeFileSync(machine, MACHINE);
  return { machine };
}
