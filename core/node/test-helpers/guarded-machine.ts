import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { replaySource } from '../../engine/replay.ts';
import { Run } from '../../engine/run.ts';
import type { Executed } from '../../machine/executed.ts';
import type { Operation } from '../../machine/operation.ts';
import { loadMachine } from '../load/machine-loader.ts';

/** @file Machine files that reach for what is out of their reach. */

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phasmoscope-guard-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What a finding says that a machine did with something out of its reach. */
export function deedOf(name: string): string {
  const [, written] = /^(.*) =$/.exec(name) ?? [];
  return written === undefined ? `reached for ${name}` : `wrote to ${written}`;
}

/** The parts of a machine file; what is left out is empty. */
interface Source {
  readonly top?: string;
  /** The body of `stf`, on its line 4 from column 1. */
  readonly stf?: string;
  /** The body of `restore`, on its line 6. */
  readonly restore?: string;
  readonly async?: boolean;
  readonly more?: string;
}

let files = 0;

/** Writes a machine file with these parts, and loads it. */
export async function load({ top = '', stf = '', restore = '', async = false, more = '' }: Source) {
  files += 1;
  const path = join(folder, `machine-${files}.ts`);
  const prefix = async ? 'async ' : '';
  await writeFile(
    path,
    [
      `import { ok, StorageError } from 'phasmoscope'; export { StorageError }; ${top}`,
      `export const machine: any = { name: 'm', description: '', initialState: () => ({ n: 0 }),`,
      `invariants: {}, ${more} ${prefix}stf(state: any, input: any, actions: any) {`,
      stf,
      `return ok(); }, ${prefix}restore(state: any, actions: any) {`,
      restore,
      'return ok(); } };',
    ].join('\n'),
  );
  return { name: `machine-${files}.ts`, ...(await loadMachine(path)) };
}

/** Loads a machine, executes one operation, and returns its step. */
export async function play(source: Source, operation: Operation = { kind: 'normal', input: 'go' }) {
  const { name, machine, guard, locate } = await load(source);
  const run = new Run(machine, replaySource([operation]), { guard, locate });
  let step: Executed | undefined;
  await run.advance(1, (executed) => {
    step = executed;
  });
  if (!step) throw new Error('one operation is one step');
  return { name, step };
}
