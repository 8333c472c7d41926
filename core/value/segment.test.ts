import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { values } from '../test-helpers/test-values.ts';
import type { PathSegment } from './path.ts';
import { parseSegmentKey, sameSegment, segmentKey } from './segment.ts';

const segments: fc.Arbitrary<PathSegment> = fc.oneof(
  fc.string(),
  fc.nat(),
  values.map((mapKey) => ({ mapKey })),
);

describe('segmentKey', () => {
  it('can be read back, and is one line', () => {
    fc.assert(
      fc.property(segments, (segment) => {
        const key = segmentKey(segment);
        expect(sameSegment(parseSegmentKey(key), segment)).toBe(true);
        expect(key).not.toContain('\n');
      }),
    );
  });

  it('differs for segments that differ', () => {
    fc.assert(
      fc.property(segments, segments, (a, b) => {
        expect(segmentKey(a) === segmentKey(b)).toBe(sameSegment(a, b));
      }),
    );
  });
});
