import { execFile } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withMachine } from './machine-loader.ts';
import type { SourceFiles } from './source-files.ts';
import { SourceWatch } from './source-watch.ts';

/** A busy computer may take seconds for each load. */
const WAIT_MS_MAX = 60_000;
vi.setConfig({ testTimeout: 3 * WAIT_MS_MAX });

const execute = promisify(execFile);

const machineText = (imports: string, description: string) =>
  `import { defineMachine, ok } from 'phasmoscope';
${imports}
export const machine = defineMachine({
  name: 'm', description: ${description}, initialState: () => ({ n: 0 }), stf: () => ok(),
  restore: () => ok(), invariants: {},
});
export const scenarios = [];
`;

let folder: string;
let watch: SourceWatch | undefined;
/** What the last load has led to: the description of the machine, or what is wrong with it. */
let last: string;
/** What all loads have led to. */
let seen: string[];
let unseen: string | undefined;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'phasmoscope-watch-')));
  seen = [];
});

afterEach(async () => {
  watch?.close();
  watch = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Opens a machine as the window does: it is loaded again whenever the watch says so. */
async function open(name: string): Promise<void> {
  const path = join(folder, name);
  const opened = new SourceWatch(path, () => void load());
  watch = opened;
  const follow = (sources: SourceFiles) => {
    ({ unseen } = sources);
    opened.follow(sources);
  };
  const load = async () => {
    try {
      await withMachine(
        path,
        async ({ machine, sourceHash }) => {
          last = `${machine.description} ${sourceHash}`;
        },
        follow,
      );
    } catch (error) {
      last = (error as Error).message;
    }
    seen.push(last);
  };
  await load();
}

/** Waits until the last load says so: however long that takes, which only a test that fails shows. */
async function expectLast(text: string): Promise<void> {
  await until(() => expect(last).toContain(text));
}

function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: WAIT_MS_MAX, interval: 20 });
}

/** The number of loads that led to a text. */
const loadsOf = (text: string) => seen.filter((one) => one.includes(text)).length;

describe('a machine of several files', () => {
  const FILES = {
    'machine.ts': machineText("import { text } from './lib/text.ts';", 'text'),
    'lib/text.ts': "export const text = 'first';\n",
  };
  const SECOND = "export const text = 'second';\n";

  beforeEach(async () => {
    await write(FILES);
  });

  it('is loaded again after a save in place, and only then', async () => {
    await open('machine.ts');
    await write({ 'lib/text.ts': SECOND });
    await expectLast('second');
    // A change is seen after all that came before it: the first load was not repeated.
    expect(loadsOf('first')).toBe(1);
    await write({ 'lib/text.ts': SECOND.replace('second', 'third') });
    await expectLast('third');
    // A save may be seen in two parts, of which the second one comes late.
    expect(loadsOf('second')).toBeLessThanOrEqual(2);
  });

  it('is loaded again when an editor renames another file into place', async () => {
    await open('machine.ts');
    for (const round of ['second', 'third', 'fourth']) {
      await write({ 'lib/text.ts~': `export const text = '${round}';\n` });
      await rename(join(folder, 'lib/text.ts'), join(folder, 'lib/text.ts.old'));
      await rename(join(folder, 'lib/text.ts~'), join(folder, 'lib/text.ts'));
      await expectLast(round);
    }
  });

  it('is not loaded again when something else is written beside it', async () => {
    await open('machine.ts');
    for (let round = 0; round < 20; round += 1) {
      await appendFile(join(folder, 'lib/notes.log'), 'x');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await write({ 'lib/text.ts': SECOND });
    await expectLast('second');
    expect(loadsOf('first')).toBe(1);
  });

  it('recovers when its folder is removed and made again, repeatedly', async () => {
    await write({ 'project/machine.ts': FILES['machine.ts'], 'project/lib/text.ts': SECOND });
    await open('project/machine.ts');
    for (const round of ['third', 'fourth']) {
      await rm(join(folder, 'project'), { recursive: true });
      await expectLast('does not exist');
      await write({
        'project/machine.ts': FILES['machine.ts'],
        'project/lib/text.ts': `export const text = '${round}';\n`,
      });
      await expectLast(round);
      await write({ 'project/lib/text.ts': `export const text = '${round} saved';\n` });
      await expectLast(`${round} saved`);
    }
  });

  it('recovers when a folder of what it imports is removed and made again', async () => {
    await open('machine.ts');
    await rm(join(folder, 'lib'), { recursive: true });
    await expectLast('Could not resolve "./lib/text.ts"');
    await write({ 'lib/text.ts': SECOND });
    await expectLast('second');
    await write({ 'lib/text.ts': FILES['lib/text.ts'] });
    await expectLast('first');
  });

  it('is that of the branch that is checked out', async () => {
    const git = (...args: string[]) =>
      execute('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: folder,
      });
    await git('init', '-q', '-b', 'main');
    await git('commit', '-q', '--allow-empty', '-m', 'empty');
    await git('checkout', '-q', '-b', 'one');
    await git('add', '.');
    await git('commit', '-q', '-m', 'one');
    await git('checkout', '-q', '-b', 'two');
    await write({
      'machine.ts': machineText("import { text } from './other/deep/text.ts';", 'text'),
      'other/deep/text.ts': SECOND,
    });
    await rm(join(folder, 'lib'), { recursive: true });
    await git('add', '.');
    await git('commit', '-q', '-m', 'two');
    await open('machine.ts');
    await expectLast('second');
    await git('checkout', '-q', 'one');
    await expectLast('first');
    await git('checkout', '-q', 'main');
    await expectLast('does not exist');
    await git('checkout', '-q', 'two');
    await expectLast('second');
    await write({ 'other/deep/text.ts': "export const text = 'third';\n" });
    await expectLast('third');
  });

  it('follows links that are set to something else', async () => {
    await write({ 'v1/text.ts': "export const text = 'v1';\n" });
    await write({ 'v2/text.ts': "export const text = 'v2';\n", 'v2/extra.ts': '' });
    const exchange = async (target: string, link: string) => {
      await symlink(target, join(folder, `${link}~`));
      await rename(join(folder, `${link}~`), join(folder, link));
    };
    await rm(join(folder, 'lib'), { recursive: true });
    await exchange('v1', 'lib');
    await open('machine.ts');
    await expectLast('v1');
    await exchange('v2', 'lib');
    await expectLast('v2');
    await write({ 'v2/text.ts': "export const text = 'v2 saved';\n" });
    await expectLast('v2 saved');
    await unlink(join(folder, 'lib'));
    await expectLast('Could not resolve');
    await exchange('v1', 'lib');
    await expectLast('v1');
  });

  it('follows a link to the file itself, and to a folder above it', async () => {
    await write({ 'r1/m.ts': machineText('', "'r1'"), 'r2/m.ts': machineText('', "'r2'") });
    await symlink('r1', join(folder, 'current'));
    await open('current/m.ts');
    await expectLast('r1');
    await symlink('r2', join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'current'));
    await expectLast('r2');
    await write({ 'r2/m.ts': machineText('', "'r2 saved'") });
    await expectLast('r2 saved');
  });

  it('follows a folder that is exchanged by renaming', async () => {
    await write({ 'staged/text.ts': SECOND });
    await open('machine.ts');
    await rename(join(folder, 'lib'), join(folder, 'before'));
    await rename(join(folder, 'staged'), join(folder, 'lib'));
    await expectLast('second');
    await write({ 'lib/text.ts': "export const text = 'third';\n" });
    await expectLast('third');
  });

  it('is loaded when what it lacked appears, wherever that is looked for', async () => {
    await write({
      'machine.ts': machineText(
        "import { text } from './new/deep/text';\nimport { other } from 'a-package';",
        'text + other',
      ),
    });
    await open('machine.ts');
    await expectLast('Could not resolve');
    await write({ 'new/deep/text.ts': SECOND });
    await expectLast('Could not resolve "a-package"');
    await write({
      'node_modules/a-package/package.json': '{ "name": "a-package", "main": "main.js" }',
      'node_modules/a-package/main.js': "exports.other = ' of 1';\n",
    });
    await expectLast('second of 1');
    // As an update of the package does.
    await write({
      'node_modules/a-package/main.js': "exports.other = ' of 2';\n",
      'node_modules/a-package/package.json':
        '{ "name": "a-package", "version": "2.0.0", "main": "main.js" }',
    });
    await expectLast('second of 2');
  });

  it('is loaded again when settings lead its imports elsewhere', async () => {
    const paths = (target: string) =>
      JSON.stringify({ compilerOptions: { paths: { '@lib/*': [`${target}/*`] } } });
    await write({
      'machine.ts': machineText("import { text } from '@lib/text.ts';", 'text'),
      'other/text.ts': SECOND,
    });
    await open('machine.ts');
    await expectLast('Could not resolve "@lib/text.ts"');
    await write({ 'tsconfig.base.json': paths('./lib') });
    await write({ 'tsconfig.json': '{ "extends": "./tsconfig.base.json" }' });
    await expectLast('first');
    await write({ 'tsconfig.base.json': paths('./other') });
    await expectLast('second');
    await write({ 'tsconfig.json': paths('./lib') });
    await expectLast('first');
  });

  it('is loaded again when its package.json leads an import elsewhere', async () => {
    const imports = (target: string) => JSON.stringify({ imports: { '#text': target } });
    await write({
      'machine.ts': machineText("import { text } from '#text';", 'text'),
      'other.ts': SECOND,
      'package.json': imports('./lib/text.ts'),
    });
    await open('machine.ts');
    await expectLast('first');
    await write({ 'package.json': imports('./other.ts') });
    await expectLast('second');
  });

  it('misses nothing that is written while it is loaded', async () => {
    await open('machine.ts');
    for (let round = 0; round < 8; round += 1) {
      const name = `part-${round}`;
      await write({
        'machine.ts': machineText(`import { text } from './${name}/text.ts';`, 'text'),
      });
      // The pause is anything from "before the load" to "after it".
      await new Promise((resolve) => setTimeout(resolve, 60 + 30 * round));
      await write({ [`${name}/text.ts`]: `export const text = '${name}';\n` });
      await expectLast(name);
    }
  });
});

describe('a machine in a child process', () => {
  const script = (name: string) => `
import { createInterface } from 'node:readline';
import { text } from './part.mjs';
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const result = method === 'initialize'
    ? { protocolVersion: 1, name: ${name}, invariants: [], state: { text } } : {};
  console.log(JSON.stringify({ id, result }));
});
`;
  const declared = (command: readonly string[]) => `
import { childProcess } from 'phasmoscope';
export const machine = childProcess({
  name: 'm', description: 'd', command: ${JSON.stringify(command)} });
export const scenarios = [];
`;

  it('is loaded again when its script or a file beside it is saved', async () => {
    await write({
      'machine.ts': declared([process.execPath, 'script/main.mjs']),
      'script/main.mjs': script("'m'"),
      'script/part.mjs': 'export const text = 1;\n',
    });
    await open('machine.ts');
    await expectLast('d ');
    const before = last;
    await write({ 'script/part.mjs': 'export const text = 2;\n' });
    await until(() => expect(last).not.toBe(before));
    await write({ 'script/main.mjs': script("'other'") });
    await expectLast('it is the machine "other"');
    await write({ 'script/main.mjs': script("'m'") });
    await expectLast('d ');
    expect(unseen).toBeUndefined();
  });

  it('is loaded when its script appears', async () => {
    await write({
      'machine.ts': declared([process.execPath, 'main.mjs']),
      'part.mjs': 'export const text = 1;\n',
    });
    await open('machine.ts');
    await expectLast('machine');
    await write({ 'main.mjs': script("'m'") });
    await expectLast('d ');
  });

  it('says when its command names no file that could be watched', async () => {
    await write({ 'machine.ts': declared(['cat']) });
    await open('machine.ts');
    expect(unseen).toBe('what the command cat executes');
    expect(await readFile(join(folder, 'machine.ts'), 'utf8')).toContain('cat');
  });
});
