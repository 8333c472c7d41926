/**
 * @file Machines that throw what nobody should throw, wherever code of an author runs: each way to be
 * thrown in each place.
 */

/** A machine file that misbehaves. */
export interface HostileMachine {
  /** What it throws, and where: `a revoked proxy, in an invariant`. */
  readonly name: string;
  readonly source: string;
}

/** Statements that throw, by what they throw. */
const THROWS: Readonly<Record<string, string>> = {
  nothing: 'throw undefined;',
  'a symbol': `throw Symbol('boom');`,
  'a text that commands a terminal': String.raw`throw '\u001b[2J\u001b]0;title\u0007\nAll is well.';`,
  'an object that cannot be made a string': 'throw { toString() { throw new Error("no"); } };',
  'a proxy that refuses everything': `
    const no = () => { throw new Error('no'); };
    throw new Proxy(new Error('p'), { get: no, getPrototypeOf: no, has: no, ownKeys: no });`,
  'an error of odd parts': `throw Object.assign(new Error('x'), { stack: 42, message: {}, name: Symbol('n') });`,
  'an error with a getter that throws': `throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('no'); } });`,
  'an error of 1 MB': `throw new Error('h'.repeat(1e6));`,
  'an error with a long name': `throw Object.assign(new Error('x'), { name: 'n'.repeat(1e5) });`,
  'an error of deep recursion': 'const again = () => again() + 1; again();',
};

/** The places where such a statement can stand. */
const PLACES = {
  'at import': 'atImport',
  'in initialState': 'inInitialState',
  'in stf': 'inStf',
  'in restore': 'inRestore',
  'in an invariant': 'inInvariant',
  'in next of the scenario': 'inNext',
} as const;

type Place = (typeof PLACES)[keyof typeof PLACES];

function sourceOf(place: Place, statement: string): string {
  const at = (here: Place) => (here === place ? statement : '');
  return `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
${at('atImport')}
export const machine = defineMachine({
  name: 'hostile', description: '',
  initialState() { ${at('inInitialState')} return { n: 0 }; },
  stf(state, input, actions) {
    if (state.current.n === 3) { ${at('inStf')} }
    state.update((draft) => { draft.n += 1; });
    actions.untracked('moved');
    return ok();
  },
  restore() { ${at('inRestore')} return ok(); },
  invariants: { 'n stays small'(state) { if (state.n === 3) { ${at('inInvariant')} } return true; } },
});
export const scenarios = [defineScenario({
  name: 's', description: '', defaults: { seed: '1', operations: 20 },
  start() {
    let made = 0;
    return {
      next() { made += 1; if (made === 10) { ${at('inNext')} } return { kind: 'normal', input: 'x' }; },
      observe() {}, tallies: () => ({}),
    };
  },
})];
`;
}

/** Sixty machines. */
export const HOSTILE_MACHINES: readonly HostileMachine[] = Object.entries(THROWS).flatMap(
  ([thrown, statement]) =>
    Object.entries(PLACES).map(([where, place]) => ({
      name: `${thrown}, ${where}`,
      source: sourceOf(place, statement),
    })),
);
