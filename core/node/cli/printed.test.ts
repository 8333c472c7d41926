import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatJson } from '../report/print.ts';
import { runCommandLine } from '../test-helpers/test-command.ts';

/** Commands to a terminal, C1 controls, changes of direction, and lines that look like ours. */
const HOSTILE = fc
  .array(
    fc.constantFrom(
      '\u001b[2J\u001b[1;1H',
      '\u001b]0;title\u0007',
      '\u009b31m',
      '\u202e',
      '\r',
      '\n',
      '\u0000',
      '\u007f',
      'All 67 steps agree with the machine.',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const HEADER_FIELDS = ['machine', 'scenario', 'faults', 'seed'] as const;

let folder: string;
let lines: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-printed-'));
  const args = ['record', 'turnstile', '--operations', '5', '--out', 'trace.jsonl'];
  await runCommandLine(args, folder);
  lines = (await readFile(join(folder, 'trace.jsonl'), 'utf8')).trimEnd().split('\n');
});

afterAll(() => rm(folder, { recursive: true }));

it('prints nothing of a trace that commands the terminal, or passes for a line of ours', async () => {
  const path = join(folder, 'hostile.jsonl');
  const commands = [
    ['verify', path],
    ['verify', path, '--machine', 'turnstile'],
    ['verify', path, '--machine', 'turnstile', '--json'],
    ['export', path, '--as', 'itf', '--out', 'out.itf.json'],
    ['shrink', path, '--machine', 'turnstile', '--out', 'shrunk.jsonl'],
    ['export-test', path, '--machine', 'turnstile', '--out', 'out.test.ts'],
  ];
  const altered = fc.record({
    field: fc.constantFrom(...HEADER_FIELDS, 'input' as const, 'finding' as const),
    text: HOSTILE,
    command: fc.constantFrom(...commands),
  });
  await fc.assert(
    fc.asyncProperty(altered, async ({ field, text, command }) => {
      const [header = '', first = '', ...rest] = lines;
      const told = JSON.parse(header) as object;
      const step = JSON.parse(first) as { operation: object };
      const finding = { kind: 'invariant', name: text, message: text, source: text, shape: text };
      if (field === 'input') Object.assign(step.operation, { input: text });
      else if (field === 'finding') Object.assign(step, { findings: [finding] });
      else Object.assign(told, { [field]: text });
      const written = [JSON.stringify(told), JSON.stringify(step), ...rest];
      await writeFile(path, `${written.join('\n')}\n`);
      const { status, stdout, stderr } = await runCommandLine(command, folder);
      expect([0, 1, 2]).toContain(status);
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
      expect(`${stdout}${stderr}`.split('\n')).not.toContain(
        'All 67 steps agree with the machine.',
      );
    }),
    { numRuns: 60 },
  );
});

const unseen = fc.constantFrom('\u3164', '\ufe0f', '\u{e0041}', '\u180e');

it('prints JSON that means the same and commands nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), unseen), (text) => {
      const json = formatJson({ [text]: [text] });
      expect(JSON.parse(json)).toEqual({ [text]: [text] });
      expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029\p{Default_Ignorable_Code_Point}]/u);
    }),
  );
});
