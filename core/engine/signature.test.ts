import { describe, expect, it } from 'vitest';
import { currentSignature, signatureOf } from './signature.ts';

describe('a cause', () => {
  const signature = (shape: string) =>
    signatureOf({ kind: 'invariant', name: 'i', message: '', stepIndex: 0, shape });

  it('is the same whatever number the name of an input holds', () => {
    expect(signature('input customer 17')).toBe(signature('input customer 4'));
    expect(signature('completion user123, err busy2')).toBe(
      signature('completion user7, err busy1'),
    );
    expect(signature('input buy')).not.toBe(signature('input sell'));
  });

  it('is the same as in the earlier form with numbers', () => {
    const before = JSON.stringify(['invariant', 'i', 'input customer 17', '']);
    expect(currentSignature(before)).toBe(signature('input customer 4'));
    expect(currentSignature(currentSignature(before))).toBe(currentSignature(before));
  });
});
