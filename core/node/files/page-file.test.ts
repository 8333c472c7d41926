import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pageLines } from '../../contract/page-lines.ts';
import { ProblemError } from '../../problem.ts';
import { traceOfStates } from '../../test-helpers/test-states.ts';
import { TraceIndex } from '../../trace/trace-index.ts';
import { Trace } from '../../trace/trace.ts';
import { pageParts } from './page-file.ts';
import { readPageProgram } from './page-frame.ts';
import { writeWholeFile } from './write-file.ts';

const HOSTILE =
  '</script><script>alert(1)</script></title></style><!--\u2028\u2029${alert(2)}$&\ud800"\'';
const PROGRAM = { script: 'console.log("</script><!--");', style: 'a::after{content:"</style>"}' };
const OPTIONS = { name: HOSTILE };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-page-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A trace whose names and values are hostile to whoever shows them. */
function hostileTrace(): Trace {
  const states = [{ text: HOSTILE }, { text: HOSTILE, [HOSTILE]: HOSTILE }];
  const tame = traceOfStates({ text: '' }, states);
  const index = new TraceIndex({ ...tame.header, machine: HOSTILE });
  index.append(tame.index.since(0));
  return new Trace(index, tame);
}

const trace = hostileTrace();

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

/** The content of the elements of a name, as a browser finds them. */
function contentsOf(page: string, name: string): readonly string[] {
  const found = page.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^]*?)</${name}>`, 'g'));
  return [...found].map(([, content = '']) => content);
}

function digestOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function unpacked(base64 = ''): string {
  expect(base64).toMatch(/^[A-Za-z0-9+/]+=*$/);
  return gunzipSync(Buffer.from(base64, 'base64')).toString('utf8');
}

it('holds the run and the program as Base64, which nothing in them can end', async () => {
  const page = await textOf(pageParts(PROGRAM, trace, OPTIONS));
  const [run, program, loader = ''] = contentsOf(page, 'script');
  expect(unpacked(run).split('\n')).toEqual([...pageLines(trace, OPTIONS), '']);
  expect(unpacked(program)).toBe(PROGRAM.script);
  expect(contentsOf(page, 'script')).toHaveLength(3);
  expect(contentsOf(page, 'style')).toHaveLength(1);
  expect(contentsOf(page, 'title')).toEqual([
    expect.stringContaining('&lt;/script&gt;&lt;script&gt;alert(1)'),
  ]);
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  expect(policy).toContain(`script-src ${digestOf(loader)} ${digestOf(PROGRAM.script)};`);
  expect(policy).toContain(`style-src ${digestOf(contentsOf(page, 'style')[0] ?? '')} 'nonce-`);
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

it('has another nonce in each page', async () => {
  const nonces = await Promise.all(
    [1, 2].map(
      async () => /nonce="([^"]+)"/.exec(await textOf(pageParts(PROGRAM, trace, OPTIONS)))?.[1],
    ),
  );
  expect(new Set(nonces).size).toBe(2);
});

it('takes in the fonts with Latin letters, and no others', async () => {
  const face = (name: string) =>
    `@font-face{font-family:A;src:url(./${name}.woff2)format("woff2-variations")}`;
  const names = ['inter-latin-wght-normal-Ab_1', 'inter-greek-wght-normal-Cd2'];
  await mkdir(join(folder, 'assets'));
  await Promise.all([
    writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify({ 'index.html': { file: 'assets/a.js', css: ['assets/a.css'] } }),
    ),
    writeFile(join(folder, 'assets/a.js'), 'run()\n//# sourceMappingURL=a.js.map\n'),
    writeFile(join(folder, 'assets/a.css'), `${names.map(face).join('')}b{top:0}`),
    ...names.map((name) => writeFile(join(folder, `assets/${name}.woff2`), name)),
  ]);
  const font = Buffer.from('inter-latin-wght-normal-Ab_1').toString('base64');
  expect(await readPageProgram(folder)).toEqual({
    script: 'run()',
    style: `@font-face{font-family:A;src:url(data:font/woff2;base64,${font})format("woff2-variations")}b{top:0}`,
  });
  await expect(readPageProgram(join(folder, 'nowhere'))).rejects.toThrow('is missing');
});

it('refuses a run that is too long, and leaves nothing behind', async () => {
  const path = join(folder, 'long.html');
  await writeFile(path, 'before');
  const text = 'x'.repeat(300_000);
  const long = traceOfStates({ text: '' }, [{ text }, { text: `${text}.` }]);
  const parts = pageParts(PROGRAM, long, OPTIONS, { charsMax: 400_000 });
  await expect(writeWholeFile(path, parts)).rejects.toThrow(
    'The run is too long for a page: 2 steps',
  );
  expect(await readFile(path, 'utf8')).toBe('before');
  expect((await readdir(folder)).filter((name) => name.startsWith('long'))).toEqual(['long.html']);
});

it('stops when it is cancelled, and leaves nothing behind', async () => {
  const path = join(folder, 'cancelled.html');
  await writeFile(path, 'before');
  const cancelling = new AbortController();
  async function* cancelledAtOnce() {
    for await (const part of pageParts(PROGRAM, trace, OPTIONS, { signal: cancelling.signal })) {
      cancelling.abort(new ProblemError({ title: 'It was cancelled.' }));
      yield part;
    }
  }
  await expect(writeWholeFile(path, cancelledAtOnce())).rejects.toThrow('It was cancelled.');
  expect(await readFile(path, 'utf8')).toBe('before');
  const left = (await readdir(folder)).filter((name) => name.startsWith('cancelled'));
  expect(left).toEqual(['cancelled.html']);
});
