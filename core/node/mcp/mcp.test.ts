import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../package-root.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const parent = mkdtempSync(join(tmpdir(), 'phasmoscope-mcp-'));
/** The folder that the server is started for. */
const folder = join(parent, 'inside');
const outside = join(parent, 'outside');

/** A machine file. `loaded` runs when it is loaded, `handles` with each input. */
function turnstile(name: string, loaded = '', handles = ''): string {
  return `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
${loaded}
export const machine = defineMachine({
  name: '${name}', description: 'Counts.',
  initialState: () => ({ passed: 0 }),
  stf(state) {
    ${handles}
    state.update((draft) => { draft.passed += 1; });
    return ok();
  },
  restore: () => ok(),
  invariants: { 'fewer than three pass'(state) { return state.passed < 3 || \`\${state.passed} passed\`; } },
});
export const scenarios = [defineScenario({
  name: 'walk', description: '', defaults: { seed: '1', operations: 5 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'pass' }), observe() {}, tallies: () => ({}) }),
})];
`;
}

const client = new Client({ name: 'test', version: '1.0.0' });

beforeAll(async () => {
  mkdirSync(folder);
  mkdirSync(outside);
  writeFileSync(join(folder, 'turnstile.ts'), turnstile('turnstile'));
  writeFileSync(
    join(folder, 'hangs.ts'),
    turnstile('hangs', '', 'if (state.current.passed === 1) for (;;);'),
  );
  writeFileSync(join(folder, 'hangs-at-once.ts'), turnstile('hangs-at-once', 'for (;;);'));
  writeFileSync(join(outside, 'turnstile.ts'), turnstile('turnstile'));
  symlinkSync(join(outside, 'turnstile.ts'), join(folder, 'link.ts'));
  symlinkSync(outside, join(folder, 'away'));
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs'), 'mcp', folder],
      cwd: parent,
    }),
  );
});

afterAll(async () => {
  await client.close();
  rmSync(parent, { recursive: true });
});

const resultSchema = z.object({
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
  isError: z.boolean().optional(),
});

/** What a tool says, and whether it failed. */
async function callTool(
  name: string,
  given: Readonly<Record<string, unknown>>,
  options?: RequestOptions,
): Promise<{ readonly text: string; readonly isError: boolean }> {
  const result = await client.callTool({ name, arguments: given }, undefined, options);
  const { content, isError = false } = resultSchema.parse(result);
  return { text: content[0].text, isError };
}

/** The answer of a tool that must not fail. */
async function answerOf<T>(
  name: string,
  given: Readonly<Record<string, unknown>>,
  schema: z.ZodType<T>,
): Promise<T> {
  const { text, isError } = await callTool(name, given);
  expect(isError, text).toBe(false);
  return schema.parse(JSON.parse(text));
}

it('describes each tool and what it does to the world', async () => {
  const { tools } = await client.listTools();
  const writing = tools.flatMap(({ name, annotations }) =>
    annotations?.readOnlyHint === true ? [] : [name],
  );
  expect(writing).toEqual(['record', 'shrink', 'fork', 'export_test']);
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['machines', 'sweep', 'run', 'explain', 'why', 'query', 'origin']),
  );
  for (const { description, inputSchema } of tools) {
    expect(description).not.toBe('');
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
  }
  expect(client.getInstructions()).toContain(folder);
});

it('leads from a failing seed to the shortest run and why it fails', async () => {
  const machine = 'dentist-booking-unchecked';
  const { causes } = await answerOf(
    'sweep',
    { machine, faults: 'chaos', count: 20 },
    z.object({
      causes: z.array(
        z.object({ name: z.string(), smallestSeed: z.string(), operations: z.number() }),
      ),
    }),
  );
  const cause = causes[0];
  if (!cause) throw new Error('The sweep found nothing.');
  const { name: finding, smallestSeed: seed, operations } = cause;

  const shrunk = await answerOf(
    'shrink',
    { machine, faults: 'chaos', seed, operations, finding, out: 'short.jsonl' },
    z.object({ trace: z.string(), stepsBefore: z.number(), steps: z.number() }),
  );
  expect(shrunk.steps).toBeLessThan(shrunk.stepsBefore);
  const { trace } = shrunk;
  expect(trace).toBe(join(folder, 'short.jsonl'));

  const explained = await answerOf(
    'explain',
    { trace },
    z.object({
      finding: z.object({ name: z.string(), step: z.number() }),
      sentences: z.array(z.string()).min(1),
      parts: z.array(z.object({ kind: z.string(), step: z.number(), need: z.string() })).min(1),
    }),
  );
  expect(explained.finding.name).toBe(finding);

  const { step } = await answerOf(
    'why',
    { trace },
    z.object({ step: z.number(), sentences: z.array(z.unknown()).min(1) }),
  );
  expect(step).toBe(explained.finding.step);
  const { lines } = await answerOf(
    'source',
    { trace, step },
    z.object({ lines: z.array(z.object({ path: z.string(), line: z.number() })).min(1) }),
  );
  expect(lines.map(({ path }) => path)).toContainEqual(expect.stringContaining('schedule.ts'));

  const fork = await answerOf(
    'fork',
    { trace, at: step, remove: true },
    z.object({ gone: z.array(z.object({ name: z.string() })) }),
  );
  expect(fork.gone.map(({ name }) => name)).toContain(finding);

  const test = await answerOf(
    'export_test',
    { trace, out: 'short.test.ts' },
    z.object({ test: z.string(), fails: z.boolean() }),
  );
  expect(test.fails).toBe(true);
  expect(readFileSync(test.test, 'utf8')).toContain(finding);
});

it('runs a machine of a folder outside of the package', async () => {
  const { machines } = await answerOf(
    'machines',
    {},
    z.object({ machines: z.array(z.looseObject({ file: z.string().optional() })) }),
  );
  expect(machines.map(({ file }) => file)).toContain(join(folder, 'turnstile.ts'));
  const run = await answerOf(
    'run',
    { machine: 'turnstile.ts' },
    z.object({ causes: z.array(z.looseObject({ name: z.string(), step: z.number() })) }),
  );
  expect(run.causes).toMatchObject([{ name: 'fewer than three pass', step: 2 }]);
});

it.each([
  ['a path', { machine: '../outside/turnstile.ts' }],
  ['an absolute path', { machine: join(outside, 'turnstile.ts') }],
  ['a link to a file', { machine: 'link.ts' }],
  ['a link to a folder', { machine: 'away/turnstile.ts' }],
])('refuses %s that leads outside of its folders', async (_, given) => {
  const { text, isError } = await callTool('run', given);
  expect(isError).toBe(true);
  expect(text).toContain('is outside of the folders that this server was started for.');
});

it.each(['../outside/new.jsonl', 'away/new.jsonl'])('writes no trace to %s', async (out) => {
  const { text, isError } = await callTool('record', { machine: 'turnstile.ts', out });
  expect([isError, text]).toEqual([true, expect.stringContaining('is outside of the folders')]);
  expect(existsSync(join(outside, 'new.jsonl'))).toBe(false);
});

it('overwrites nothing but traces', async () => {
  const { text, isError } = await callTool('record', {
    machine: 'turnstile.ts',
    out: 'turnstile.ts',
  });
  expect([isError, text]).toEqual([true, expect.stringContaining('is not the name of a trace')]);
  expect(readFileSync(join(folder, 'turnstile.ts'), 'utf8')).toBe(turnstile('turnstile'));
});

/** Whether a process of this computer sweeps a machine of the folder. */
function isSweeping(): boolean {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const command = readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
      return command.includes('\0sweep\0') && command.includes(folder);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

it('tells how far a sweep is, and ends it when it is cancelled', async () => {
  const cancel = new AbortController();
  const told: string[] = [];
  let wasSweeping = false;
  const sweep = callTool(
    'sweep',
    { machine: 'turnstile.ts', count: 10_000_000 },
    {
      signal: cancel.signal,
      onprogress({ message = '' }) {
        told.push(message);
        if (!message.includes('seeds')) return;
        wasSweeping = isSweeping();
        cancel.abort('enough');
      },
    },
  );
  await expect(sweep).rejects.toThrow('enough');
  expect(told.at(-1)).toMatch(/\d.* seeds/);
  expect(wasSweeping).toBe(true);
  await expect.poll(isSweeping, { timeout: 50_000 }).toBe(false);
  expect((await callTool('machines', {})).isError).toBe(false);
});

it('reports a step that hangs as a finding', async () => {
  const { causes } = await answerOf(
    'run',
    { machine: 'hangs.ts', timeLimit: '300ms' },
    z.object({ causes: z.array(z.looseObject({ kind: z.string(), step: z.number() })) }),
  );
  expect(causes).toMatchObject([{ kind: 'hang', step: 1 }]);
});

it('goes on after a machine that hangs while it is loaded', async () => {
  const { text, isError } = await callTool('run', { machine: 'hangs-at-once.ts' });
  expect([isError, text]).toEqual([true, expect.stringContaining('did not finish loading')]);
  expect((await callTool('run', { machine: 'turnstile.ts' })).isError).toBe(false);
});

it('says what is wrong with what it is given', async () => {
  const { text, isError } = await callTool('run', { machine: 'turnstile.ts', operation: 5 });
  expect([isError, text]).toEqual([true, expect.stringContaining('operation')]);
});

it('answers in pages', async () => {
  await answerOf('record', { machine: 'turnstile.ts', out: 'pages.jsonl' }, z.unknown());
  const query = { traces: ['pages.jsonl'], where: 'state.passed > 0', limit: 2 };
  const seen: number[] = [];
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const page: z.output<typeof pageSchema> = await answerOf(
      'query',
      { ...query, offset },
      pageSchema,
    );
    seen.push(...page.steps.map(({ step }) => step));
    expect(page.left).toBe(page.found - seen.length);
    offset = page.nextOffset;
  }
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

const pageSchema = z.object({
  found: z.number(),
  steps: z.array(z.object({ step: z.number() })),
  left: z.number(),
  nextOffset: z.number().optional(),
});
