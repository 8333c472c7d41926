import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackGlance } from '../../core/trace/glance.ts';
import { binsIn, CHANNELS, channelsOf, DensityIndex } from './density.ts';
import { extentOf, stepWidthPx, widthOf } from './viewport.ts';

/** Bytes of glances; an outcome beyond `panic` does not occur. */
const traces = fc.array(
  fc.integer({ min: 0, max: 127 }).filter((byte) => ((byte >> 2) & 3) < 3),
  { maxLength: 3000, size: 'max' },
);

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
