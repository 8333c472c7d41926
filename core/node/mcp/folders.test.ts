import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { mcpServer, turnstile } from '../test-helpers/test-mcp.ts';

vi.setConfig({ testTimeout: 300_000 });

const { parent, folder, callTool, answerOf } = mcpServer();
const outside = join(parent, 'outside');

beforeAll(() => {
  mkdirSync(outside);
  writeFileSync(join(outside, 'turnstile.ts'), turnstile('turnstile'));
  symlinkSync(join(outside, 'turnstile.ts'), join(folder, 'link.ts'));
  symlinkSync(outside, join(folder, 'away'));
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

it('reads no trace to which a link in a folder leads outside', async () => {
  await callTool('record', { machine: 'turnstile.ts', out: 'secret.jsonl' });
  renameSync(join(folder, 'secret.jsonl'), join(outside, 'secret.jsonl'));
  mkdirSync(join(folder, 'links'));
  symlinkSync(join(outside, 'secret.jsonl'), join(folder, 'links/one.jsonl'));
  const { text, isError } = await callTool('query', { traces: ['links'], where: 'true' });
  expect([isError, text]).toEqual([true, expect.stringContaining('is outside of the folders')]);
});

it('runs no machine outside that a configuration names', async () => {
  await callTool('record', { machine: 'turnstile.ts', out: 'configured.jsonl' });
  const config = join(folder, 'phasmoscope.config.mjs');
  writeFileSync(config, `export default { machine: '../outside/turnstile.ts' };`);
  const { text, isError } = await callTool('verify', { trace: 'configured.jsonl' });
  rmSync(config);
  expect([isError, text]).toEqual([true, expect.stringContaining('is outside of the folders')]);
});

it('overwrites nothing but traces', async () => {
  const { text, isError } = await callTool('record', {
    machine: 'turnstile.ts',
    out: 'turnstile.ts',
  });
  expect([isError, text]).toEqual([true, expect.stringContaining('is not the name of a trace')]);
  expect(readFileSync(join(folder, 'turnstile.ts'), 'utf8')).toBe(turnstile('turnstile'));
});
