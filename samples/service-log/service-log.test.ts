import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StepLog } from './step-log.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-service-log-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const COMMAND = join(import.meta.dirname, '../../electron/scripts/phasmoscope.mjs');

/** What a command prints about a log: it opens as any trace does. */
function phasmoscope(...args: readonly string[]): {
  status: number | null;
  json: Readonly<Record<string, unknown>>;
  text: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args, '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, json: stdout === '' ? {} : JSON.parse(stdout), text: stdout + stderr };
}

/** A service with orders and payments, which logs what happens to it. */
function logOrders(path: string): void {
  const orders = new Map<number, { total: bigint; status: string }>();
  const state = { orders, coupons: new Set(['$first']), note: undefined };
  const log = new StepLog(path, 'orders', state);
  orders.set(1, { total: 2n ** 64n, status: 'placed' });
  const pay = { kind: 'Pay', orderId: 1 };
  const emitted = [{ id: 'pay-1', action: pay }, { action: { kind: 'Mail' } }];
  log.input({ kind: 'Place', orderId: 1 }, { emitted, state });
  log.input({ kind: 'Place', orderId: 1 }, { rejected: { kind: 'Exists' } });
  orders.set(1, { total: 2n ** 64n, status: 'paid' });
  log.completed('pay-1', { kind: 'Paid' }, { state });
  log.close();
}

describe('a service in TypeScript', () => {
  it('logs steps that open as a trace, without a machine', () => {
    logOrders(join(folder, 'orders.jsonl'));
    const run = phasmoscope('show', 'orders.jsonl');
    expect([run.status, run.json]).toMatchObject([
      0,
      { machine: 'orders', steps: 3, kinds: { input: 2, completion: 1 }, rejected: 1 },
    ]);
    expect(phasmoscope('show', 'orders.jsonl', '--step', '2').json).toMatchObject({
      operation: { kind: 'trackedActionCompleted', id: 'pay-1', result: { kind: 'Paid' } },
      changes: [{ path: 'orders[1].status', before: 'placed', after: 'paid' }],
      outstanding: [],
    });
    const { json } = phasmoscope('show', 'orders.jsonl', '--state', '--step', '1');
    expect(json['value']).toEqual({
      orders: { $map: [[1, { total: { $bigint: '18446744073709551616' }, status: 'placed' }]] },
      coupons: { $set: ['$first'] },
      note: { $undefined: true },
    });
  });

  it('becomes a trace file, which is the same run', () => {
    logOrders(join(folder, 'orders.jsonl'));
    expect(phasmoscope('import', 'orders.jsonl', '--out', 'trace.jsonl.gz').status).toBe(0);
    expect(phasmoscope('diff', 'orders.jsonl', 'trace.jsonl.gz').json).toMatchObject({
      isSame: true,
    });
  });

  it('leaves the steps until it was killed, and names a line that is wrong', () => {
    const path = join(folder, 'killed.jsonl');
    logOrders(path);
    appendFileSync(path, '{"input":{"kind":"Pla');
    expect(phasmoscope('show', 'killed.jsonl')).toMatchObject({ status: 0, json: { steps: 3 } });
    appendFileSync(path, '\n');
    const { status, text } = phasmoscope('steps', 'killed.jsonl');
    expect([status, text]).toEqual([1, expect.stringContaining('Line 5 of killed.jsonl is not')]);
    for (const [line, problem] of [
      ['{"state":1}', 'either \\"input\\" or \\"completed\\"'],
      ['{"input":1,"sate":2}', 'sate'],
      ['{"completed":1}', '\\"result\\" is missing'],
    ] as const) {
      const head = '{"phasmoscope-log":1,"service":"s","state":0}';
      writeFileSync(join(folder, 'wrong.jsonl'), `${head}\n${line}\n`);
      expect(phasmoscope('steps', 'wrong.jsonl').text).toContain(problem);
    }
  });
});

const hasRust = spawnSync('rustc', ['--version']).status === 0;

describe.skipIf(!hasRust)('a service in Rust (skipped without rustc)', () => {
  it('logs steps that open as a trace', () => {
    const source = `
      #[path = "${join(import.meta.dirname, 'step_log.rs')}"] mod step_log;
      use step_log::{Effects, Emitted, StepLog};
      fn main() -> std::io::Result<()> {
        let mut log = StepLog::create("rust.jsonl", "the \\"shop\\"\\n", "{\\"n\\":0}")?;
        let pay = [Emitted { id: Some("7"), action: "\\"Pay\\"" }, Emitted { id: None, action: "\\"Mail\\"" }];
        log.input("{\\n\\"Place\\":1}", Effects { state: Some("{\\"n\\":18446744073709551615}"), emitted: &pay, ..Effects::default() })?;
        log.input("{\\"Place\\":1}", Effects { rejected: Some("\\"Exists\\""), ..Effects::default() })?;
        log.completed("7", "\\"Paid\\"", Effects::default())
      }`;
    writeFileSync(join(folder, 'main.rs'), source);
    const built = spawnSync('rustc', ['--edition=2021', 'main.rs'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(built.stderr).not.toContain('error');
    expect(spawnSync('./main', { cwd: folder }).status).toBe(0);
    expect(phasmoscope('show', 'rust.jsonl').json).toMatchObject({
      machine: 'the "shop"\n',
      steps: 3,
      rejected: 1,
      outstanding: 0,
    });
    expect(phasmoscope('show', 'rust.jsonl', '--state', 'n').json).toMatchObject({
      value: { $bigint: '18446744073709551615' },
    });
  });
});
