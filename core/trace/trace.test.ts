import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaySource } from '../engine/replay.ts';
import { Run } from '../engine/run.ts';
import { keysOf } from '../keys-of.ts';
import { FAULT_PROFILES } from '../machine/faults.ts';
import { defineMachine, ok, type MachineTypes } from '../machine/machine.ts';
import type { Operation } from '../machine/operation.ts';
import { readTrace, recordAdder } from '../test-helpers/test-traces.ts';
import { hashValue } from '../value/hash.ts';
import type { Value } from '../value/value.ts';
import { formatHeader } from './format/format.ts';
import { TRACE_VERSION } from './format/upgrades.ts';
import { TraceRecorder } from './recorder.ts';
import { recoveryAt } from './recovery.ts';
import { TraceBuilder, TraceReadError } from './trace-builder.ts';

interface Notes extends MachineTypes {
  State: { text: string }[];
  Input: string;
}

const seeds = fc.bigInt(0n, 2n ** 64n - 1n);
const profiles = fc.constantFrom(...keysOf(FAULT_PROFILES));

describe('a trace', () => {
  it('holds at every step the state that re-execution gives, in any order of asking', () => {
    fc.assert(
      fc.property(seeds, profiles, fc.infiniteStream(fc.nat()), (seed, faults, order) => {
        const { text, executed, initialState } = recordAdder(seed, faults, 80);
        const trace = readTrace(text);
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
    const trace = readTrace([...lines, recorder.end()].join('\n'));
    for (const at of [79, 0, 50, 31, 78, 7]) {
      expect(trace.stateAt(at)).toEqual(texts.slice(0, at + 1).map((text) => ({ text })));
    }
  });

  it('does not depend on how its text is split', () => {
    const { text } = recordAdder(3n, 'crashes', 60);
    const whole = readTrace(text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (piece) => {
        const trace = readTrace(text, piece);
        expect(trace.lines(0, trace.length)).toEqual(whole.lines(0, whole.length));
        expect(trace.findings).toEqual(whole.findings);
      }),
      { numRuns: 25 },
    );
  });

  it('knows what is outstanding as the engine does', () => {
    fc.assert(
      fc.property(seeds, profiles, (seed, faults) => {
        const { text, executed, outstanding } = recordAdder(seed, faults, 80);
        const trace = readTrace(text);
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
    const trace = readTrace(recordAdder(5n, 'crashes', 400).text);
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
    const trace = readTrace(recordAdder(2n, 'none', 200).text);
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
    const trace = readTrace(recordAdder(9n, 'crashes', 200).text);
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
    const { text, executed } = recordAdder(11n, 'none', 3000);
    const trace = readTrace(text);
    expect(text).toContain('"checkpoint":');
    for (const at of [0, 1500, 2999, 700]) {
      expect(hashValue(trace.stateAt(at))).toBe(hashValue(executed[at]?.after as Value));
    }
  });
});

describe('reading', () => {
  const { text } = recordAdder(4n, 'crashes', 30);
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
    expect(() => readTrace(damaged)).toThrow(TraceReadError);
    expect(() => readTrace(damaged)).toThrow(`Line ${line}: `);
    expect(() => readTrace(damaged)).toThrow(reason);
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
            readTrace(damaged);
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
    const [now, then] = [readTrace(text), readTrace(earlier)];
    expect(then.header).toEqual(now.header);
    expect(then.spans).toEqual(now.spans);
    for (let at = 0; at < now.length; at += 1) {
      expect(then.step(at)).toEqual(now.step(at));
      expect(then.glance(at)).toEqual(now.glance(at));
    }
    // What is saved of it is written in the current version.
    expect(then.lines(0, then.length)).toEqual(now.lines(0, now.length));
    expect(() =>
      readTrace(earlier.replace(`"phasmoscope-trace":${version}`, '"phasmoscope-trace":4')),
    ).toThrow('operation.kind');
  });

  it('refuses a newer version and says what to do', () => {
    const newer = (lines[0] ?? '').replace(
      `"phasmoscope-trace":${TRACE_VERSION}`,
      `"phasmoscope-trace":${TRACE_VERSION + 1}`,
    );
    expect(() => readTrace(`${newer}\n`)).toThrow('update Phasmoscope to open it');
  });

  it('keeps the header unchanged', () => {
    expect(formatHeader(readTrace(text).header)).toBe(lines[0]);
  });
});
