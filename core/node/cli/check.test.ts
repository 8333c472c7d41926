import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../test-helpers/test-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-check-'));

afterAll(() => rmSync(folder, { recursive: true }));

// Each test starts the command as a process of its own.
/** A lamp that is switched by a tracked action, whose results the scenario does not give. */
function lamp({ step = 'draft.level += 1;', scenarios = 'export const scenarios' }): string {
  return `import { defineMachine, defineScenario, ok, type MachineTypes } from 'phasmoscope';

interface Lamp extends MachineTypes {
  State: { level: number; levels: number[] };
  Input: 'brighter';
  Id: number;
  Tracked: 'Switch';
  Untracked: never;
  Result: 'done';
  Rejection: never;
}
export const machine = defineMachine<Lamp>({
  name: 'lamp',
  description: 'Gets brighter.',
  initialState: () => ({ level: 0, levels: [] }),
  stf(state, input, actions) {
    if (input.kind === 'normal') actions.tracked(state.current.level, 'Switch');
    state.update((draft) => {
      ${step}
    });
    return ok();
  },
  restore: () => ok(),
  invariants: {},
  waivers: { 'tracked actions are restorable': 'a lamp forgets' },
  faultProfiles: { flicker: { description: 'Power comes and goes.', crashBeforeCommit: 0.1 } },
});
${scenarios} = [
  defineScenario<Lamp>({
    name: 'evening',
    description: 'It gets dark.',
    defaults: { seed: '7', operations: 30 },
    start: () => ({
      next: () => ({ kind: 'normal', input: 'brighter' }),
      observe() {},
      tallies: () => ({}),
      sometimes: () => ({ 'full brightness': true }),
    }),
  }),
];
`;
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const check = (...args: readonly string[]) => runCommandLine(['check', ...args], folder);

describe.concurrent('check', () => {
  it('reports a type error with its place, and ends with 1', async () => {
    const file = write('mistyped.ts', lamp({ step: 'draft.levle += 1;' }));
    const { status, stdout } = await check(file);
    expect(stdout).toMatch(/types +1 error \(TypeScript [\d.]+, strict settings\)/);
    expect(stdout).toMatch(
      /^mistyped\.ts:19:13: error TS(?:2551|2339): Property 'levle' does not exist on type/m,
    );
    expect(status).toBe(1);
  });

  it('lists what is in a machine, says what is missing, and ends with 0', async () => {
    const { status, stdout } = await check(write('lamp.ts', lamp({})), '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      machine: 'lamp',
      types: { problems: [] },
      invariants: [],
      faultProfiles: ['none', 'crashes', 'delivery', 'storage', 'chaos', 'flicker'],
      waivers: { 'tracked actions are restorable': 'a lamp forgets' },
      scenarios: [
        {
          name: 'evening',
          seed: '7',
          operations: 30,
          answeredBy: 'nothing',
          settled: [],
          sometimes: ['full brightness'],
        },
      ],
      missing: [
        { title: expect.stringContaining('no invariants'), isNeeded: false },
        { title: expect.stringContaining('30 tracked actions were emitted'), isNeeded: false },
      ],
    });
    expect(status).toBe(0);
  });

  it('lists records and views, and names a view that cannot draw the initial state', async () => {
    const extra = `records: { lamp: { at: ['levels', '*'] } },
    views: {
      bulb: () => ({ kind: 'cards', cards: [] }) as const,
      list: () => ({ kind: 'table', columns: ['level'], rows: ['dark'] }) as never,
    },
    waivers:`;
    const { status, stdout } = await check(write('seen.ts', lamp({}).replace('waivers:', extra)));
    expect(stdout).toMatch(/records +lamp\n/);
    expect(stdout).toMatch(/views +bulb, list\n/);
    expect(stdout).toMatch(/missing: The view list .*rows\[0\].* That was the initial state\./);
    expect(stdout).not.toContain('The view bulb');
    expect(status).toBe(1);
  });

  it('says how to add scenarios where there are none, as every run does', async () => {
    const file = write('no-scenarios.ts', lamp({ scenarios: 'const evenings' }));
    const { status, stdout } = await check(file);
    expect(stdout).toContain('missing: The machine lamp has no scenario, so there is nothing to');
    expect(stdout).toContain('export const scenarios = [defineScenario({ … })]');
    expect(status).toBe(1);
    const run = await runCommandLine(['run', file], folder);
    expect(run.stderr).toContain('export const scenarios = [defineScenario({ … })]');
    expect(run.status).toBe(2);
  });

  it("goes by the author's settings, and leaves their other files out", async () => {
    const project = join(folder, 'project');
    mkdirSync(project);
    const settings = { compilerOptions: { strict: true, noUncheckedIndexedAccess: true } };
    write('project/tsconfig.json', JSON.stringify(settings));
    write('project/other.ts', 'export const wrong: number = "text";');
    write('project/known.d.ts', 'declare const BRIGHTNESS: number;');
    const step = 'draft.level = BRIGHTNESS; draft.level = draft.levels[0];';
    const { stdout } = await check(write('project/lamp.ts', lamp({ step })));
    expect(stdout).toContain("project/lamp.ts:19:33: error TS2322: Type 'number | undefined'");
    expect(stdout).toMatch(/types +1 error \(TypeScript [\d.]+, project\/tsconfig\.json\)/);
    expect(readdirSync(project)).toHaveLength(4);
  });

  it.each([
    [
      'settings/tsconfig.json',
      '{"compilerOptions":{"target":"es1066"}}',
      'settings/tsconfig.json:1:30: error TS6046',
    ],
    ['throws.ts', 'throw new Error("too dark");', 'too dark'],
  ])('a problem with %s is named', async (name, text, message) => {
    mkdirSync(join(folder, 'settings'), { recursive: true });
    write(name, text);
    const isMachine = name.endsWith('.ts');
    const { status, stdout, stderr } = await check(
      isMachine ? name : write('settings/lamp.ts', lamp({})),
    );
    expect(stdout + stderr).toContain(message);
    expect(status).toBe(isMachine ? 2 : 1);
  });
});

it('prints an error of several lines in lines', async () => {
  const path = join(folder, 'overloads.ts');
  writeFileSync(
    path,
    `import { defineMachine, ok } from 'phasmoscope';
export const machine = defineMachine({
  name: 'm', description: '', initialState: () => ({ s: new Set<string>([1]) }),
  stf: () => ok(), restore: () => ok(), invariants: {},
});
`,
  );
  const { stdout } = await runCommandLine(['check', path], folder);
  expect(stdout).toMatch(
    /overloads\.ts:3:\d+: error TS2769: No overload matches this call\.\n {2}/,
  );
  expect(stdout).not.toContain(String.raw`\n`);
});
