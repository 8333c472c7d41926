import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it, vi } from 'vitest';
import { isInstalled, sayingHowLong } from './packages.mjs';

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

it('says now and then that an installation goes on, and when it is over', async () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  try {
    let end = () => {};
    const installing = sayingHowLong(new Promise<void>((resolve) => (end = resolve)));
    await vi.advanceTimersByTimeAsync(25_000);
    expect(lines).toEqual(['… still installing, 10 s\n', '… still installing, 20 s\n']);
    end();
    await installing;
    expect(lines.at(-1)).toBe('npm ended after 25 s.\n');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    write.mockRestore();
    vi.useRealTimers();
  }
});

it('loads what runs before the installation without any package', () => {
  const scripts = ['start.mjs', 'test.mjs', 'phasmoscope.mjs'];
  const visited = new Set<string>();
  const packages: string[] = [];
  const visit = (file: string) => {
    if (visited.has(file)) return;
    visited.add(file);
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    for (const { moduleRequest } of parseSync(file, text).module.staticImports) {
      const { value } = moduleRequest;
      if (value.startsWith('.')) visit(join(dirname(file), value));
      else if (!isBuiltin(value)) packages.push(`${file} imports ${value}`);
    }
  };
  for (const script of scripts) visit(script);
  expect([...visited]).toEqual(
    expect.arrayContaining(['packages.mjs', join('build', 'write-output.mjs')]),
  );
  expect(packages).toEqual([]);
});
