import { defineMachine, defineScenario, err, ok, type MachineTypes } from 'phasmoscope';

/** Text that would end elements and scripts, begin others, and load things. */
const TEXT =
  '</script><script>globalThis.hacked = 1</script></title></style><!--<script>' +
  '<img src=https://evil.example/x.png onerror="globalThis.hacked = 2">' +
  '\u2028globalThis.hacked = 3\u2029`${globalThis.hacked = 4}`\u0000\ud800';

/** As long as a name may be. */
const NAME = TEXT.slice(0, 190);

interface Hostile extends MachineTypes {
  State: { texts: Map<string, string>; count: number };
  Input: { kind: string; text: string };
  Id: string;
  Tracked: { kind: string };
  Untracked: { kind: string };
  Rejection: string;
}

/** A machine all of whose texts are hostile to whoever shows them. */
export const machine = defineMachine<Hostile>({
  name: `hostile ${NAME}`,
  description: TEXT,
  initialState: () => ({ texts: new Map([[TEXT, TEXT]]), count: 0 }),
  stf(state, input, actions) {
    if (input.kind !== 'normal') return ok();
    console.log(TEXT);
    if (state.current.count === 3) throw new Error(TEXT);
    actions.tracked(`${TEXT}${state.current.count}`, { kind: TEXT });
    actions.untracked({ kind: TEXT });
    state.update((draft) => {
      draft.count += 1;
      draft.texts.set(`${draft.count}${TEXT}`, TEXT);
    });
    return state.current.count === 2 ? err(TEXT) : ok();
  },
  restore: () => ok(),
  invariants: { [NAME]: ({ count }) => count < 2 || TEXT },
});

export const scenarios = [
  defineScenario<Hostile>({
    name: NAME,
    description: TEXT,
    defaults: { seed: '1', operations: 6 },
    start: () => ({
      next: () => ({ kind: 'normal', input: { kind: TEXT, text: TEXT } }),
      observe() {},
      tallies: () => ({ [NAME]: 1 }),
    }),
  }),
];
