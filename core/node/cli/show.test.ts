import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
const json = async (...args: readonly string[]) => {
  const { stdout } = await phasmoscope(...args, '--json');
  return JSON.parse(stdout);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-show-'));
  const chaos = ['--faults', 'chaos', '--operations', '200', '--seed', '7'];
  await phasmoscope('record', 'dentist-booking', ...chaos, '--out', 'chaos.jsonl');
  await phasmoscope('record', 'dentist-booking', '--operations', '60', '--out', 'calm.jsonl');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('show', () => {
  it('prints a run in brief, with its findings', async () => {
    const { status, stdout } = await phasmoscope('show', 'chaos.jsonl');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^dentist-booking, mixed-operations, seed 7, faults chaos\n/);
    expect(stdout).toMatch(/steps +270\n +input +142\n/);
    expect(stdout).toContain('rule: idempotent completion');
    expect(stdout).toMatch(/show chaos\.jsonl --step 7\n$/);
    const document = await json('show', 'chaos.jsonl');
    expect(document).toMatchObject({ steps: 270, kinds: { crash: 8, restore: 8 }, rejected: 83 });
  });

  it('prints a step with what it changed, emitted and completed', async () => {
    const { stdout } = await phasmoscope('show', 'chaos.jsonl', '--step', '7');
    expect(stdout).toMatch(/operation +completion of Preauth #3, emitted in step 4\n/);
    expect(stdout).toContain('± pending[3].status: "AwaitingPreauth" → "SlotConfirmed"');
    expect(stdout).toContain('rule: idempotent completion');
    const emitting = await phasmoscope('show', 'chaos.jsonl', '--step', '4');
    expect(emitting.stdout).toMatch(/emits +→ #3 Preauth .*, completed in step 7\n/);
    const { changes, outstanding } = await json('show', 'chaos.jsonl', '--step', '7');
    expect(changes).toContainEqual({
      kind: 'changed',
      path: 'pending[3].status',
      before: 'AwaitingPreauth',
      after: 'SlotConfirmed',
    });
    expect(outstanding).toContainEqual(expect.objectContaining({ id: 1, emittedAt: 0 }));
  });

  it('prints the state, or a part of it, after a step', async () => {
    const part = await phasmoscope('show', 'chaos.jsonl', '--state', 'pending[3]', '--step', '7');
    expect(part.stdout).toMatch(/^pending\[3\] {2}after step 7\n/);
    expect(part.stdout).toContain('status: "SlotConfirmed"');
    const start = await phasmoscope('show', 'chaos.jsonl', '--step', 'start');
    expect(start.stdout).toMatch(/^State {2}at the start\n/);
    expect(await json('show', 'chaos.jsonl', '--state', 'nextId', '--step', '7')).toMatchObject({
      value: 5,
    });
  });

  it('says where a value was changed, and what the whole run changed', async () => {
    const status = ['--state', 'pending[3].status', '--changes'];
    const { stdout } = await phasmoscope('show', 'chaos.jsonl', ...status);
    expect(stdout).toMatch(
      /start {2}not there\n +4 {2}"AwaitingPreauth"\n +7 {2}"SlotConfirmed"\n/,
    );
    const { changes } = await json('show', 'chaos.jsonl', ...status);
    expect(changes.map(({ step }: { step: number }) => step)).toEqual([-1, 4, 7, 8]);
    const run = await json('show', 'calm.jsonl', '--changes');
    expect(run.changes).toContainEqual(expect.objectContaining({ path: 'nextId', before: 1 }));
  });

  it('names what is not there', async () => {
    const path = await phasmoscope('show', 'calm.jsonl', '--state', 'nope');
    expect([path.status, path.stderr]).toEqual([2, expect.stringContaining('It has nextId, ')]);
    const step = await phasmoscope('show', 'calm.jsonl', '--step', '60');
    expect([step.status, step.stderr]).toEqual([2, expect.stringContaining('from 0 to 59')]);
  });

  it.each([
    ['pending[99].userId', /has no pending\[99\]\.userId\. pending has 1, 2, .* and \d+ more\./],
    ['pending[1].userId.name', /pending\[1\]\.userId is \d+\./],
    ['pending[1].usrId', /pending\[1\] has .*Did you mean "userId"\?/s],
    ['pending.1.userId', /Did you mean pending\[1\]\.userId\?/],
  ])('says how far a path leads: %s', async (given, expected) => {
    const { status, stderr } = await phasmoscope('show', 'calm.jsonl', '--state', given);
    expect([status, stderr]).toEqual([2, expect.stringMatching(expected)]);
  });

  it('shows what commands a terminal, and does not send it', async () => {
    const [header = '', ...lines] = readFileSync(join(folder, 'calm.jsonl'), 'utf8').split('\n');
    const hostile = lines.map((line) => line.replaceAll('User1"', String.raw`\u001b[2J"`));
    writeFileSync(join(folder, 'hostile.jsonl'), [header, ...hostile].join('\n'));
    for (const args of [['show', '--step', '0'], ['steps']]) {
      const [command = '', ...options] = args;
      const { stdout, stderr } = await phasmoscope(command, 'hostile.jsonl', ...options);
      expect(stdout + stderr).not.toContain('\u001b[2J');
      expect(stdout + stderr).toContain(String.raw`\u001b[2J`);
    }
  });
});

describe('steps', () => {
  it('lists steps beneath each other, page by page', async () => {
    const { stdout } = await phasmoscope('steps', 'chaos.jsonl', '--limit', '20');
    const [heading = '', ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^step {2}operation +outcome +changes {2}actions$/);
    expect(rows).toHaveLength(21);
    const outcomeAt = heading.indexOf('outcome');
    expect(rows[1]?.slice(outcomeAt)).toMatch(/^SlotNotAvailable/);
    expect(rows[14]?.slice(outcomeAt)).toMatch(/^process died/);
    expect(rows.at(-1)).toContain('--from 20');
    const next = await json('steps', 'chaos.jsonl', '--limit', '20', '--from', '260');
    expect(next.steps.map(({ step }: { step: number }) => step)).toHaveLength(10);
    expect(next).not.toHaveProperty('next');
  });

  it('lists the steps at which an expression is true', async () => {
    const crashes = ['--where', 'kind == "crash"'];
    const { steps, next } = await json('steps', 'chaos.jsonl', ...crashes, '--limit', '3');
    expect(steps.map(({ step }: { step: number }) => step)).toEqual([14, 17, 45]);
    expect(next).toBe(93);
    const rest = await json('steps', 'chaos.jsonl', ...crashes, '--from', String(next));
    expect(rest.steps).toHaveLength(5);
    const none = await phasmoscope('steps', 'calm.jsonl', '--where', 'kind == "crash"');
    expect([none.status, none.stdout]).toEqual([0, 'It is true at no step.\n']);
    const slip = await phasmoscope('steps', 'calm.jsonl', '--where', 'state.nope == 3');
    expect([slip.status, slip.stderr]).toEqual([2, expect.stringContaining('neither true nor')]);
    const beyond = await phasmoscope('steps', 'calm.jsonl', '--from', '999');
    expect([beyond.status, beyond.stderr]).toEqual([2, expect.stringContaining('no step 999')]);
    const wrong = await phasmoscope('steps', 'calm.jsonl', '--where', 'kind ==');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});

describe('inputs', () => {
  it('gives the same run again', async () => {
    const { status, stdout } = await phasmoscope('inputs', 'calm.jsonl', '--out', 'calm.json');
    expect([status, stdout]).toEqual([0, expect.stringContaining('60 inputs written to')]);
    await phasmoscope('record', 'dentist-booking', '--inputs', 'calm.json', '--out', 'again.jsonl');
    const diff = await phasmoscope('diff', 'calm.jsonl', 'again.jsonl');
    expect([diff.status, diff.stdout]).toEqual([0, expect.stringContaining('All 60 steps')]);
  });

  it('says what a list of inputs cannot hold', async () => {
    const { status, stdout } = await phasmoscope('inputs', 'chaos.jsonl', '--out', 'chaos.json');
    expect(status).toBe(1);
    expect(stdout).toMatch(/8 crashes left out \(steps 14, 17, /);
    expect(stdout).toContain('10 second deliveries written as');
    const { lost, inputs } = await json('inputs', 'chaos.jsonl', '--out', 'chaos.json');
    expect(lost).toMatchObject({ settled: [269], loss: [97, 248] });
    expect(JSON.parse(readFileSync(join(folder, 'chaos.json'), 'utf8'))).toHaveLength(inputs);
  });

  it('does not overwrite another kind of file', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { status, stderr } = await phasmoscope('inputs', 'calm.jsonl', '--out', 'notes.txt');
    expect([status, stderr]).toEqual([2, expect.stringContaining('not a list of inputs')]);
  });
});
