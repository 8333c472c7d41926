import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { PACKAGE_ROOT } from '../package-root.ts';
import { formatBar, isProgressShown, ProgressLine, showWhile } from './progress.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-progress-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['a terminal', {}, true, true],
  ['a pipe', {}, false, false],
  ['a job of CI that has a terminal', { CI: 'true' }, true, false],
  ['a terminal that can only print', { TERM: 'dumb' }, true, false],
  ['a terminal without colours', { NO_COLOR: '1' }, true, true],
])('on %s', (_, environment, isTerminal, isShown) => {
  expect(isProgressShown(environment, isTerminal)).toBe(isShown);
});

it('fills a bar by its share, and never over its ends', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(60), (share, chars) => {
      const bar = formatBar(share, chars);
      expect(bar).toMatch(/^█*·*$/);
      expect(bar).toHaveLength(chars);
    }),
  );
  expect(formatBar(0.5, 4)).toBe('██··');
});

/** What a line writes to a terminal. */
function written(show: (line: ProgressLine) => void): string {
  let text = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  try {
    show(new ProgressLine(true));
  } finally {
    spy.mockRestore();
  }
  return text;
}

it.each([
  [0, '····················   0 %  half'],
  [0.5, '██████████··········  50 %  half'],
  [0.999, '████████████████████  99 %  half'],
  [1.5, '████████████████████ 100 %  half'],
  [Number.NaN, '····················   0 %  half'],
])('shows a share of %f as a bar', (share, shown) => {
  expect(written((line) => line.show(() => 'half', share))).toContain(shown);
});

it('shows a text alone where the end is not known, and takes it away again', () => {
  const text = written((line) => {
    line.show(() => 'on the way');
    line.clear();
  });
  expect(text).toContain('on the way');
  expect(text).not.toMatch(/[█·%]/);
  expect(text.endsWith('\r\u001b[2K')).toBe(true);
});

it('shows what goes on until it is done, however it ends', async () => {
  const shown: string[] = [];
  const line = new (class extends ProgressLine {
    override show(describe: () => string) {
      shown.push(describe());
    }
    override clear() {
      shown.push('');
    }
  })(false);
  expect(await showWhile('counting', () => 3, line)).toBe(3);
  await expect(showWhile('failing', () => Promise.reject(new Error('no')), line)).rejects.toThrow();
  expect(shown).toEqual(['counting', '', 'failing', '']);
});

/** Gives a command a terminal of its own. */
const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

function inTerminal(args: string, environment: Readonly<Record<string, string>> = {}): string {
  const command = `"${process.execPath}" "${join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs')}" ${args}`;
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env;
  return execFileSync('script', ['-qec', `${command} || true`, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, TERM: 'xterm', ...environment },
  });
}

it.runIf(hasScript)(
  'a command on a terminal shows how far it is, without colours where they are not wanted, and not in CI',
  () => {
    writeFileSync(join(folder, 'inputs.json'), JSON.stringify(Array(3000).fill('push')));
    const run = 'run turnstile --inputs inputs.json';
    const shown = inTerminal(run);
    expect(shown).toMatch(/[█·]{20} +\d+ % {2}[\d ]+ steps?/);
    expect(shown).toContain('\u001b[2m');
    const plain = inTerminal(run, { NO_COLOR: '1' });
    expect(plain).toMatch(/\d+ % {2}[\d ]+ steps?/);
    expect(plain).not.toContain('\u001b[2m');
    expect(inTerminal(run, { CI: 'true' })).not.toContain('%');
  },
  120_000,
);

it.runIf(hasScript)(
  'a command on a terminal says that it bundles, aligns, reads and writes',
  async () => {
    const machine = join(PACKAGE_ROOT, 'samples/turnstile/index.ts');
    writeFileSync(join(folder, 'gate.ts'), `export * from ${JSON.stringify(machine)};`);
    // Without a bundle of last time.
    const fresh = { XDG_CACHE_HOME: join(folder, 'cache') };
    expect(inTerminal('record ./gate.ts --out a.jsonl', fresh)).toContain('Bundling gate.ts');
    // A file that has just been written may be written again at the same time: its bundle is not kept.
    const again = () => inTerminal('record ./gate.ts --seed 2 --out b.jsonl', fresh);
    await vi.waitFor(() => expect(again()).not.toContain('Bundling'), { timeout: 60_000 });
    expect(inTerminal('diff a.jsonl b.jsonl')).toContain('Aligning 200 with 200 steps');
    inTerminal('export a.jsonl --as itf --out a.itf.json');
    const imported = inTerminal('import a.itf.json --out again.jsonl');
    expect(imported).toMatch(/Reading a\.itf\.json[^]*Writing again\.jsonl/);
  },
  120_000,
);

it.runIf(hasScript)(
  'a command on a terminal says which check of a process, and which report, it is at',
  () => {
    const machine = join(PACKAGE_ROOT, 'samples/parcel-locker-python/machine.py');
    const checked = inTerminal(`check-machine -- python3 "${machine}"`);
    expect(checked).toMatch(/Starting python3[^]*\d+ % {2}protocol version 2: it/);
    expect(checked).toMatch(/\d+ % {2}protocol version 1: it/);
    const sweep = 'sweep turnstile --operations 20 --count 2';
    for (const shard of [1, 2]) inTerminal(`${sweep} --shard ${shard}/2 --report ${shard}.json`);
    expect(inTerminal('merge 1.json 2.json')).toMatch(/0 % {2}Reading 1\.json, 1 of 2/);
    inTerminal('record turnstile --operations 30 --out c.jsonl');
    expect(inTerminal('inputs c.jsonl --out c.json')).toContain('0 of 30 steps');
    expect(inTerminal('notes c.jsonl --add Here --at 3')).toContain('Writing c.jsonl');
  },
  120_000,
);
