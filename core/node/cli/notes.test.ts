import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine, runCommandProcess } from '../test-helpers/test-command.ts';

let folder: string;

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
const text = (name: string) => {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-notes-'));
  await phasmoscope('record', 'dentist-booking-unchecked', '--out', 'run.jsonl.gz');
});

afterAll(() => rmSync(folder, { recursive: true }));

it('adds notes to the file of a trace, whose steps stay, and prints them', async () => {
  const before = text('run.jsonl.gz').split('\n');
  const none = await phasmoscope('notes', 'run.jsonl.gz');
  expect([none.status, none.stdout]).toEqual([0, 'The trace has no notes.\n']);
  await phasmoscope('notes', 'run.jsonl.gz', '--add', 'It **fails** here.', '--at', '77');
  await phasmoscope('notes', 'run.jsonl.gz', '--add', '', '--at', '3', '--to', '9');
  const add = ['--add', 'Next.', '--at', '5', '--path', 'nextId'];
  const { stdout } = await phasmoscope('notes', 'run.jsonl.gz', ...add);
  expect(stdout).toBe('steps 3 to 9\nstep 5, nextId\n  Next.\nstep 77\n  It **fails** here.\n');
  const after = text('run.jsonl.gz').split('\n');
  expect(after.slice(0, before.length - 2)).toEqual(before.slice(0, -2));
  expect(after).toHaveLength(before.length + 3);
  const json = await phasmoscope('notes', 'run.jsonl.gz', '--json');
  expect(JSON.parse(json.stdout).notes[1]).toMatchObject({ step: 5, path: 'nextId' });
  expect(await phasmoscope('verify', 'run.jsonl.gz')).toMatchObject({ status: 0 });
});

it('keeps the notes of all processes that add some at the same time', async () => {
  await phasmoscope('record', 'turnstile', '--operations', '9', '--out', 'shared.jsonl');
  symlinkSync('shared.jsonl', join(folder, 'link.jsonl'));
  const texts = ['a', 'b', 'c', 'd'];
  const ends = await Promise.all(
    texts.map((note, at) => {
      const file = at % 2 === 0 ? 'shared.jsonl' : 'link.jsonl';
      return runCommandProcess(['notes', file, '--add', note, '--at', '1'], folder);
    }),
  );
  expect(ends.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  const { notes } = JSON.parse((await phasmoscope('notes', 'shared.jsonl', '--json')).stdout);
  expect(notes.map((note: { text: string }) => note.text).toSorted()).toEqual(texts);
});

it('says that the file or folder to add a note to does not exist', async () => {
  for (const file of ['missing.jsonl', 'nowhere/missing.jsonl']) {
    const { status, stderr } = await phasmoscope('notes', file, '--add', 'x', '--at', '1');
    expect([status, stderr]).toEqual([2, expect.stringContaining('does not exist')]);
  }
});

it('says what is wrong with a place, and leaves the file as it was', async () => {
  const before = text('run.jsonl.gz');
  const say = async (...args: readonly string[]) => {
    const { status, stderr } = await phasmoscope('notes', 'run.jsonl.gz', ...args);
    expect(status).toBe(2);
    return stderr;
  };
  expect(await say('--add', 'x')).toContain('a step with --at');
  expect(await say('--at', '3')).toContain('Without --add');
  expect(await say('--add', 'x', '--at', '5000000')).toContain('no step 5 000 000');
  expect(await say('--add', 'x', '--at', '5', '--to', '5')).toContain('does not come after');
  expect(await say('--add', 'x', '--at', '5', '--path', 'nope')).toContain('has no nope');
  expect(text('run.jsonl.gz')).toBe(before);
});

it('gives a trace the notes of a JSON file, and none when one has no place', async () => {
  await phasmoscope('record', 'turnstile', '--operations', '9', '--out', 'told.jsonl');
  const notes = [
    { id: 'b', step: 5, path: ['locked'], text: 'Later, told first' },
    { id: 'a', step: -1, view: 'steps', text: 'The beginning' },
  ];
  const write = (value: unknown) =>
    writeFileSync(join(folder, 'told.notes.json'), JSON.stringify(value));
  write(notes);
  const told = await phasmoscope('notes', 'told.jsonl', '--from', 'told.notes.json');
  expect([told.status, told.stderr]).toEqual([0, '']);
  const { stdout } = await phasmoscope('notes', 'told.jsonl', '--json');
  expect(JSON.parse(stdout).notes).toEqual([{ ...notes[0], path: 'locked' }, notes[1]]);
  for (const wrong of [
    [...notes, { id: 'b', step: 1, text: '' }],
    [{ id: 'c', step: 9, text: '' }],
    {},
  ]) {
    write(wrong);
    const refused = await phasmoscope('notes', 'told.jsonl', '--from', 'told.notes.json');
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('does not hold notes'),
    ]);
  }
  expect((await phasmoscope('notes', 'told.jsonl', '--json')).stdout).toBe(stdout);
});

it('does not write a damaged file again, and prints the notes before the damage', async () => {
  writeFileSync(join(folder, 'cut.jsonl'), text('run.jsonl.gz').slice(0, -200));
  const printed = await phasmoscope('notes', 'cut.jsonl');
  expect(printed.status).toBe(1);
  const added = await phasmoscope('notes', 'cut.jsonl', '--add', 'x', '--at', '3');
  expect([added.status, added.stderr]).toEqual([2, expect.stringContaining('is damaged')]);
});

it('goes along to what shrink and fork make of a trace, and follows an action to its new id', async () => {
  await phasmoscope('record', 'dentist-booking-unchecked', '--out', 'noted.jsonl');
  const steps = text('noted.jsonl')
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line));
  const failing = steps.findIndex(({ findings }) => findings !== undefined);
  const emitted = steps.slice(0, failing).findLast(({ actions }) => actions !== undefined);
  const { id: action } = emitted.actions[0];
  const request = steps.find(
    ({ step, operation }) => step > emitted.step && operation.kind === 'normal',
  );
  const notes = [
    { id: 'a', step: 0, text: 'before the fork' },
    { id: 'b', step: emitted.step, action, text: 'on its action' },
    { id: 'c', step: request.step, text: 'on a request after it' },
  ];
  writeFileSync(join(folder, 'notes.json'), JSON.stringify(notes));
  await phasmoscope('notes', 'noted.jsonl', '--from', 'notes.json');
  const carriedBy = async (file: string) =>
    JSON.parse((await phasmoscope('notes', file, '--json')).stdout).notes;

  const at = ['--at', `${emitted.step}`];
  const fork = ['fork', 'noted.jsonl', ...at, '--crash', '--out', 'noted-fork.jsonl'];
  expect((await phasmoscope(...fork)).stdout).toMatch(/notes +3 notes carried over/);
  const requestAt = text('noted-fork.jsonl')
    .split('\n')
    .slice(1)
    .findIndex((line) => line.includes(JSON.stringify(request.operation)));
  // The crash and its restore come before it.
  expect(requestAt).toBeGreaterThan(request.step);
  expect(await carriedBy('noted-fork.jsonl')).toEqual([
    notes[0],
    { ...notes[1], action: String(action) },
    { ...notes[2], step: requestAt },
  ]);
  expect(await phasmoscope('verify', 'noted-fork.jsonl')).toMatchObject({ status: 0 });

  const shrink = ['shrink', 'noted.jsonl', '--out', 'noted-min.jsonl', '--json'];
  const { stepIndices } = JSON.parse((await phasmoscope(...shrink)).stdout);
  const step = stepIndices.indexOf(emitted.step);
  const { actions } = JSON.parse(text('noted-min.jsonl').split('\n')[step + 1] ?? '');
  const id = actions[0].id;
  expect(id).not.toBe(action);
  expect(await carriedBy('noted-min.jsonl')).toContainEqual({
    ...notes[1],
    step,
    action: String(id),
  });
});
