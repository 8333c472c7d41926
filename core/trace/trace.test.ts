import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driveToEnd } from '../engine/driving.ts';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { scenarioSource } from '../engine/simulation.ts';
import type { StepWatch } from '../engine/step-watch.ts';
import { keysOf } from '../keys-of.ts';
import type { Executed } from '../machine/executed.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { adder, adderScenario } from '../test-helpers/test-machines.ts';
import { resealed } from '../test-helpers/test-states.ts';
import { hashValue } from '../value/hash.ts';
import type { Value } from '../value/value.ts';
import { Verifier } from './compare/verify.ts';
import { formatHeader } from './format/format.ts';
import { TRACE_VERSION } from './format/upgrades.ts';
import { TraceRecorder } from './recorder.ts';
import { recoveryAt } from './recovery.ts';
import { TraceBuilder, TraceReadError } from './trace-builder.ts';
import type { Trace } from './trace.ts';

interface Notes extends MachineTypes {
  State: { text: string }[];
  Input: string;
}

interface Recorded {
  readonly text: string;
  readonly executed: readonly Executed[];
  readonly initialState: Value;
  readonly outstanding: readonly (readonly unknown[])[];
}

function record(
  seed: bigint,
  faults: keyof typeof FAULT_PROFILES,
  operationsMax: number,
): Recorded {
  const machine = adder();
  const run = new Run(
    machine,
    scenarioSource({
      scenario: adderScenario,
      seed,
      operationsMax,
      faults: FAULT_PROFILES[faults],
    }),
  );
  const recorder = new TraceRecorder(machine, run, {
    scenario: adderScenario.name,
    seed,
    operationsMax,
    faults,
  });
  const lines = [recorder.header()];
  const executed: Executed[] = [];
  const outstanding: unknown[][] = [];
  void run.advance(Number.POSITIVE_INFINITY, (step) => {
    lines.push(recorder.step(step));
    executed.push(step);
    // What the step itself emitted counts as outstanding from here on, as it does in a trace.
    const own = step.actions.flatMap((action) => (action.kind === 'tracked' ? [action.id] : []));
    const others = [...run.executor.outstanding.keys()].filter((id) => !own.includes(id));
    outstanding.push([...others, ...own]);
  });
  lines.push(recorder.end());
  return {
    text: `${lines.join('\n')}\n`,
    executed,
    initialState: run.executor.initialState,
    outstanding,
  };
}

function read(text: string, piece = text.length): Trace {
  const builder = new TraceBuilder();
  for (let from = 0; from < text.length; from += piece)
    builder.push(text.slice(from, from + piece));
  builder.finish();
  if (!builder.trace) throw new Error('a finished trace has a header');
  return builder.trace;
}

const seeds = fc.bigInt(0n, 2n ** 64n - 1n);
const profiles = fc.constantFrom(...keysOf(FAULT_PROFILES));

describe('a trace', () => {
  it('holds at every step the state that re-execution gives, in any order of asking', () => {
    fc.assert(
      fc.property(seeds, profiles, fc.infiniteStream(fc.nat()), (seed, faults, order) => {
        const { text, executed, initialState } = record(seed, faults, 80);
        const trace = read(text);
        expect(trace.length).toBe(executed.length);
        for (const drawn of order.take(200)) {
          const at = (drawn % (trace.length + 1)) - 1;
          const expected = hashValue((executed[at]?.after ?? initialState) as Value);
          expect(hashValue(trace.stateAt(at))).toBe(expected);
          expect(trace.stateHashAt(at)).toBe(expected);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('holds every state where checkpoints are a megabyte and more apart', async () => {
    const notes = defineMachine<Notes>({
      name: 'notes',
      description: 'Keeps long notes.',
      initialState: () => [],
      stf(state, input) {
        state.update((draft) => draft.push({ text: input.kind === 'normal' ? input.input : '' }));
        return ok();
      },
      restore: () => ok(),
      invariants: {},
    });
    const texts = Array.from({ length: 80 }, (_, index) => `${index}`.padStart(40_000, '.'));
    const inputs = texts.map((text): Operation => ({ kind: 'normal', input: text }));
    const run = new Run(notes, replaySource(inputs));
    const label = { scenario: 'notes', seed: 0n, operationsMax: texts.length, faults: 'none' };
    const recorder = new TraceRecorder(notes, run, label);
    const lines = [recorder.header()];
    await run.advance(Number.POSITIVE_INFINITY, (step) => lines.push(recorder.step(step)));
    const trace = read([...lines, recorder.end()].join('\n'));
    for (const at of [79, 0, 50, 31, 78, 7]) {
      expect(trace.stateAt(at)).toEqual(texts.slice(0, at + 1).map((text) => ({ text })));
    }
  });

  it('does not depend on how its text is split', () => {
    const { text } = record(3n, 'crashes', 60);
    const whole = read(text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (piece) => {
        const trace = read(text, piece);
        expect(trace.lines(0, trace.length)).toEqual(whole.lines(0, whole.length));
        expect(trace.findings).toEqual(whole.findings);
      }),
      { numRuns: 25 },
    );
  });

  it('knows what is outstanding as the engine does', () => {
    fc.assert(
      fc.property(seeds, profiles, (seed, faults) => {
        const { text, executed, outstanding } = record(seed, faults, 80);
        const trace = read(text);
        for (const { stepIndex, operation } of executed) {
          if (operation.kind === 'crash') continue;
          const ids = trace.outstandingAt(stepIndex).map(({ id }) => id);
          expect(new Set(ids)).toEqual(new Set(outstanding[stepIndex]));
          expect(ids).toHaveLength(outstanding[stepIndex]?.length ?? -1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('knows for every crash what was kept and lost', () => {
    const trace = read(record(5n, 'crashes', 400).text);
    expect(trace.crashSteps.length).toBeGreaterThan(3);
    for (const crashStep of trace.crashSteps) {
      const recovery = recoveryAt(trace, crashStep);
      expect(recovery).toEqual(recoveryAt(trace, recovery?.restoreStep ?? -1));
      // The adder restores everything that waits.
      expect(recovery?.lost).toEqual([]);
      expect(recovery?.kept.length).toBe(recovery?.before.length);
    }
    expect(recoveryAt(trace, (trace.crashSteps[0] ?? 0) - 1)).toBeUndefined();
  });

  it('knows since when an invariant fails', () => {
    const trace = read(record(2n, 'none', 200).text);
    const finding = trace.findings.find(({ kind }) => kind === 'invariant');
    if (!finding) throw new Error('this seed breaks an invariant');
    const verdict = (at: number) => trace.verdictsAt(at).find(({ name }) => name === finding.name);
    expect(verdict(finding.stepIndex - 1)?.failure).toBeUndefined();
    expect(verdict(finding.stepIndex)?.failure).toEqual({
      since: finding.stepIndex,
      message: finding.message,
    });
  });

  it('glances agree with the steps', () => {
    const trace = read(record(9n, 'crashes', 200).text);
    for (let at = 0; at < trace.length; at += 1) {
      const step = trace.step(at);
      expect(trace.glance(at)).toEqual({
        operation: step.operation.kind,
        outcome: step.outcome.kind,
        hasChangedState: step.patch.length > 0,
        hasFinding: step.findings.length > 0,
        hasActions: step.actions.length > 0,
        hasFault: 'fault' in step.operation,
        isDuplicate: 'isDuplicate' in step.operation,
        hasLostActions: step.lost.length > 0,
        hasRefusedAction: step.refused.length > 0,
        hasOutput: step.output.length > 0,
      });
    }
  });

  it('goes on from the checkpoints of a long run', () => {
    const { text, executed } = record(11n, 'none', 3000);
    const trace = read(text);
    expect(text).toContain('"checkpoint":');
    for (const at of [0, 1500, 2999, 700]) {
      expect(hashValue(trace.stateAt(at))).toBe(hashValue(executed[at]?.after as Value));
    }
  });
});

describe('reading', () => {
  const { text } = record(4n, 'crashes', 30);
  const lines = text.trimEnd().split('\n');
  const change = (line: number, to: string) =>
    `${lines.map((old, index) => (index === line - 1 ? to : old)).join('\n')}\n`;

  it.each([
    ['an empty file', '', 1, 'the file is empty'],
    ['a foreign file', '{"hello":1}\n', 1, 'not a Phasmoscope trace'],
    ['text', 'hello\n', 1, 'not valid JSON'],
    ['a list', '[1,2]\n', 1, 'must be a JSON object'],
    ['a step first', `${lines[1]}\n`, 1, 'a step before the header'],
    ['a broken line', change(6, (lines[5] ?? '').slice(0, 40)), 6, 'not valid JSON'],
    ['a missing step', change(6, lines[6] ?? ''), 6, 'expected step 4, found step 5'],
    ['a wrong field', change(6, '{"step":4,"operation":{"kind":"dance"}}'), 6, 'operation'],
    [
      'an unknown value',
      change(
        6,
        '{"step":4,"operation":{"kind":"normal","input":{"$date":1}},"outcome":{"kind":"ok"}}',
      ),
      6,
      '"$date" is not a known encoding',
    ],
    [
      'a patch that leads nowhere',
      change(
        6,
        '{"step":4,"operation":{"kind":"restore"},"outcome":{"kind":"ok"},"patch":[["changed",["total","x"],1]]}',
      ),
      6,
      'The patch does not fit',
    ],
    ['a second header', change(6, lines[0] ?? ''), 6, 'a second header'],
    ['a cut file', `${lines.slice(0, 5).join('\n')}\n`, 6, 'the trace was cut short'],
    [
      'a line after the end',
      `${text}${lines[1]}\n`,
      lines.length + 1,
      'a line after the closing line',
    ],
  ])('%s is refused with its line', (_, damaged, line, reason) => {
    expect(() => read(damaged)).toThrow(TraceReadError);
    expect(() => read(damaged)).toThrow(`Line ${line}: `);
    expect(() => read(damaged)).toThrow(reason);
  });

  it('keeps the steps before the damage', () => {
    const builder = new TraceBuilder();
    expect(() => builder.push(change(6, 'oops'))).toThrow('Line 6');
    expect(builder.trace?.length).toBe(4);
    expect(builder.trace?.step(3).stepIndex).toBe(3);
  });

  it('reports any damage of one line as an error of reading', () => {
    fc.assert(
      fc.property(
        fc.nat(lines.length - 1),
        fc.nat(),
        fc.string({ maxLength: 3 }),
        (at, position, added) => {
          const line = lines[at] ?? '';
          const cut = position % (line.length + 1);
          const damaged = change(at + 1, line.slice(0, cut) + added + line.slice(cut + 1));
          try {
            read(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(TraceReadError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([2, 3])('of version %i holds what it would hold today', (version) => {
    const earlier = text
      .replace(`"phasmoscope-trace":${TRACE_VERSION}`, `"phasmoscope-trace":${version}`)
      .replaceAll('"operation":{"kind":"normal"', '"operation":{"kind":"input"')
      .replaceAll(
        '"operation":{"kind":"trackedActionCompleted"',
        '"operation":{"kind":"completion"',
      )
      // Only later versions have a digest of all lines.
      .replace(/,"digest":"\w+"\}/, '}');
    expect(earlier).toContain('"completion"');
    const [now, then] = [read(text), read(earlier)];
    expect(then.header).toEqual(now.header);
    expect(then.spans).toEqual(now.spans);
    for (let at = 0; at < now.length; at += 1) {
      expect(then.step(at)).toEqual(now.step(at));
      expect(then.glance(at)).toEqual(now.glance(at));
    }
    // What is saved of it is written in the current version.
    expect(then.lines(0, then.length)).toEqual(now.lines(0, now.length));
    expect(() =>
      read(earlier.replace(`"phasmoscope-trace":${version}`, '"phasmoscope-trace":4')),
    ).toThrow('operation.kind');
  });

  it('refuses a newer version and says what to do', () => {
    const newer = (lines[0] ?? '').replace(
      `"phasmoscope-trace":${TRACE_VERSION}`,
      `"phasmoscope-trace":${TRACE_VERSION + 1}`,
    );
    expect(() => read(`${newer}\n`)).toThrow('update Phasmoscope to open it');
  });

  it('keeps the header unchanged', () => {
    expect(formatHeader(read(text).header)).toBe(lines[0]);
  });
});

describe('verification', () => {
  async function verify(trace: Trace, machine = adder()) {
    const verifier = new Verifier(trace, machine);
    while (await verifier.advance(7));
    return verifier;
  }

  it('agrees with the machine that was recorded, awaiting or not', async () => {
    const trace = read(record(6n, 'crashes', 100).text);
    const { difference, steps } = await verify(trace);
    expect([difference, steps]).toEqual([undefined, trace.length]);
    expect((await verify(trace, adder(true))).difference).toBeUndefined();
  });

  it('shows whoever watches for steps that do not end that each has ended', async () => {
    const trace = read(record(6n, 'crashes', 100).text);
    let ended = 0;
    const watch: StepWatch = {
      over: async (execute) => ({
        kind: 'ended',
        value: await execute({ step: () => (ended += 1), isStepping: false }),
      }),
    };
    await driveToEnd(new Verifier(trace, adder(), { watch }));
    expect(ended).toBe(trace.length);
  });

  it('names the first step that differs, with expected and actual', async () => {
    const trace = read(record(6n, 'none', 100).text);
    const changed = adder();
    const other = {
      ...changed,
      stf: (...args: Parameters<typeof changed.stf>) => {
        const [state, input] = args;
        if (
          state.current.log.length === 3 &&
          input.kind === 'normal' &&
          input.input.kind === 'add'
        ) {
          return { kind: 'err', error: 'refused' } as const;
        }
        return changed.stf(...args);
      },
    };
    const { difference } = await verify(trace, other);
    expect(difference).toMatchObject({
      kind: 'step',
      fields: expect.arrayContaining(['outcome', 'actions', 'patch']),
      expected: { outcome: { kind: 'ok' } },
      actual: { outcome: { kind: 'err', error: 'refused' } },
    });
  });

  it('ignores how an earlier version worded a rule', async () => {
    const { text } = record(6n, 'none', 100);
    const words =
      /"message":"The machine (?:returned an error|panicked) after[^"]*",("expected":"[^"]*","actual":"[^"]*",)?/g;
    expect(text).toMatch(words);
    const trace = read(resealed(text.replaceAll(words, '"message":"It was said otherwise.",')));
    expect((await verify(trace)).difference).toBeUndefined();
  });

  it('names the part of the header that differs', async () => {
    const trace = read(record(6n, 'none', 10).text);
    const machine = { ...adder(), invariants: { 'all is well': () => true } };
    expect((await verify(trace, machine)).difference).toMatchObject({
      kind: 'header',
      part: 'invariants',
      actual: ['all is well'],
    });
  });

  it('names an initial state that differs', async () => {
    const trace = read(record(6n, 'none', 10).text);
    const other = { ...adder(), initialState: () => ({ total: 1, log: [], waiting: new Map() }) };
    expect((await verify(trace, other)).difference).toMatchObject({
      kind: 'initialState',
      states: { places: [{ path: 'total', expected: '0', actual: '1' }], more: 0 },
    });
  });
});
