import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPath, type PathSegment } from '../../core/value/path.ts';
import { values } from '../test-helpers/test-values.ts';
import { appendSegment, parseSegmentKey, sameSegment, segmentKey } from './segment-key.ts';

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

describe('appendSegment', () => {
  it('writes paths as core does', () => {
    fc.assert(
      fc.property(fc.array(segments, { minLength: 1 }), (path) => {
        expect(path.reduce<string>(appendSegment, '')).toBe(formatPath(path));
      }),
    );
  });
});
