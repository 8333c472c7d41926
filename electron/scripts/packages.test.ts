import { describe, expect, it } from 'vitest';
import { isInstalled } from './packages.mjs';

const lock = (packages: Record<string, { version: string; optional?: boolean }>) => ({ packages });

describe('isInstalled', () => {
  const wanted = lock({
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/binding-of-another-platform': { version: '1.0.0', optional: true },
  });

  it('accepts the locked versions, without the packages of other platforms', () => {
    expect(isInstalled(wanted, lock({ 'node_modules/zod': { version: '4.6.7' } }))).toBe(true);
  });

  it.each([
    ['nothing is installed', undefined],
    ['a package is missing', lock({})],
    ['a version differs', lock({ 'node_modules/zod': { version: '4.6.6' } })],
  ])('refuses when %s', (_, installed) => {
    expect(isInstalled(wanted, installed)).toBe(false);
  });
});
