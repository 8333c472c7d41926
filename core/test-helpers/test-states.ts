import { formatHeader, formatStep, stepWith, type TraceEnd } from '../trace/format/format.ts';
import { closingLine } from '../trace/format/seal.ts';
import { TraceBuilder } from '../trace/trace-builder.ts';
import type { Trace } from '../trace/trace.ts';
import { diff } from '../value/diff.ts';
import { hashValue } from '../value/hash.ts';
import type { Value } from '../value/value.ts';

/**
 * A trace that goes through states one by one.
 *
 * @param attempted the state of the last step before its roll-back.
 */
export function traceOfStates(initial: Value, states: readonly Value[], attempted?: Value): Trace {
  const builder = new TraceBuilder();
  const header = {
    machine: 'test',
    scenario: 'test',
    seed: '1',
    operationsMax: 100,
    faults: 'none',
    rules: [],
    waivers: {},
    invariants: [],
    initialState: initial,
    digests: 'parts' as const,
    initialHash: hashValue(initial),
    initialFindings: [],
  };
  builder.push(`${formatHeader(header)}\n`);
  states.forEach((state, stepIndex) => {
    const patch = diff(stepIndex === 0 ? initial : states[stepIndex - 1], state);
    const isLast = stepIndex === states.length - 1 && attempted !== undefined;
    builder.push(
      `${formatStep(
        stepWith({
          stepIndex,
          operation: { kind: 'normal', input: { kind: 'Go' } },
          ...(isLast && { outcome: { kind: 'err', error: { kind: 'No' } } }),
          patch,
          attempted: isLast ? diff(state, attempted) : [],
          ...(patch.length === 0 ? {} : { stateHash: hashValue(state) }),
        }),
      )}\n`,
    );
  });
  if (!builder.trace) throw new Error('The builder has no trace: its header is missing.');
  return builder.trace;
}

/** The text of a whole trace with the digest on its closing line made anew, after a part was changed. */
export function resealed(text: string): string {
  const lines = text.trimEnd().split('\n');
  const { end } = JSON.parse(lines.at(-1) ?? '') as { readonly end: TraceEnd };
  const others = lines.slice(0, -1);
  return `${[...others, closingLine(others, end)].join('\n')}\n`;
}
