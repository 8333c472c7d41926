import { expect, it } from 'vitest';
import { book, desk, traceOf } from '../../core/test-helpers/test-desk.ts';
import { describeTwoMachines } from './two-machines-words.ts';

it('says of two machines on one seed that the scenario may draw other operations for each', () => {
  const { header } = traceOf([book('A')]);
  expect(describeTwoMachines(header, header)).toBeUndefined();
  const other = traceOf([book('A')], 'none', { ...desk, name: 'counter' }).header;
  expect(describeTwoMachines(header, other)).toBe(
    'A is of desk, B of counter: once they do different things, the scenario may draw other operations for each.',
  );
  expect(describeTwoMachines(header, { ...header, sourceHash: 'ab' })).toMatch(
    /^A and B are of two sources/,
  );
  expect(describeTwoMachines(header, { ...other, seed: '9' })).toBeUndefined();
});
