import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RULES } from '../../machine/rules.ts';
import { sweepReportSchema } from '../../sweep/report.ts';
import { writeBreakingMachine } from '../test-helpers/breaking-machine.ts';
import { casesOf } from '../test-helpers/junit-xml.ts';
import { problemOf, runCommandLine, runCommandProcess } from '../test-helpers/test-command.ts';
import { sweepCommand, type SweepOptions } from './sweep-command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'phasmoscope-cli-sweep-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

vi.setConfig({ testTimeout: 240_000 });

const phasmoscope = (args: string, environment?: Readonly<Record<string, string>>) =>
  runCommandLine(args.split(' '), folder, environment);

const EXPLAINED = 'sweep dentist-booking --operations 60 --faults chaos --workers 1';
const SWEEP = `${EXPLAINED} --no-explain`;

describe.concurrent('sweep', () => {
  it('ends with 0 when it found nothing, and tells people what it asked', async ({
    expect: check,
  }) => {
    const { status, stdout } = await phasmoscope(
      'sweep dentist-booking-hardened --seeds 5..9 --operations 40 --faults crashes --workers 1 --rules-every 3',
    );
    check(status).toBe(0);
    check(stdout).toContain('No findings.');
    check(stdout).toMatch(/ 8 of 8; determinism at one step in 3\b/);
    check(stdout).toMatch(/seeds\s+5\n/);
  });

  it('counts the transitions of records if that is wanted, also in shards', async ({
    expect: check,
  }) => {
    const counted = `${SWEEP} --count 6 --lifecycle`;
    const { stdout } = await phasmoscope(counted);
    check(stdout).toMatch(
      /SlotConfirmed → SlotTaken +\d+ +not declared, first at step \d+ of seed/,
    );
    const whole = JSON.parse((await phasmoscope(`${counted} --json`)).stdout);
    const [request] = whole.lifecycles;
    check(request).toMatchObject({ record: 'request', field: 'status', isDeclared: true });
    await phasmoscope(`${counted} --shard 1/2 --report phases-1.json`);
    await phasmoscope(`${counted} --shard 2/2 --report phases-2.json`);
    const merged = await phasmoscope('merge phases-1.json phases-2.json --json');
    const byWay = (one: { from: string | null; to: string }) => `${one.from} ${one.to}`;
    const sorted = (all: never[]) => all.toSorted((a, b) => (byWay(a) < byWay(b) ? -1 : 1));
    const [ofShards] = JSON.parse(merged.stdout).lifecycles;
    check(sorted(ofShards.transitions)).toEqual(sorted(request.transitions));
    check((await phasmoscope(SWEEP)).stdout).not.toContain('Phases of records');
  });

  it('lists the lines that no seed executes, also over shards', async ({ expect: check }) => {
    const covered = `${SWEEP} --count 6 --coverage`;
    const { stdout } = await phasmoscope(covered);
    check(stdout).toMatch(/Never executed in 6 seeds: \d+ of \d+ lines/);
    // The week is drawn in the window only.
    check(stdout).toMatch(/week\.ts: \d+–\d+/);
    const whole = JSON.parse((await phasmoscope(`${covered} --json`)).stdout);
    await phasmoscope(`${covered} --shard 1/2 --report covered-1.json`);
    await phasmoscope(`${covered} --shard 2/2 --report covered-2.json`);
    const merged = await phasmoscope('merge covered-1.json covered-2.json --json');
    check(JSON.parse(merged.stdout).neverExecuted).toEqual(whole.neverExecuted);
  });

  it('runs as many seeds as a claim about all of them takes', async ({ expect: check }) => {
    const claim = '--one-in 20 --operations 5 --workers 1';
    const { status, stdout } = await phasmoscope(`sweep dentist-booking-hardened ${claim}`);
    check(status).toBe(0);
    check(stdout).toMatch(/seeds\s+59\n/);
    check(stdout).toContain('With 95 % confidence, fewer than 1 in 20 seeds fail.');
    const twice = await phasmoscope(`sweep dentist-booking-hardened ${claim} --count 5`);
    check([twice.status, twice.stderr]).toEqual([2, check.stringContaining('--one-in N')]);
    const failing = await phasmoscope(`${SWEEP} --one-in 20`);
    check([failing.status, failing.stdout]).toEqual([1, check.not.stringContaining('confidence')]);
    const ended = await phasmoscope(`${SWEEP} --one-in 10000 --until-failure --json`);
    const report = sweepReportSchema.parse(JSON.parse(ended.stdout));
    check([ended.status, report.endedAtFailure, report.isCancelled]).toEqual([1, true, false]);
    check(report.seeds).toBeLessThan(report.count ?? 0);
  });

  it('refuses with 2, and tells the remedy', async ({ expect: check }) => {
    const { status, stdout, stderr } = await phasmoscope('sweep dentist-booking --seeds 5 --json');
    check(status).toBe(2);
    check(JSON.parse(stdout)).toEqual({
      error: {
        title: '"5" is not a range of seeds.',
        remedy: 'Give the first and the last seed: 0..999.',
      },
    });
    check(stderr).toContain('is not a range of seeds');
  });
});

it('reports what a sweep has found when the machine cannot be loaded again to shrink it', async () => {
  writeBreakingMachine(join(folder, 'meanwhile.ts'));
  const { status, stdout, stderr } = await phasmoscope(
    'sweep meanwhile.ts --count 1 --junit meanwhile.xml --report meanwhile.json',
  );
  expect(status).toBe(2);
  expect(stdout).toContain('n is small');
  expect(stderr).toContain('What was found was not shrunk.');
  const report = JSON.parse(readFileSync(join(folder, 'meanwhile.json'), 'utf8'));
  expect(sweepReportSchema.parse(report).groups).toMatchObject([{ name: 'n is small' }]);
  expect(readFileSync(join(folder, 'meanwhile.xml'), 'utf8')).toContain('was not shrunk');
});

const TEN_SEEDS = { from: 0n, count: 10 };

it.each<[SweepOptions, string, string]>([
  [{ seeds: TEN_SEEDS, count: 3 }, 'given in more than one way', 'Give one of --seeds A..B'],
  [{ seeds: TEN_SEEDS, from: 7n }, 'first seed is given in two ways', '--from A with --count N'],
  [{ report: 'nowhere/r.json' }, 'nowhere/r.json cannot be written', 'a folder that exists'],
  [{ report: 'nowhere/r.json' }, 'its folder does not exist', 'a folder that exists'],
  [{ report: 'README.md' }, 'README.md exists and is not a report', 'another name'],
  [{ junit: 'README.md' }, 'README.md exists and is not a JUnit report', 'another name'],
  [
    { report: 'r', junit: './r' },
    './r is given for both --report and --junit',
    'two different files',
  ],
  [
    { from: 2n ** 64n - 6n, count: 9 },
    'there are only 6 seeds, not 9',
    'a number of seeds up to 6',
  ],
  [{ faults: 'rain' }, 'no fault profile named "rain"', 'none, crashes, delivery, storage, chaos'],
  [{ scenario: 'rain' }, 'no scenario named "rain"', 'mixed-operations'],
])('sweep refuses %o', async (options, title, remedy) => {
  const problem = await problemOf(sweepCommand('dentist-booking', options));
  expect(problem).toContain(title);
  expect(problem).toContain(remedy);
});

it('findings are shrunk, explained and gathered by cause, in every report', async () => {
  const { status, stdout } = await phasmoscope(
    `${EXPLAINED} --operations 300 --count 4 --junit why.xml --json`,
  );
  expect(status).toBe(1);
  const { groups, causes } = JSON.parse(stdout) as {
    readonly groups: readonly { readonly shape: string; readonly name: string }[];
    readonly causes: readonly {
      readonly name: string;
      readonly shape: string;
      readonly seed: string;
      readonly alsoBreaks: readonly { readonly shape: string }[];
      readonly minimalSteps: number;
      readonly explanation: readonly string[];
      readonly command: string;
    }[];
  };
  expect(causes.length).toBeLessThan(groups.length);
  const lost = causes.find(({ name }) => name === 'tracked actions are restorable');
  expect(lost).toMatchObject({ minimalSteps: 3, alsoBreaks: [] });
  expect(lost?.explanation).toContain('Without the second delivery this cause does not appear.');
  const refused = causes.find(({ shape }) => shape.endsWith('actionRefused'));
  expect(refused?.alsoBreaks.map(({ shape }) => shape)).toContain(
    refused?.shape === 'input RequestAuto, actionRefused'
      ? 'input RequestSlot, actionRefused'
      : 'input RequestAuto, actionRefused',
  );

  const xml = readFileSync(join(folder, 'why.xml'), 'utf8');
  const failures = casesOf(xml).filter(({ body }) => body.includes('<failure'));
  expect(failures).toHaveLength(causes.length);
  expect(xml).toContain(
    'minimal run of 3 steps:\n  Fails because the result Success of tracked action 1',
  );
  expect(xml).toContain(`shrink it again: ${lost?.command}`);

  const [, , ...args] = lost?.command.match(/'[^']*'|\S+/g) ?? [];
  const shrunk = await runCommandLine(
    args.map((arg) => arg.replaceAll("'", '')),
    folder,
  );
  expect(shrunk.stdout).toContain('Without the second delivery this cause does not appear.');
});

const SOUND = 'sweep dentist-booking-hardened --operations 20 --workers 1';

describe.concurrent('a sweep that is not complete', () => {
  it('may have a shard without seeds', async ({ expect: check }) => {
    const { status, stdout } = await phasmoscope(`${SOUND} --count 1 --shard 2/2`);
    check(status).toBe(0);
    check(stdout).toContain('fewer seeds than shards');
    check(stdout).not.toContain('No findings');
  });

  it('has the findings of the seed that it had no time for', async ({ expect: check }) => {
    const sweep = 'sweep dentist-booking --faults chaos --operations 5000000 --workers 1';
    // A busy machine may take its time until the first steps: nothing is found before them.
    let { status, stdout } = await phasmoscope(`${sweep} --time-budget 3s`);
    for (let seconds = 6; status === 2 && seconds <= 24; seconds *= 2) {
      ({ status, stdout } = await phasmoscope(`${sweep} --time-budget ${seconds}s`));
    }
    check(status).toBe(1);
    check(stdout).toMatch(/seeds +0, and 1 that did not finish\n/);
    check(stdout).toContain('idempotent completion');
    check(stdout).toMatch(/in 1 of 1 seed, such as 0, at step 2\b/);
    check(stdout).not.toContain('No findings');
  });

  it('does not pass for a sound one when no seed finished', async ({ expect: check }) => {
    const { status, stdout, stderr } = await phasmoscope(
      'sweep dentist-booking-hardened --operations 5000000 --time-budget 2s --workers 1',
    );
    check(status).toBe(2);
    check(stdout).toContain('No seed finished.');
    check(stdout).not.toContain('No findings');
    // What the scenario asks at the end is known from runs.
    check(stdout).not.toContain('has no settled properties');
    check(stderr).toContain('the sweep was out of time');
    check(stderr).toContain('more time, or fewer operations');
  });
});

/** A machine that says, some steps on and outside of them, that it is at work. */
function talkingMachine(name: string): string {
  writeFileSync(
    join(folder, name),
    `import { ok } from 'phasmoscope';
    let drawn = 0;
    setInterval(() => drawn > 5 && console.error('at work'), 20).unref();
    export const machine = {
      name: 'talks', description: '', initialState: () => ({ n: 0 }),
      stf(state) {
        state.update((draft) => { draft.n += 1; });
        return ok();
      },
      restore: () => ok(), invariants: { 'n is odd now and then': () => true },
    };
    export const scenarios = [{
      name: 's', description: '', defaults: { seed: '1', operations: 1_000 },
      start: () => ({
        next: () => { drawn += 1; return { kind: 'normal', input: 1 }; },
        observe() {}, tallies: () => ({}),
      }),
    }];`,
  );
  return name;
}

describe.concurrent('a sweep that is stopped at the keyboard', () => {
  const stopped = (args: string) => runCommandProcess(args.split(' '), folder, 'at work');

  it('says so, and does not pass for a sound one', async ({ expect: check }) => {
    const file = talkingMachine('talking.ts');
    const { status, stdout, stderr } = await stopped(
      `sweep ${file} --count 1000000 --workers 1 --report stopped.json`,
    );
    check(status).toBe(2);
    check(stdout).toContain('Stopped early.');
    check(stderr).toMatch(/stopped early and had found nothing|No seed finished/);
    const report: unknown = JSON.parse(readFileSync(join(folder, 'stopped.json'), 'utf8'));
    check(report).toMatchObject({ isCancelled: true, groups: [] });
  });

  it('tells what was found until then', async ({ expect: check }) => {
    const file = talkingMachine('talking-failing.ts');
    const path = join(folder, file);
    const source = readFileSync(path, 'utf8').replace('() => true', '({ n }) => n < 2');
    writeFileSync(path, source);
    const { status, stdout } = await stopped(`sweep ${file} --count 1000000 --workers 1`);
    check(status).toBe(1);
    check(stdout).toContain('Stopped early.');
    check(stdout).toContain('n is odd now and then');
  });
});

it('prints what each group expected, what came, its likely cause and its cure', async () => {
  const { stdout } = await phasmoscope(`${SWEEP} --count 3`);
  expect(stdout).toMatch(/ {4}expected: +\S/);
  expect(stdout).toMatch(/ {4}came: +\S/);
  expect(stdout).toContain(`likely cause: ${RULES['idempotent completion'].cause}`);
  expect(stdout).toContain(`usual cure:   ${RULES['idempotent completion'].cure}`);
});

/** A machine whose scenario throws at every seed, or only later on. */
function throwingMachine(name: string): string {
  writeFileSync(
    join(folder, name),
    `import { ok } from 'phasmoscope';
    export const machine = {
      name: 'throws', description: '', initialState: () => ({ n: 0 }),
      stf(state) { state.update((draft) => { draft.n += 1; }); return ok(); },
      restore: () => ok(), invariants: { 'n is no 3': ({ n }) => n !== 3 },
    };
    export const scenarios = [{
      name: 's', description: '', defaults: { seed: '1', operations: 9 },
      start(random) {
        let left = random.genRange('u32', 0, 20);
        return {
          next() {
            left -= 1;
            if (left < 0) throw new Error('no ideas');
            return { kind: 'normal', input: 1 };
          },
          observe() {}, tallies: () => ({}),
        };
      },
    }];`,
  );
  return name;
}

describe.concurrent('saved seeds', () => {
  it('are listed with what is broken, and what is skipped', async ({ expect: check }) => {
    const file = throwingMachine('throwing.ts');
    const sweep = `sweep ${file} --count 400 --workers 1`;
    const first = await phasmoscope(`${sweep} --save`);
    check(first.status).toBe(1);
    const broken = first.stdout.match(/^seed \d+: The scenario s threw in next/gm) ?? [];
    check(broken).toHaveLength(10);
    check(first.stdout).toMatch(/… and \d+ more broken seeds\n/);
    check(first.stdout).toContain('Saved 11 new examples in ');
    check(first.stdout).toContain(', 10 of them as seed numbers only.');
    check(first.stdout).toMatch(/\d+ broken seeds were not saved/);

    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace("name: 's'", "name: 'renamed'"));
    const second = await phasmoscope(`${sweep} --faults crashes`);
    check(second.stdout).toMatch(/^The only saved seed still fails\./m);
    check(second.stdout).toMatch(/n is no 3 {2}seed \d+ {2}s, none\n/);
    check(second.stdout).toMatch(
      /npx phasmoscope shrink throwing\.ts .*--seed \d+ --finding 'n is no 3' /,
    );
    check(second.stdout).toContain(
      '10 saved seeds were skipped: the scenario "s" no longer exists.',
    );
  });
});

/** A machine of which a few seeds fail, each of which makes three of its five operations. */
const RARE = `import { defineMachine, defineScenario, ok } from 'phasmoscope';
  export const machine = defineMachine({ name: 'rare', description: '', initialState: () => ({ n: 0 }),
    stf: (state, input) => { state.update((draft) => { draft.n = input.input; }); return ok(); }, restore: () => ok(),
    invariants: { 'n is no 1': ({ n }) => n !== 1 } });
  export const scenarios = [defineScenario({ name: 's', description: '',
    defaults: { seed: '1', operations: 5 },
    start: (random) => {
      let left = 3;
      return {
        next: () => (left-- > 0 ? { kind: 'normal', input: random.genRange('u32', 0, 100) } : undefined),
        observe() {}, tallies: () => ({}),
      };
    } })];`;

describe.concurrent('a scenario that ends early', () => {
  it('is named, with the number of seeds', async ({ expect: check }) => {
    writeFileSync(join(folder, 'early.ts'), RARE);
    const { stdout } = await phasmoscope('sweep early.ts --count 3 --from 1 --workers 1');
    const ended = '`next` returned nothing (undefined), which means the end';
    check(stdout).toContain(`3 of 3 seeds ended before 5 operations: ${ended}`);
    const run = await phasmoscope('run early.ts --seed 1');
    check(run.stdout).toContain(`ended after 3 of 5 operations: ${ended}`);
    const whole = await phasmoscope('run early.ts --seed 1 --operations 3');
    check(whole.stdout).not.toContain('ended');
    const report = JSON.parse((await phasmoscope('sweep early.ts --count 3 --json')).stdout);
    check(report.endedEarly).toBe(3);
    check(JSON.parse((await phasmoscope('run early.ts --json')).stdout).endedEarly).toBe(true);
  });
});

it('says that a saved seed still fails, and claims nothing, where no new seed does', async () => {
  writeFileSync(join(folder, 'rare.ts'), RARE);
  const found = await phasmoscope('sweep rare.ts --count 300 --workers 1 --json');
  const [{ failing }] = JSON.parse(found.stdout).groups as [{ failing: string[] }];
  const [seed] = failing;
  await phasmoscope(`sweep rare.ts --from ${seed} --count 1 --workers 1 --save`);
  const ended = await phasmoscope('sweep rare.ts --until-failure --workers 1 --no-explain');
  expect(ended.stdout).toMatch(/at the end +nothing was asked: no seed was finished/);
  const isSound = (from: number) => failing.every((one) => +one < from || +one >= from + 12);
  const from = Array.from({ length: 250 }, (_, at) => at).find(isSound);
  const { status, stdout } = await phasmoscope(
    `sweep rare.ts --from ${from} --count 12 --workers 1`,
  );
  expect(status).toBe(1);
  expect(stdout).toContain('No new findings in 12 seeds; 1 saved seed still fails.');
  expect(stdout).not.toContain('confidence');
  const command = stdout.match(/npx phasmoscope (shrink .*)/)?.[1] ?? '';
  expect(command).toContain(`--seed ${seed} --finding 'n is no 1'`);
  const words = command.replaceAll("'n is no 1'", 'NAME').split(' ');
  const args = words.map((word) => (word === 'NAME' ? 'n is no 1' : word));
  expect((await runCommandLine(args, folder)).stdout).toContain('n is no 1');
});

it('a list of broken seeds is no sound machine', async () => {
  const file = throwingMachine('throwing-only.ts');
  const { stdout } = await phasmoscope(`sweep ${file} --operations 2 --count 30 --workers 1`);
  expect(stdout).toMatch(/No findings in the \d+ seeds that finished\./);
});
