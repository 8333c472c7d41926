import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-itf-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const phasmoscope = (...args: readonly string[]) => runCommandLine(args, folder);
const counterexample = JSON.stringify({ vars: ['n'], states: [{ n: 0 }, { n: 1 }] });

it.each(['verify', 'export-test', 'shrink'])(
  '%s asks for a machine, although the counterexample has the name of a sample',
  async (command) => {
    writeFileSync(join(folder, 'counter.itf.json'), counterexample);
    const out = command === 'verify' ? [] : ['--out', 'out.txt'];
    const found = command === 'export-test' ? ['--finding', 'any'] : [];
    const { status, stderr } = await phasmoscope(command, 'counter.itf.json', ...out, ...found);
    expect(status).toBe(2);
    if (command !== 'export-test') {
      expect(stderr).toContain('no machine of yours executed it');
      expect(stderr).toContain('--machine PATH');
    }
  },
);

it('does not say that nothing was found where the model checker says nothing, or something else', async () => {
  writeFileSync(join(folder, 'mute.itf.json'), counterexample);
  const mute = await phasmoscope('show', 'mute.itf.json');
  expect(mute.stdout).toContain('The file does not say whether its last state violates something');
  const fine = { ...(JSON.parse(counterexample) as object), '#meta': { status: 'ok' } };
  writeFileSync(join(folder, 'fine.itf.json'), JSON.stringify(fine));
  const said = await phasmoscope('show', 'fine.itf.json');
  expect(said.stdout).toContain('The model checker says "ok".');
  expect(mute.stdout + said.stdout).not.toContain('No findings');
  const why = await phasmoscope('why', 'mute.itf.json');
  expect(why.status).toBe(2);
  expect(why.stderr).toContain('The file does not say whether its last state violates something');
  expect(why.stderr).toContain('Give a step with --step, such as the last one: --step 0.');
});

it('reads a compressed counterexample', async () => {
  writeFileSync(join(folder, 'packed.itf.json.gz'), gzipSync(counterexample));
  const { status, stdout } = await phasmoscope('import', 'packed.itf.json.gz', '--out', 'p.jsonl');
  expect([status, stdout]).toEqual([0, expect.stringContaining('1 step written')]);
  const { machine } = JSON.parse(
    readFileSync(join(folder, 'p.jsonl'), 'utf8').split('\n')[0] ?? '',
  );
  expect(machine).toBe('packed');
});

it.each([
  ['nothing else', {}],
  ['parameters', { params: ['N'], loop: 0 }],
  ['comments of its own', { comment: { by: 'hand' }, '#meta': { format: 'ITF' } }],
])('overwrites the export of a document with %s', async (_, parts) => {
  const document = { ...parts, ...(JSON.parse(counterexample) as object) };
  writeFileSync(join(folder, 'again.itf.json'), JSON.stringify(document));
  await phasmoscope('import', 'again.itf.json', '--out', 'again.jsonl');
  const args = ['export', 'again.jsonl', '--as', 'itf', '--out', 'out.itf.json'];
  const answers = [await phasmoscope(...args), await phasmoscope(...args)];
  expect(answers.map(({ status, stderr }) => [status, stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(JSON.parse(readFileSync(join(folder, 'out.itf.json'), 'utf8'))).toEqual(document);
  rmSync(join(folder, 'out.itf.json'));
});

it('refuses a key that is there twice, since one of the values would be lost', async () => {
  writeFileSync(
    join(folder, 'twice.itf.json'),
    '{"vars":["r"],\n"states":[{"r":{"x":1,"y":[{"x":2}],"\\u0078":3}}]}',
  );
  const { status, stderr } = await phasmoscope('import', 'twice.itf.json', '--out', 't.jsonl');
  expect(status).toBe(2);
  expect(stderr).toContain('twice.itf.json:2:');
  expect(stderr).toContain('is there twice in one object');
});

it.each([
  ['import', 'packed.itf.json.gz'],
  ['record', 'counter'],
])('%s does not take - for a file to write', async (command, what) => {
  const { status, stderr } = await phasmoscope(command, what, '--out', '-');
  expect([status, stderr]).toEqual([2, expect.stringContaining('- is not a file')]);
});

it('restores a whole trace that has checkpoints', async () => {
  const settings = ['--operations', '400', '--faults', 'chaos', '--seed', '3'];
  await phasmoscope('record', 'dentist-booking', ...settings, '--out', 'long.jsonl');
  await phasmoscope('export', 'long.jsonl', '--as', 'itf', '--out', 'long.itf.json');
  await phasmoscope('import', 'long.itf.json', '--out', 'again.jsonl');
  const [long, again] = ['long.jsonl', 'again.jsonl'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  expect(long).toContain('"checkpoint":');
  expect(again).toBe(long);
});

it('says that an exported run was changed, and imports its states', async () => {
  await phasmoscope('record', 'turnstile', '--operations', '20', '--out', 'run.jsonl');
  await phasmoscope('export', 'run.jsonl', '--as', 'itf', '--out', 'run.itf.json');
  const document = JSON.parse(readFileSync(join(folder, 'run.itf.json'), 'utf8'));
  document.states[5].coins = { '#bigint': '777' };
  writeFileSync(join(folder, 'changed.itf.json'), JSON.stringify(document));
  const { status, stdout } = await phasmoscope(
    'import',
    'changed.itf.json',
    '--out',
    'changed.jsonl',
  );
  expect(status).toBe(1);
  expect(stdout).toContain('changed.itf.json was changed after its export');
  expect(stdout).toContain('state 5 is not the one after its step');
});

/** An exported document. */
interface Document {
  readonly '#meta': { readonly description: string; readonly phasmoscope?: unknown };
  readonly vars: readonly string[];
  readonly loop?: number;
  readonly states: readonly (Readonly<Record<string, unknown>> & {
    readonly '#meta': { readonly index: number; readonly phasmoscope?: unknown };
  })[];
}

async function exported(...args: readonly string[]): Promise<Document> {
  const out = 'part.itf.json.gz';
  const { status, stderr } = await phasmoscope('export', ...args, '--as', 'itf', '--out', out);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(gunzipSync(readFileSync(join(folder, out))).toString('utf8')) as Document;
}

describe('a part of a trace', () => {
  beforeAll(async () => {
    const settings = ['--operations', '300', '--faults', 'chaos', '--seed', '3'];
    await phasmoscope('record', 'dentist-booking', ...settings, '--out', 'run.jsonl');
  });

  it('has the states of its steps alone, as the whole document has them', async () => {
    const whole = await exported('run.jsonl');
    const part = await exported('run.jsonl', '--from', '20', '--to', '39');
    expect(part['#meta'].description).toBe(`${whole['#meta'].description}, steps 20 to 39`);
    expect(part['#meta'].phasmoscope).toBeUndefined();
    expect(part.vars).toEqual(whole.vars);
    expect(part.states).toHaveLength(21);
    for (const [at, state] of part.states.entries()) {
      const expected = whole.states[20 + at];
      const { index } = state['#meta'];
      const start = { 'mbt::actionTaken': 'init', 'mbt::nondetPicks': {} };
      expect(index).toBe(20 + at);
      expect(state).toEqual({ ...expected, '#meta': { index }, ...(at === 0 ? start : {}) });
    }
  });

  it('leaves out states that are the same as the one before', async () => {
    const whole = await exported('run.jsonl');
    const { states } = await exported('run.jsonl', '--changed-only');
    expect(states.length).toBeLessThan(whole.states.length / 2);
    const kept = new Set(states.map((state) => state['#meta'].index));
    const done = ['#meta', 'mbt::actionTaken', 'mbt::nondetPicks'];
    const valueOf = (index: number) =>
      JSON.stringify(
        Object.entries(whole.states[index] ?? {}).filter(([name]) => !done.includes(name)),
      );
    for (let index = 1; index < whole.states.length; index += 1) {
      expect(valueOf(index) !== valueOf(index - 1)).toBe(kept.has(index));
    }
  });

  it('is read as a document of another tool', async () => {
    await exported('run.jsonl', '--from', '20', '--to', '39');
    const read = await phasmoscope('import', 'part.itf.json.gz', '--out', 'part.jsonl');
    expect([read.status, read.stdout]).toEqual([0, expect.stringContaining('20 steps written')]);
  });

  describe('of a document of another tool', () => {
    const states = [{ N: 3, n: 0 }, { n: 1 }, { n: 1 }, { n: 2 }];
    const document = (loop: number) => ({
      '#meta': { status: 'violation', by: 'hand' },
      params: ['N'],
      vars: ['n'],
      loop,
      states,
    });

    it('keeps its constants, and the end with its status and loop', async () => {
      writeFileSync(join(folder, 'loop.itf.json'), JSON.stringify(document(2)));
      const meta = { status: 'violation', by: 'hand' };
      const rest = { params: ['N'], vars: ['n'], '#meta': meta };
      const start = { N: 3, n: 1 };
      expect(await exported('loop.itf.json', '--from', '1')).toEqual({
        ...rest,
        loop: 1,
        states: [start, { n: 1 }, { n: 2 }],
      });
      // The state that is left out is the same as the one to which the loop leads then.
      expect(await exported('loop.itf.json', '--from', '1', '--changed-only')).toEqual({
        ...rest,
        loop: 0,
        states: [start, { n: 2 }],
      });
      const shown = await phasmoscope('show', 'loop.itf.json');
      expect(shown.stdout).toContain('A loop: step 2 goes back to step 1, and so for ever.');
    });

    it('says what is left out of its end', async () => {
      writeFileSync(join(folder, 'loop.itf.json'), JSON.stringify(document(0)));
      const late = await exported('loop.itf.json', '--from', '1');
      expect(late).toMatchObject({ '#meta': { status: 'violation' } });
      expect(late).not.toHaveProperty('loop');
      const early = await exported('loop.itf.json', '--to', '1');
      expect(early['#meta']).toEqual({ by: 'hand' });
      expect(early).not.toHaveProperty('loop');
      const out = ['--as', 'itf', '--out', 'part.itf.json.gz'];
      const said = async (...part: readonly string[]) =>
        (await phasmoscope('export', 'loop.itf.json', ...part, ...out)).stdout;
      expect(await said('--to', '1')).toContain(
        'The part ends before the document does, so its status "violation" and its loop to state 0 are left out.',
      );
      expect(await said('--from', '1')).toContain(
        'The part starts after state 0, to which the document goes back, so the loop is left out.',
      );
      expect(await said('--changed-only')).not.toContain('left out');
    });
  });

  it.each([
    [['--as', 'itf', '--from', '300000'], 'There are no steps'],
    [['--as', 'itf', '--from', '5', '--to', '4'], 'There are no steps 5 to 4'],
    [['--as', 'chrome', '--to', '4'], 'Leave them out, or export it with --as itf'],
    [['--as', 'chrome', '--changed-only'], 'Leave them out, or export it with --as itf'],
  ])('refuses %s', async (args, said) => {
    const out = ['--out', 'none.json'];
    const { status, stderr } = await phasmoscope('export', 'run.jsonl', ...args, ...out);
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('overwrites a compressed export, and no other compressed file', async () => {
    await exported('run.jsonl', '--to', '3');
    await exported('run.jsonl', '--to', '3');
    writeFileSync(join(folder, 'notes.gz'), gzipSync('notes'));
    const out = ['--as', 'itf', '--out', 'notes.gz'];
    const { status, stderr } = await phasmoscope('export', 'run.jsonl', ...out);
    expect([status, stderr]).toEqual([2, expect.stringContaining('is not an ITF trace')]);
  });

  it('writes nothing where it cannot, also compressed', async () => {
    const out = ['--as', 'chrome', '--out', 'nowhere/run.json.gz'];
    const { status, stderr } = await phasmoscope('export', 'run.jsonl', ...out);
    expect([status, stderr]).toEqual([2, expect.stringContaining('folder does not exist')]);
  });
});
