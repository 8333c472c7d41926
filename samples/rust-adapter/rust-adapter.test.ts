import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StfInput } from 'phasmoscope';
import { checkConformance, checkSeeds, replay } from 'phasmoscope/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The folder in which Debian's packages put the sources of crates. */
const REGISTRY = '/usr/share/cargo/registry';
/** Compiling the crates is slow: the result is kept beside other output. */
const TARGET = join(import.meta.dirname, '../../dist/rust-adapter');
const BUILD_MS_MAX = 400_000;

function cargoArgs(command: 'build' | 'test'): string[] {
  return [
    command,
    '--offline',
    '--quiet',
    '--config=source.crates-io.replace-with="debian"',
    `--config=source.debian.directory="${REGISTRY}"`,
    `--target-dir=${TARGET}`,
  ];
}

/** Why nothing can be compiled here; `undefined` if it can. */
function findObstacle(): string | undefined {
  if (spawnSync('cargo', ['--version']).status !== 0) return 'there is no cargo';
  const crates = [
    '/usr/share/doc/librust-serde-json-dev',
    '/usr/share/doc/librust-serde-derive-dev',
  ];
  if (existsSync(REGISTRY) && crates.every((crate) => existsSync(crate))) return undefined;
  return "Debian's librust-serde-json-dev is not installed";
}

const obstacle = findObstacle();
const why = obstacle === undefined ? '' : ` (skipped: ${obstacle})`;

describe.skipIf(obstacle !== undefined)(`the counter in Rust${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-rust-'));
  const machine = join(folder, 'counter.ts');

  beforeAll(() => {
    const adapter = ['phasm_adapter.rs', 'phasm_changes.rs'];
    for (const file of ['Cargo.toml', ...adapter, 'counter.rs', 'counter.ts']) {
      copyFileSync(join(import.meta.dirname, file), join(folder, file));
    }
    const { status, stderr } = spawnSync('cargo', cargoArgs('build'), {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`cargo failed: ${stderr}`);
    mkdirSync(join(folder, 'target/release'), { recursive: true });
    copyFileSync(join(TARGET, 'debug/counter'), join(folder, 'target/release/counter'));
  }, BUILD_MS_MAX);

  afterAll(() => rmSync(folder, { recursive: true }));

  it(
    'tells and takes back every change of a state',
    () => {
      const { status, stdout } = spawnSync('cargo', cargoArgs('test'), {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(stdout).toContain('1 passed');
      expect(status).toBe(0);
    },
    BUILD_MS_MAX,
  );

  it('keeps the protocol', async () => {
    const start = { command: ['target/release/counter'], folder, timeLimitMs: 5_000 };
    const inputs: readonly StfInput[] = [
      { kind: 'normal', input: { Add: { amount: 5 } } },
      { kind: 'normal', input: 'Ticket' },
      { kind: 'trackedActionCompleted', id: 1, result: 'Printed' },
      { kind: 'normal', input: { Add: { amount: 18446744073709551610n } } },
      { kind: 'normal', input: { Add: { amount: 1 } } },
    ];
    const checks = await checkConformance(start, inputs);
    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
  });

  it('is sound under all faults and all rules', async () => {
    expect(await checkSeeds({ machine, faults: 'chaos', seeds: 10 })).toEqual([]);
  });

  it('transfers an integer of 64 bits exactly', async () => {
    const amount = 18446744073709551615n;
    const operations = [{ kind: 'normal', input: { Add: { amount } } }] as const;
    const [step] = await replay({ machine, faults: 'none', operations });
    expect(step?.after).toMatchObject({ count: amount });
  });
});
