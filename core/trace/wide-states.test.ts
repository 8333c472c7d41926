import { expect, it } from 'vitest';
import { startRun } from '../engine/run.ts';
import type { Executed } from '../machine/executed.ts';
import { defineMachine, err, ok, type MachineTypes } from '../machine/machine.ts';
import { defineScenario } from '../machine/scenario.ts';
import { resealed } from '../test-helpers/test-states.ts';
import { readTrace } from '../test-helpers/test-traces.ts';
import { hashValue } from '../value/hash.ts';
import type { Value } from '../value/value.ts';
import { Verifier } from './compare/verify.ts';
import { TRACE_VERSION } from './format/upgrades.ts';
import { recordRun } from './recorder.ts';

interface Row {
  id: number;
  at: number;
}

interface Wide extends MachineTypes {
  State: {
    rows: Map<number, Row>;
    queue: Row[];
    byName: Record<string, Row>;
    names: Set<string>;
    untouched: Row[];
  };
  Input: number;
  Rejection: 'odd';
}

const COUNT = 900;
const OPERATIONS = 120;

const rows = () => Array.from({ length: COUNT }, (_, id): Row => ({ id, at: 0 }));

const machine = defineMachine<Wide>({
  name: 'wide',
  description: 'Changes a few of many records at each step.',
  initialState: () => ({
    rows: new Map(rows().map((row) => [row.id, row])),
    queue: rows(),
    byName: Object.fromEntries(rows().map((row) => [`row ${row.id}`, row])),
    names: new Set(rows().map(({ id }) => `row ${id}`)),
    untouched: rows(),
  }),
  stf(state, input) {
    const at = input.kind === 'normal' ? input.input : 0;
    if (at % 7 === 3) return err('odd');
    state.update(({ rows: map, queue, byName, names }) => {
      const row = map.get(at % COUNT);
      if (row) row.at = at;
      if (at % 4 === 0) map.delete(at % 50);
      if (at % 4 === 1) map.set(at % 50, { id: at, at });
      queue.push(...queue.splice(0, 2));
      byName[`row ${at % (2 * COUNT)}`] = { id: at, at };
      delete byName[`row ${at % 13}`];
      names.delete(`row ${at % 90}`);
      names.add(`row ${at % 77}`);
    });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'has rows': ({ rows: map }) => map.size > 0 },
});

const scenario = defineScenario<Wide>({
  name: 'all',
  description: '',
  defaults: { seed: '1', operations: OPERATIONS },
  start: (random) => ({
    next: () => ({ kind: 'normal', input: random.genRange('u32', 0, 2000) }),
    observe() {},
    tallies: () => ({}),
  }),
});

async function record(): Promise<{ text: string; executed: readonly Executed[] }> {
  const settings = { seed: 5n, operationsMax: OPERATIONS };
  const run = startRun(machine, { scenario, ...settings });
  const label = { scenario: 'all', faults: 'none', ...settings };
  const lines: string[] = [];
  const executed: Executed[] = [];
  await recordRun({ machine, run, label }, (line) => lines.push(line), {
    observe: (step) => executed.push(step),
  });
  return { text: `${lines.join('\n')}\n`, executed };
}

const { text, executed } = await record();

it('is read as it was, in any order, and shares what did not change', () => {
  const trace = readTrace(text);
  for (let at = 0; at < trace.length; at += 1) {
    const stepIndex = (at * 37) % trace.length;
    const state = trace.stateAt(stepIndex) as unknown as Wide['State'];
    const { after } = executed[stepIndex] as Executed<Wide>;
    expect(hashValue(state as unknown as Value)).toBe(hashValue(after as unknown as Value));
    expect([...state.rows.keys()]).toEqual([...after.rows.keys()]);
    expect([...state.names]).toEqual([...after.names]);
  }
  const [one, other] = [trace.stateAt(60), trace.stateAt(61)] as unknown as Wide['State'][];
  expect(one?.untouched).toBe(other?.untouched);
  const same = [...(one?.rows ?? [])].filter(([key, row]) => other?.rows.get(key) === row);
  expect(same.length).toBeGreaterThan(COUNT - 60);
});

it('has patches as small as what was changed', () => {
  const trace = readTrace(text);
  for (let at = 0; at < trace.length; at += 1) {
    expect(trace.step(at).patch.length).toBeLessThan(12);
  }
});

it('is verified, also where its digests are those of version 4', async () => {
  const digestsByLine = [executed[0]?.before, ...executed.map(({ after }) => after)].map((state) =>
    hashValue(state as Value, 'whole'),
  );
  const lines = text.trimEnd().split('\n');
  const earlier = lines.map((line, at) =>
    line
      .replace(`"phasmoscope-trace":${TRACE_VERSION}`, '"phasmoscope-trace":4')
      .replace('"digests":"parts",', '')
      .replace(/"(initialHash|stateHash)":"\w+"/, `"$1":"${digestsByLine[at]}"`),
  );
  for (const version of [lines, earlier]) {
    const trace = readTrace(resealed(`${version.join('\n')}\n`));
    expect(trace.header.digests).toBe(version === lines ? 'parts' : 'whole');
    const verifier = new Verifier(trace, machine, { scenario });
    while (await verifier.advance(100));
    expect(verifier.difference).toBeUndefined();
    expect(verifier.steps).toBe(trace.length);
  }
  expect(() =>
    readTrace(resealed(`${earlier.join('\n').replace('":4,', '":5,"digests":"parts",')}\n`)),
  ).toThrow('initialHash');
});
