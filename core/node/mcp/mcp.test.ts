import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { mcpServer, turnstile } from '../test-helpers/test-mcp.ts';

vi.setConfig({ testTimeout: 300_000 });

const { folder, client, callTool, answerOf, callsMade } = mcpServer();

beforeAll(() => {
  writeFileSync(
    join(folder, 'hangs.ts'),
    turnstile('hangs', '', 'if (state.current.passed === 1) for (;;);'),
  );
  writeFileSync(join(folder, 'hangs-at-once.ts'), turnstile('hangs-at-once', 'for (;;);'));
});

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
  const before = callsMade();
  const machine = 'dentist-booking-unchecked';
  const { causes } = await answerOf(
    'sweep',
    { machine, faults: 'chaos', count: 20 },
    z.object({
      causes: z.array(z.object({ name: z.string(), seed: z.string(), operations: z.number() })),
    }),
  );
  const cause = causes[0];
  if (!cause) throw new Error('The sweep found nothing.');
  const { name: finding, seed, operations } = cause;

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
  const { changes } = await answerOf(
    'step',
    { trace, step },
    z.object({ changes: z.array(z.object({ path: z.string() })).min(1) }),
  );
  const written = changes.find((change) => change.path.startsWith('bookings'));
  const { hops } = await answerOf('origin', { trace, path: written?.path, step }, listOf('hops'));
  expect(hops.length).toBeGreaterThan(0);
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
  expect(callsMade() - before).toBeLessThan(12);
});

it('looks into a trace: its steps, a step, the state and a value in it', async () => {
  await answerOf('record', { machine: 'turnstile.ts', out: 'look.jsonl' }, z.unknown());
  const trace = 'look.jsonl';
  const all = await answerOf('steps', { trace, from: 1, limit: 2 }, listOf('steps'));
  expect(all).toMatchObject({
    steps: [{ step: 1, outcome: { kind: 'ok' } }, { step: 2 }],
    left: 2,
  });
  const failing = await answerOf('steps', { trace, where: 'size(findings) > 0' }, listOf('steps'));
  expect(failing).toMatchObject({ steps: [{ step: 2 }], left: 0 });

  const step = await answerOf('step', { trace, step: 2 }, listOf('changes'));
  const finding = { kind: 'invariant', name: 'fewer than three pass', message: '3 passed' };
  expect(step).toMatchObject({
    operation: { kind: 'normal', input: 'pass' },
    findings: [finding],
    changes: [{ path: 'passed', before: 2, after: 3 }],
    outstanding: [],
  });

  const start = await answerOf('state', { trace, step: -1 }, z.looseObject({}));
  expect(start).toMatchObject({ value: { passed: 0 } });
  const value = await answerOf('state', { trace, path: 'passed', step: 3 }, z.looseObject({}));
  expect(value).toMatchObject({ path: 'passed', value: 4 });
  const history = await answerOf(
    'state',
    { trace, path: 'passed', history: true, limit: 2 },
    listOf('changes'),
  );
  expect(history).toMatchObject({
    changes: [
      { step: -1, value: 0 },
      { step: 0, value: 1 },
    ],
    left: 4,
  });
});

it('verifies a trace with the machine as it is now', async () => {
  writeFileSync(join(folder, 'changes.ts'), turnstile('changes'));
  await answerOf('record', { machine: 'changes.ts', out: 'verified.jsonl' }, z.unknown());
  const given = { trace: 'verified.jsonl', machine: 'changes.ts' };
  expect(await answerOf('verify', given, z.looseObject({}))).toMatchObject({
    agrees: true,
    isSameSource: true,
    steps: 5,
  });
  const double = 'state.update((draft) => { draft.passed += 1; });';
  writeFileSync(join(folder, 'changes.ts'), turnstile('changes', '', double));
  expect(await answerOf('verify', given, z.looseObject({}))).toMatchObject({
    agrees: false,
    isSameSource: false,
    difference: { kind: 'step', stepIndex: 0 },
  });
});

it('says how likely a run was to fail, and where it does not recover from a crash', async () => {
  const machine = 'dentist-booking';
  const run = { machine, faults: 'chaos', seed: 7, operations: 40, out: 'odds.jsonl' };
  const { causes } = await answerOf('record', run, listOf('causes'));
  expect(causes.length).toBeGreaterThan(0);
  const trace = 'odds.jsonl';
  const { points } = await answerOf('doom', { trace, runs: 60 }, listOf('points'));
  expect(points.length).toBeGreaterThan(1);
  for (const { failPercent, band } of z.array(pointSchema).parse(points)) {
    expect(failPercent).toBeGreaterThanOrEqual(band[0]);
    expect(failPercent).toBeLessThanOrEqual(band[1]);
  }
  const crashed = await answerOf(
    'crash_everywhere',
    { trace, from: 0, to: 20 },
    z.object({ points: z.number(), fail: z.number(), failing: z.array(z.unknown()) }),
  );
  expect(crashed.points).toBeGreaterThan(20);
});

it('names the inputs and tools of its own where a command names options', async () => {
  writeFileSync(join(folder, 'other.ts'), turnstile('no-sample'));
  await answerOf('record', { machine: 'other.ts', out: 'other.jsonl' }, z.unknown());
  const verified = await callTool('verify', { trace: 'other.jsonl' });
  expect(verified.isError).toBe(true);
  expect(verified.text).toContain('with the option "machine"');
  expect(verified.text).not.toContain('--machine');
  // A configuration above the folders of the server is code outside of them.
  expect(verified.text).not.toContain('executed');
});

it.each([
  ['sweep', { machine: 'turnstile.ts', count: 5, seconds: 2 }, 'Give either "count" or "seconds".'],
  ['fork', { trace: 'named.jsonl', machine: 'turnstile.ts', crash: 0 }, 'Give it with "at".'],
  [
    'fork',
    { trace: 'named.jsonl', machine: 'turnstile.ts', at: 1, deliver: { id: 7 } },
    '"deliver" as {"id":7,"result":RESULT}',
  ],
  ['steps', { trace: 'inputs.json' }, '`run` with "inputs"'],
])('names no option of a command to a caller of %s', async (tool, given, remedy) => {
  await answerOf('record', { machine: 'turnstile.ts', out: 'named.jsonl' }, z.unknown());
  writeFileSync(join(folder, 'inputs.json'), '["pass"]');
  const { text, isError } = await callTool(tool, given);
  expect([isError, text]).toEqual([true, expect.stringContaining(remedy)]);
  expect(text).not.toContain('--');
});

it('says that a finding is gone with the machine as it is now', async () => {
  writeFileSync(join(folder, 'mended.ts'), turnstile('mended'));
  await answerOf('record', { machine: 'mended.ts', out: 'mended.jsonl' }, z.unknown());
  writeFileSync(
    join(folder, 'mended.ts'),
    turnstile('mended').replace('passed < 3', 'passed < 30'),
  );
  const explained = await answerOf(
    'explain',
    { trace: 'mended.jsonl', machine: 'mended.ts' },
    z.looseObject({}),
  );
  expect(explained).toMatchObject({ isGone: true, finding: { step: 2 } });
});

it.each([
  ['a path with a NUL character', 'steps', { trace: 'run.jsonl\0' }, 'holds a NUL character'],
  [
    'a call that is too long for a command',
    'query',
    { traces: ['run.jsonl'], where: '('.repeat(200_000) },
    'A call may have 100 000.',
  ],
])('refuses %s', async (_, tool, given, reason) => {
  const { text, isError } = await callTool(tool, given);
  expect([isError, text]).toEqual([true, expect.stringContaining(reason)]);
  expect(text).not.toContain('    at ');
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
  const messages: string[] = [];
  let wasSweeping = false;
  const sweep = callTool(
    'sweep',
    { machine: 'turnstile.ts', count: 10_000_000 },
    {
      signal: cancel.signal,
      onprogress({ message = '' }) {
        messages.push(message);
        if (!message.includes('seeds')) return;
        wasSweeping = isSweeping();
        cancel.abort('enough');
      },
    },
  );
  await expect(sweep).rejects.toThrow('enough');
  expect(messages.at(-1)).toMatch(/\d.* seeds/);
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

/** An answer with a list of this name. */
function listOf<Name extends string>(name: Name) {
  return z.looseObject({
    ...({ [name]: z.array(z.unknown()) } as Record<Name, z.ZodArray<z.ZodUnknown>>),
    left: z.number(),
  });
}

const pointSchema = z.object({
  failPercent: z.number(),
  band: z.tuple([z.number(), z.number()]),
});

const pageSchema = z.object({
  found: z.number(),
  steps: z.array(z.object({ step: z.number() })),
  left: z.number(),
  nextOffset: z.number().optional(),
});
