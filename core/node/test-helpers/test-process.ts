import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A counter whose inputs say what to do, right or wrong. Its first argument says how it begins;
 * the second one is a file for its process id. It speaks the newest version that it is offered.
 */
const COUNTER = `
const fs = require('node:fs');
if (process.argv[3]) fs.writeFileSync(process.argv[3], String(process.pid));
const out = (text) => fs.writeSync(1, text);
const say = (id, body) => out(JSON.stringify({ id, ...body }) + '\\n');
const beginnings = {
  sound: () => ({ protocolVersion: version, name: 'counter', invariants: ['small'], state: { n: 0, log: [] } }),
  version: () => ({ ...beginnings.sound(), protocolVersion: 3 }),
  first: () => { version = 1; return beginnings.sound(); },
  second: () => { version = 2; return beginnings.sound(); },
  twins: () => ({ ...beginnings.sound(), invariants: ['small', 'small'] }),
  many: () => ({ ...beginnings.sound(), invariants: Array.from({ length: 1_001 }, (_, at) => 'i' + at) }),
  scalar: () => ({ ...beginnings.sound(), state: 0 }),
  name: () => ({ ...beginnings.sound(), name: 'another' }),
  stateless: () => ({ protocolVersion: version, name: 'counter', invariants: [] }),
  garbage: () => { out('loading...\\n'); return beginnings.sound(); },
  silent: () => undefined,
  spins: () => { for (;;); },
  exits: () => { process.stderr.write('no configuration\\n'); process.exit(3); },
};
const mode = process.argv[2] ?? 'sound';
let version = 1;
let state = { n: 0, log: [] };
// What undo leads to.
let previous;
let isMute = false;
let hidden = 0;
let currentId = 0;
const ok = (actions = []) => ({ outcome: { kind: 'ok' }, actions, state });
const inputs = {
  add: () => { state = { ...state, n: state.n + 1 }; return ok(); },
  unfit: () => ({ outcome: { kind: 'ok' }, actions: [], changes: [['removed', ['missing']]] }),
  unformed: () => ({ outcome: { kind: 'ok' }, actions: [], changes: [['moved', ['n']]] }),
  both: () => ({ ...ok(), changes: [] }),
  differs: () => { state = { ...state, n: version }; return ok(); },
  unsaid: () => { state = { ...state, n: state.n + 1 }; return { outcome: { kind: 'ok' }, actions: [] }; },
  wider: () => { state = { ...state, log: [...state.log, [1]] }; return { outcome: { kind: 'ok' }, actions: [], changes: [['changed', ['log'], state.log]] }; },
  look: () => ({ outcome: { kind: 'ok' }, actions: [] }),
  pid: () => { state = { ...state, n: process.pid }; return ok(); },
  big: () => { state = { ...state, n: { $bigint: '9007199254740993' } }; return ok(); },
  refuse: () => ({ outcome: { kind: 'err', error: 'no' }, actions: [] }),
  changeAndRefuse: () => { state = { ...state, n: 99 }; return { ...ok(), outcome: { kind: 'err', error: 'no' } }; },
  act: (refused) => {
    const actions = [{ kind: 'tracked', id: 1, action: 'a' }, { kind: 'untracked', action: 'b' }];
    state = { ...state, log: refused === undefined ? ['sent'] : ['refused ' + refused] };
    return ok(actions.filter((_, index) => index !== refused));
  },
  panic: () => { throw Object.assign(new RangeError('too far'), { source: 'counter.rs:7' }); },
  changeAndPanic: () => { state = { ...state, n: 77 }; throw new Error('half way'); },
  garbage: () => { out('debug: here\\n'); return ok(); },
  shapeless: () => ({ outcome: 'ok' }),
  badState: () => ({ ...ok(), state: { ...state, bad: { $what: 1 } } }),
  noVerdict: () => { state = { n: -1, log: [] }; return ok(); },
  hidden: () => { hidden += 1; state = { ...state, n: hidden }; return ok(); },
  far: () => { hidden += 1; return ok([{ kind: 'untracked', action: 'x'.repeat(900) + hidden }]); },
  late: () => { isMute = true; },
  spin: () => { for (;;); },
  rounded: () => { out(JSON.stringify({ id: currentId, result: ok() }).replace('"n":', '"n":9007199254740993,"m":') + '\\n'); isMute = true; },
  latin1: () => { fs.writeSync(1, Buffer.from([0x7b, 0xe9, 0x0a])); isMute = true; },
  exits: () => { process.stderr.write('out of memory\\n'); process.exit(7); },
  long: () => { out('x'.repeat(80e6) + '\\n'); isMute = true; },
  endless: () => { for (let i = 0; i < 80; i += 1) out('x'.repeat(1e6)); isMute = true; },
  deep: () => { out('['.repeat(2000) + ']'.repeat(2000) + '\\n'); isMute = true; },
  many: () => ok(Array(10001).fill({ kind: 'untracked', action: 1 })),
  chatty: () => { for (let i = 0; i < 20; i += 1) fs.writeSync(2, 'y'.repeat(1e6)); isMute = true; },
  closes: () => { fs.closeSync(1); isMute = true; },
};
// In version 2, an answer has the changes of the state instead of the state.
const tell = (before, answer) => {
  if (version === 1 || !answer.state || answer.changes || !before) return answer;
  const keys = Object.keys(answer.state).filter((key) => answer.state[key] !== before[key]);
  const change = (key) => [key in before ? 'changed' : 'added', [key], answer.state[key]];
  return { ...answer, state: undefined, changes: keys.map(change) };
};
const methods = {
  initialize: ({ versions = [1] }) => {
    version = Math.max(...versions);
    return (beginnings[mode] ?? beginnings.sound)();
  },
  undo: () => {
    if (!previous) throw new Error('nothing to undo');
    if (mode !== 'forgetful') state = previous;
    previous = undefined;
    return {};
  },
  stf: ({ input, completed, refuseAction }) =>
    completed ? ((state = { ...state, log: [completed] }), ok()) : inputs[input](refuseAction),
  restore: () => {
    if (state.n === 5) return { outcome: { kind: 'ok' }, actions: [], state: { ...state, n: 6 } };
    return { outcome: { kind: 'ok' }, actions: [{ kind: 'tracked', id: 'again', action: state.n }] };
  },
  checkInvariants: () => (state.n === -1 ? {} : { small: state.n < 3 || state.n + ' is too much' }),
  saveState: () => ({ state }),
  loadState: (params) => {
    if (!params.state) throw new Error('no state');
    [state, previous] = [params.state, undefined];
    return {};
  },
};
// Modes that spoil a method.
const { stf } = methods;
const spoilt = {
  anonymous: { checkInvariants: () => ({ large: true }) },
  lossy: { saveState: () => ({ state: { ...state, n: 0.5 } }) },
  shapeless: { saveState: () => ({}) , checkInvariants: () => ({ small: 1 }) },
  polite: { noSuchMethod: () => ({}) },
  careless: { stf: (params) => (params.input || params.completed ? stf(params) : ok()) },
  silentState: { stf: (params) => ({ ...stf(params), state: undefined }) },
  deaf: { stf: (params) => stf({ ...params, refuseAction: undefined }) },
  loud: { restore: () => ok([{ kind: 'untracked', action: 'ring' }]) },
  writing: { restore: () => { state = { ...state, n: state.n + 1 }; return ok(); } },
};
Object.assign(methods, spoilt[mode]);
if (mode === 'noisy') setInterval(() => out('tick\\n'), 100);
if (mode === 'lingers') setInterval(() => {}, 1000);
let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line);
    currentId = id;
    const before = state;
    const isStep = method === 'stf' || method === 'restore';
    if (isStep) previous = state;
    try {
      const result = methods[method](params);
      if (result !== undefined && !isMute) say(id, { result: isStep ? tell(before, result) : result });
    } catch ({ name, message, source }) {
      const left = state === before ? {} : tell(before, { state });
      say(id, { error: { name, message, source, ...left } });
    }
  }
});
`;

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-process-'));
// Several test files may share this module: the folder is theirs until the last one is done.
process.once('exit', () => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'counter.cjs'), COUNTER);

/** The folder of the counter; a machine file can be written beside it. */
export const COUNTER_FOLDER = folder;

/** The command that starts the counter, which is sound without arguments. */
export function counterCommand(...args: readonly string[]): [string, ...string[]] {
  return [process.execPath, 'counter.cjs', ...args];
}

/** The declaration of the counter. */
export function counterMachine(beginning = 'sound', timeLimitMs = 2_000) {
  return {
    kind: 'childProcess',
    name: 'counter',
    description: 'Counts, or does what it should not.',
    command: counterCommand(beginning),
    timeLimitMs,
  } as const;
}
