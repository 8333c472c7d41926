import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Run } from '../../engine/run.ts';
import { scenarioSource } from '../../engine/simulation.ts';
import { adder, adderScenario } from '../../test-helpers/test-machines.ts';
import { TraceRecorder } from '../../trace/recorder.ts';
import { memberBytes, packMember } from './gzip-members.ts';
import { readTraceFile } from './trace-file.ts';
import { TraceFileWriter } from './trace-writer.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-trace-'));
});

afterAll(() => rm(folder, { recursive: true }));

function traceText(): string {
  const machine = adder();
  const label = { scenario: 'everything', seed: 1n, operationsMax: 200, faults: 'none' };
  const { operationsMax } = label;
  const source = scenarioSource({ scenario: adderScenario, seed: 1n, operationsMax });
  const run = new Run(machine, source);
  const recorder = new TraceRecorder(machine, run, label);
  const lines = [recorder.header()];
  void run.advance(Number.POSITIVE_INFINITY, (step) => lines.push(recorder.step(step)));
  return `${[...lines, recorder.end()].join('\n')}\n`;
}

const text = traceText();

it.each(['plain.jsonl', 'packed.jsonl.gz'])('writes and reads %s', async (name) => {
  const path = join(folder, name);
  const writer = await TraceFileWriter.open(path);
  for (const line of text.trimEnd().split('\n')) {
    writer.add(line);
    await writer.write();
  }
  await writer.close();
  const { trace, damage } = await readTraceFile(path);
  expect([trace.length, damage]).toEqual([200, undefined]);
  const bytes = await readFile(path);
  expect(bytes[0] === 0x1f).toBe(name.endsWith('.gz'));
});

it('reads what is there of a member that claims to have 4 GB', async () => {
  const path = join(folder, 'claims.jsonl.gz');
  const [header = '', ...rest] = text.split('\n');
  const claiming = packMember(Buffer.from(rest.join('\n')));
  claiming.writeUInt32LE(0xffff_fff0, 16);
  await writeFile(path, Buffer.concat([packMember(Buffer.from(`${header}\n`)), claiming]));
  const { trace, damage } = await readTraceFile(path);
  expect([trace.length, damage]).toEqual([200, undefined]);
});

it('says of a link that leads in a circle that it does', async () => {
  await symlink('circle-b.jsonl', join(folder, 'circle-a.jsonl'));
  await symlink('circle-a.jsonl', join(folder, 'circle-b.jsonl'));
  const path = join(folder, 'circle-a.jsonl');
  await expect(readTraceFile(path)).rejects.toThrow(`${path} is a link that leads in a circle.`);
});

it('finds the lines of steps around much longer ones, with characters of several bytes', async () => {
  const path = join(folder, 'long-lines.jsonl');
  const lines = text.split('\n');
  // A line without content counts as none: this one has 150 000 spaces of three bytes.
  const long = '\u2003'.repeat(150_000);
  await writeFile(
    path,
    [...lines.slice(0, 5), long, ...lines.slice(5, 90), long, ...lines.slice(90)].join('\n'),
  );
  const { trace, damage } = await readTraceFile(path);
  expect([trace.length, damage]).toEqual([200, undefined]);
  for (const stepIndex of [0, 3, 4, 88, 89, 199]) {
    expect(trace.line(stepIndex)).toBe(lines[stepIndex + 1]);
  }
});

it('leaves nothing behind when it is thrown away', async () => {
  const before = await readdir(folder);
  const writer = await TraceFileWriter.open(join(folder, 'away.jsonl'));
  writer.add(text.trimEnd());
  await writer.write();
  await writer.discard();
  expect(await readdir(folder)).toEqual(before);
});

it('follows a link, and overwrites only traces', async () => {
  const target = join(folder, 'target.jsonl');
  const link = join(folder, 'link.jsonl');
  await writeFile(target, '');
  await symlink(target, link);
  const writer = await TraceFileWriter.open(link);
  writer.add(text.trimEnd());
  await writer.close();
  expect((await readTraceFile(target)).trace.length).toBe(200);
  const source = join(folder, 'machine.ts');
  await writeFile(source, 'export {};');
  await expect(TraceFileWriter.open(source)).rejects.toThrow(
    'is not a trace, so it is not overwritten',
  );
  await expect(TraceFileWriter.open(folder)).rejects.toThrow('is a folder');
});

it('says that it cannot write where there is no folder', async () => {
  const writer = await TraceFileWriter.open(join(folder, 'no', 'where.jsonl'));
  const write = async () => {
    for (let piece = 0; piece < 50; piece += 1) {
      writer.add(text);
      await writer.write();
    }
    await writer.close();
  };
  await expect(write()).rejects.toThrow('could not be written');
  const nowhere = TraceFileWriter.open(join(folder, 'none/x.jsonl')).then((one) => one.close());
  await expect(nowhere).rejects.toThrow('none/x.jsonl: its folder does not exist.');
});

it.each(['cut', 'flipped'])('opens what is before the damage of a %s member', async (how) => {
  const path = join(folder, `${how}.jsonl.gz`);
  const writer = await TraceFileWriter.open(path);
  for (const line of text.trimEnd().split('\n')) writer.add(line);
  await writer.close();
  const whole = await readFile(path);
  expect(memberBytes(whole), 'one member').toBe(whole.length);
  // Wherever it is damaged behind the header, something can be used.
  for (const share of [0.4, 0.5, 0.7, 0.9, 0.9999]) {
    const at = Math.floor(whole.length * share);
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] as number) ^ 0xff;
    await writeFile(path, how === 'cut' ? whole.subarray(0, at) : flipped);
    for (const options of [{}, { isIndexUsed: true }]) {
      const { trace, damage, close } = await readTraceFile(path, options);
      expect(damage, String(share)).toBeDefined();
      expect(trace.length, String(share)).toBeGreaterThan(share > 0.9 ? 150 : 10);
      expect(trace.step(trace.length - 1).stepIndex).toBe(trace.length - 1);
      close();
    }
  }
});

it('opens what is readable of a file that was cut while compressed', async () => {
  const path = join(folder, 'cut.gz');
  const packed = gzipSync(text);
  await writeFile(path, packed.subarray(0, packed.length / 2));
  const { trace, damage } = await readTraceFile(path);
  expect(trace.length).toBeGreaterThan(10);
  expect(damage?.message).toContain('was cut short while it was compressed');
});

it.each([1, 3])(
  'opens what is before bytes that are not UTF-8, in place %s from the end',
  async (at) => {
    const path = join(folder, 'bytes.jsonl');
    const lines = text.split('\n');
    const bytes = Buffer.from(`${lines.slice(0, -at - 1).join('\n')}\n{"step":"\u0000`);
    bytes[bytes.length - 1] = 0xe4;
    await writeFile(path, Buffer.concat([bytes, Buffer.from(at === 1 ? '' : `\n${text}`)]));
    const { trace, damage } = await readTraceFile(path);
    expect(trace.length).toBe(lines.length - 2 - at);
    expect(damage?.message).toContain('is not encoded in UTF-8');
  },
);

it('opens what is before the damage of a short file that is compressed in one piece', async () => {
  const path = join(folder, 'short.jsonl.gz');
  const lines = text.split('\n').slice(0, 20);
  const packed = gzipSync(lines.join('\n'));
  // The digest of the text, which stands before its length.
  packed.writeUInt32LE(0, packed.length - 8);
  await writeFile(path, packed);
  const { trace, damage } = await readTraceFile(path);
  expect(trace.length).toBeGreaterThan(5);
  expect(damage?.message).toContain('is damaged inside its compression');
});

it.each([true, false])(
  'names the line with a name that stands twice (thorough: %s)',
  async (isThorough) => {
    const path = join(folder, 'twice.jsonl');
    const lines = text.split('\n');
    lines[3] = lines[3]?.replace(/^\{("[^"]+":)/, (_, name: string) => `{${name}0,${name}`) ?? '';
    await writeFile(path, lines.join('\n'));
    const { trace, damage } = await readTraceFile(path, { isThorough });
    expect([trace.length, damage?.line]).toEqual([2, 4]);
    expect(damage?.message).toContain('is there twice in one object');
  },
);

it('opens what is before a damaged line, and names the line', async () => {
  const path = join(folder, 'damaged.jsonl');
  const lines = text.split('\n');
  lines[50] = `${lines[50]?.slice(0, 30)}`;
  await writeFile(path, lines.join('\n'));
  const { trace, damage } = await readTraceFile(path);
  expect(trace.length).toBe(49);
  expect(damage).toMatchObject({
    line: 51,
    message: expect.stringContaining('Line 51: not valid JSON'),
  });
});

it.each([
  ['binary', Buffer.from([0, 1, 2, 255, 254, 10]), 'binary is not a trace.'],
  ['binary.jsonl', Buffer.from([0, 1, 2, 255, 254, 10]), 'is not encoded in UTF-8'],
  ['empty', Buffer.alloc(0), 'the file is empty'],
  ['empty.jsonl', Buffer.alloc(0), 'the file is empty'],
  ['machine.ts', Buffer.from('export {};'), 'is a machine file, not a trace'],
  ['inputs.json', Buffer.from(' ["coin"]'), 'holds inputs, not a trace'],
])('refuses the file %s', async (name, bytes, reason) => {
  const path = join(folder, name);
  await writeFile(path, bytes);
  await expect(readTraceFile(path)).rejects.toThrow(reason);
});

it('says that a file does not exist, or is a folder', async () => {
  await expect(readTraceFile(join(folder, 'nowhere'))).rejects.toThrow('does not exist');
  await expect(readTraceFile(folder)).rejects.toThrow(new RegExp(`^${folder} is a folder`));
});

it('keeps the lines of what is compressed in one piece in a copy, of which nothing is left', async () => {
  const path = join(folder, 'one-piece.jsonl.gz');
  await writeFile(path, gzipSync(text));
  const copies = await mkdtemp(join(folder, 'copies-'));
  const { trace, damage } = await readTraceFile(path, { copyFolder: copies });
  expect([trace.length, damage]).toEqual([200, undefined]);
  expect(await readdir(copies)).toEqual([]);
  expect(trace.step(199).stepIndex).toBe(199);
});

it('reads what is compressed in one piece where no copy can be written', async () => {
  const path = join(folder, 'without-copy.jsonl.gz');
  await writeFile(path, gzipSync(text));
  const { trace, damage } = await readTraceFile(path, { copyFolder: join(folder, 'missing') });
  expect([trace.length, damage]).toEqual([200, undefined]);
});
