/**
 * @file `npm run package:test [-- FILE]`: installs the .deb, a new one unless one is given, on this computer, uses it as a person without rights
 * would, removes it, and looks for what is left. Needs root on a Debian with the tools of a desktop.
 */
import assert from 'node:assert/strict';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { withDisplay } from './display.mjs';
import { PACKAGE_FOLDER } from './package-stage.mjs';
import { makePackages } from './package.mjs';
import { outputOf, run, runTask, say } from './run.mjs';

const NEEDED = {
  'apt-get': 'apt',
  gio: 'libglib2.0-bin',
  'xdg-open': 'xdg-utils',
  'update-mime-database': 'shared-mime-info',
  'update-desktop-database': 'desktop-file-utils',
  runuser: 'util-linux',
  'dbus-run-session': 'dbus',
};
const START_MS_MAX = 60_000;
const TYPE = 'application/vnd.phasmoscope.trace';
const USER = 'nobody';

/** A machine of a person, which is bundled by the program. */
const MACHINE = `
import { defineMachine, defineScenario, ok } from 'phasmoscope';
export const machine = defineMachine<any>({
  name: 'tally', description: 'Counts.', initialState: () => ({ n: 0 }),
  stf(state) { state.update((draft: any) => { draft.n += 1; }); return ok(); },
  restore: () => ok(),
  invariants: { 'n stays small': (state: any) => state.n < 5 || 'n is ' + state.n },
});
export const scenarios = [defineScenario<any>({
  name: 'counting', description: 'Counts.', defaults: { seed: '1', operations: 9 },
  start: () => ({ next: () => ({ kind: 'normal', input: 'more' }), observe() {}, tallies: () => ({}) }),
})];
`;

/** What keeps the test from running here, if anything. */
function obstacle() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the .deb is for Linux on x64';
  if (process.getuid?.() !== 0) return 'only root can install it';
  if (outputOf('dpkg', ['-s', 'phasmoscope']) !== undefined) return 'it is installed here already';
  const missing = Object.entries(NEEDED)
    .filter(([command]) => outputOf('sh', ['-c', `command -v ${command}`]) === undefined)
    .map(([, name]) => name);
  return missing.length === 0 ? undefined : `apt-get install ${missing.join(' ')} is needed for it`;
}

/** Files of the system that name the program. */
function filesLeft() {
  const { stdout } = { stdout: outputOf('sh', ['-c', FIND]) ?? '' };
  return stdout.split('\n').filter((line) => line !== '');
}
const FIND =
  'find /opt /usr/bin /usr/share/applications /usr/share/mime /usr/share/icons /usr/share/doc ' +
  '/usr/share/bash-completion /usr/share/zsh /usr/share/fish ' +
  '/etc /var/lib/dpkg/info -iname "*phasmoscope*" 2>/dev/null; ' +
  'grep -rlI phasmoscope /usr/share/mime /usr/share/applications 2>/dev/null; true';

/** @param {'install' | 'purge'} what @param {string} name */
function apt(what, name) {
  // Another apt-get may be running.
  const options = ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=120', '--no-install-recommends'];
  return run('apt-get', [what, ...options, name], { output: 'capture' });
}

/** A home of the person, and commands in it. */
class Person {
  home = mkdtempSync(join(tmpdir(), 'phasmoscope-package-'));
  /** @type {NodeJS.ProcessEnv} */
  #display;
  #uid = Number(outputOf('id', ['-u', USER]));

  /** @param {NodeJS.ProcessEnv} display */
  constructor(display) {
    this.#display = display;
    this.own(this.home);
  }

  /** @param {string} path */
  own(path) {
    chownSync(path, this.#uid, this.#uid);
    return path;
  }

  /** @param {string} name @param {string} text */
  write(name, text) {
    writeFileSync(join(this.home, name), text);
    return this.own(join(this.home, name));
  }

  /**
   * A command line of a shell, run as this person.
   * @param {string} script @param {Record<string, string>} [env]
   */
  command(script, env = {}) {
    const runtime = join(this.home, 'runtime');
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    this.own(runtime);
    return {
      command: 'runuser',
      // runuser sets the HOME that the system has for this user.
      args: ['-u', USER, '--', 'env', `HOME=${this.home}`, 'sh', '-c', script],
      cwd: this.home,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin',
        DISPLAY: this.#display['DISPLAY'] ?? '',
        XDG_RUNTIME_DIR: runtime,
        XDG_CURRENT_DESKTOP: 'GNOME',
        LANG: 'C.UTF-8',
        ...env,
      },
    };
  }

  /**
   * Runs a command line of a shell as this person.
   * @param {string} script @param {Record<string, string>} [env]
   */
  async run(script, env = {}) {
    const { command, args, ...settings } = this.command(script, env);
    const { exitCode, output } = await run(command, args, {
      ...settings,
      output: 'capture',
      timeoutMs: START_MS_MAX,
    });
    return { exitCode, output };
  }

  /** What the window has kept, once it is there. @param {RegExp} wanted */
  async session(wanted) {
    const path = join(this.home, '.config/phasmoscope/sessions/1/session.json');
    for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 200) {
      if (existsSync(path) && wanted.test(readFileSync(path, 'utf8'))) return;
      await setTimeout(200);
    }
    assert.fail(`The session of the window does not have ${wanted}.`);
  }
}

/** @param {string} what @param {() => Promise<void> | void} check */
async function step(what, check) {
  await check();
  say(`  ✓ ${what}`);
}

/** @param {Person} person */
async function useCommand(person) {
  person.write('tally.ts', MACHINE);
  await step('the command runs a machine of a folder, without Node', async () => {
    const { exitCode, output } = await person.run('phasmoscope record tally.ts --out tally.jsonl');
    assert.equal(exitCode, 1, output);
    assert.match(output, /n stays small/);
  });
  await step('it keeps its exit code, standard input and threads', async () => {
    const read = await person.run('phasmoscope verify - --machine tally.ts < tally.jsonl');
    assert.equal(read.exitCode, 0, read.output);
    const swept = await person.run('phasmoscope sweep tally.ts --count 10 --json');
    assert.equal(JSON.parse(swept.output).seeds, 10, swept.output);
    assert.equal((await person.run('phasmoscope run nothing')).exitCode, 2);
  });
  await step('it serves coding agents, and runs what they ask for', async () => {
    const client = new Client({ name: 'package-test', version: '1.0.0' });
    await client.connect(new StdioClientTransport(person.command('phasmoscope mcp .')));
    /** @type {string[]} */
    const told = [];
    const sweep = { name: 'sweep', arguments: { machine: 'tally.ts', count: 2_000 } };
    const onprogress = (/** @type {{ message?: string | undefined }} */ { message = '' }) =>
      void told.push(message);
    const answer = await client.callTool(sweep, undefined, { onprogress });
    assert.match(JSON.stringify(answer), /n stays small/);
    assert.match(told.join('\n'), /seeds/);
    await client.close();
  });
  await step('a shell completes it', async () => {
    const script = readFileSync('/usr/share/bash-completion/completions/phasmoscope', 'utf8');
    assert.match(script, /^complete .* phasmoscope$/m);
    const { output } = await person.run('phasmoscope complete -- run --faults c');
    assert.match(output, /^crashes\t/m);
  });
  await step('it opens what the program needs beside its archive', async () => {
    const { exitCode, output } = await person.run('phasmoscope run payment-ledger --operations 20');
    assert.equal(exitCode, 0, output);
  });
}

/**
 * Opens the window and waits for what it has kept. It ends by itself, with a picture of what it shows.
 * @param {Person} person @param {string} script @param {RegExp} wanted @param {string} name
 */
async function openWindow(person, script, wanted, name) {
  const picture = join(person.home, `${name}.png`);
  const { output } = await person.run(script, { PHASMOSCOPE_SCREENSHOT: picture });
  await person.session(wanted);
  assert.ok(existsSync(picture), output);
  copyFileSync(picture, join(PACKAGE_FOLDER, `${name}.png`));
}

/** @param {Person} person */
async function useWindow(person) {
  await step('the window runs a machine of a folder, in its own process', () =>
    openWindow(person, 'phasmoscope open tally.ts', /tally\.ts"/, 'machine'),
  );
  const trace = join(person.home, 'tally.jsonl');
  const picture = join(person.home, 'trace.png');
  await step('it pictures a trace', async () => {
    const { exitCode, output } = await person.run(
      'phasmoscope picture tally.jsonl --out tally.png',
    );
    assert.equal(exitCode, 0, output);
    copyFileSync(join(person.home, 'tally.png'), join(PACKAGE_FOLDER, 'tally.png'));
  });
  await step('it writes a run as a page', async () => {
    const { exitCode, output } = await person.run(
      'phasmoscope report tally.jsonl --html tally.html',
    );
    assert.equal(exitCode, 0, output);
    assert.match(readFileSync(join(person.home, 'tally.html'), 'utf8'), /<div id="root">/);
  });
  await step('a trace has our type, and other JSON lines have not', async () => {
    const typeOf = async (/** @type {string} */ name) =>
      (await person.run(`gio info -a standard::content-type ${name}`)).output;
    assert.match(await typeOf('tally.jsonl'), new RegExp(TYPE));
    await person.run('phasmoscope record tally.ts --out tally.jsonl.gz');
    assert.match(await typeOf('tally.jsonl.gz'), new RegExp(TYPE));
    person.write('other.jsonl', '{"a":1}\n');
    assert.doesNotMatch(await typeOf('other.jsonl'), new RegExp(TYPE));
  });
  await step('links lead to the program', async () => {
    const { output } = await person.run('gio mime x-scheme-handler/phasmoscope');
    assert.match(output, /phasmoscope\.desktop/);
  });
  await step('opening it opens the window, which shows it', async () => {
    // xdg-open does not wait for the program; its end is that of the picture.
    const wait = `while ! [ -e ${picture} ]; do sleep 0.2; done`;
    const script = `dbus-run-session -- sh -c 'xdg-open ${trace}; ${wait}'`;
    await openWindow(person, script, /tally\.jsonl"/, 'trace');
  });
}

await runTask(async () => {
  const reason = obstacle();
  if (reason !== undefined) {
    say(`The package is not tested: ${reason}.`);
    return 0;
  }
  const deb = process.argv[2] ?? (await makePackages()).deb;
  if (deb === undefined) return 1;
  await withDisplay(async (display) => {
    const person = new Person(display);
    try {
      const installed = await apt('install', deb);
      assert.equal(installed.exitCode, 0, installed.output);
      await step('the sandbox has what it needs', () => {
        assert.equal(statSync('/opt/phasmoscope/chrome-sandbox').mode & 0o7777, 0o4755);
      });
      await useCommand(person);
      await useWindow(person);
    } finally {
      await apt('purge', 'phasmoscope');
    }
    await step('nothing is left of it', () => assert.deepEqual(filesLeft(), []));
    rmSync(person.home, { recursive: true, force: true });
  });
  return 0;
});
