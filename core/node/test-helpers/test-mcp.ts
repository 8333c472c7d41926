import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../package-root.ts';

/** Only what hangs fails. */
const CALL_MS_MAX = 240_000;

const resultSchema = z.object({
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
  isError: z.boolean().optional(),
});

/** A machine file. `loaded` runs when it is loaded, `handles` with each input. */
export function turnstile(name: string, loaded = '', handles = ''): string {
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

/** A server for agents that is there while the tests of a file run, and a client of it. */
export function mcpServer() {
  const parent = mkdtempSync(join(tmpdir(), 'phasmoscope-mcp-'));
  /** The folder that the server is started for. */
  const folder = join(parent, 'inside');
  const client = new Client({ name: 'test', version: '1.0.0' });
  let calls = 0;

  beforeAll(async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'turnstile.ts'), turnstile('turnstile'));
    writeFileSync(join(parent, 'phasmoscope.config.mjs'), 'throw new Error("executed");');
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

  /** What a tool says, and whether it failed. */
  async function callTool(
    name: string,
    given: Readonly<Record<string, unknown>>,
    options?: RequestOptions,
  ): Promise<{ readonly text: string; readonly isError: boolean }> {
    calls += 1;
    const request = { name, arguments: given };
    const result = await client.callTool(request, undefined, { timeout: CALL_MS_MAX, ...options });
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

  return { parent, folder, client, callTool, answerOf, callsMade: () => calls };
}
