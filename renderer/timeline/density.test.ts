import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackGlance, type StepGlance } from '../../core/trace/glance.ts';
import { binsIn, CHANNELS, channelsOf, DensityIndex } from './density.ts';
import { extentOf, stepWidthPx, widthOf } from './viewport.ts';

/** Bits of glances; there are six kinds of operations. */
const traces = fc.array(
  fc.integer({ min: 0, max: 4095 }).filter((bits) => (bits & 7) < 6),
  { maxLength: 3000, size: 'max' },
);

/** An accepted input without anything special about it. */
const PLAIN = unpackGlance(0);

function channelNamesOf(glance: Partial<StepGlance>): readonly string[] {
  const bits = channelsOf({ ...PLAIN, ...glance });
  return CHANNELS.filter((_, bit) => ((bits >> bit) & 1) === 1);
}

describe('channels', () => {
  it('tell what the machine rejected from what a fault kept from being handled', () => {
    expect(channelNamesOf({ outcome: 'err' })).toEqual(['rejected']);
    expect(channelNamesOf({ outcome: 'err', hasFault: true })).toEqual(['failed', 'storage']);
    const refused = { outcome: 'err', hasFault: true, hasRefusedAction: true } as const;
    expect(channelNamesOf(refused)).toEqual(['failed', 'storage']);
  });

  it('count a crash inside a step once, with the crash that follows', () => {
    expect(channelNamesOf({ outcome: 'crashed', hasFault: true })).toEqual(['failed']);
    expect(channelNamesOf({ operation: 'crash' })).toEqual(['crash']);
    expect(channelNamesOf({ operation: 'crash', hasLostActions: true })).toEqual(['crash']);
  });

  it('count a completion that comes twice as accepted and as a fault of delivery', () => {
    const glance = { operation: 'trackedActionCompleted', isDuplicate: true } as const;
    expect(channelNamesOf(glance)).toEqual(['acceptedCompletion', 'delivery']);
    expect(channelNamesOf({ operation: 'loss' })).toEqual(['delivery']);
  });

  it('count neither a restore nor the end, unless there is something wrong with it', () => {
    expect(channelNamesOf({ operation: 'restore' })).toEqual([]);
    expect(channelNamesOf({ operation: 'restore', outcome: 'err' })).toEqual(['storage']);
    expect(channelNamesOf({ operation: 'settled' })).toEqual([]);
    expect(channelNamesOf({ operation: 'settled', hasFinding: true })).toEqual(['finding']);
  });
});

describe('DensityIndex', () => {
  it('counts any range of any channel as one would step by step', () => {
    fc.assert(
      fc.property(traces, fc.nat(3100), fc.nat(3100), fc.nat(3000), (bytes, from, to, half) => {
        const index = new DensityIndex();
        const glanceAt = (stepIndex: number) => unpackGlance(bytes[stepIndex] as number);
        // A run arrives in pieces.
        index.extend(Math.min(half, bytes.length), glanceAt);
        index.extend(bytes.length, glanceAt);
        for (const [bit, channel] of CHANNELS.entries()) {
          const expected = bytes
            .slice(from, Math.max(from, to))
            .filter((byte) => ((channelsOf(unpackGlance(byte)) >> bit) & 1) === 1).length;
          expect(index.sum(channel, from, to)).toBe(expected);
        }
      }),
    );
  });
});

describe('bins', () => {
  it('hold every step in view once, in bars that are neither hair nor block', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 300, max: 2500 }),
        (length, widthPx) => {
          const viewport = { ...extentOf(length), leftPx: 100, rightPx: 100 + widthPx };
          const bins = binsIn(viewport, viewport, length);
          let nextStep = 0;
          for (const { fromStep, toStep } of bins) {
            expect(fromStep).toBe(nextStep);
            nextStep = toStep;
          }
          expect(nextStep).toBe(length);
          const steps = (bins[0]?.toStep ?? 0) * stepWidthPx(viewport);
          if (widthOf(viewport) > widthPx) expect(steps).toBeLessThanOrEqual(6.0001);
          if (bins.length > 1) expect(steps).toBeGreaterThanOrEqual(2.9999);
        },
      ),
    );
  });

  it('stay the same steps while the view pans', () => {
    const length = 100_000;
    const plot = { leftPx: 0, rightPx: 1000 };
    const firstOf = (startAt: number) => {
      const viewport = { startAt, endAt: startAt + 10_000, ...plot };
      return binsIn(viewport, viewport, length)[0]?.fromStep ?? 0;
    };
    expect(firstOf(5000) % 32).toBe(0);
    expect(firstOf(5013) % 32).toBe(0);
  });
});
