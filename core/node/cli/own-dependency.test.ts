import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownDependency } from './own-dependency.ts';

const parent = mkdtempSync(join(tmpdir(), 'phasmoscope-dependency-'));
const project = join(parent, 'project');
const root = join(project, 'node_modules/phasmoscope');
const version = '0.4.2';
const installed = { root, isCheckout: false, version };

beforeAll(() => mkdirSync(root, { recursive: true }));
afterAll(() => rmSync(parent, { recursive: true }));

function depend(spec: string, kind = 'devDependencies', folder = project): void {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ [kind]: { phasmoscope: spec, vite: '1' } }),
  );
}

it('is the checkout that runs', async () => {
  const checkout = { root: join(parent, 'checkout'), isCheckout: true, version };
  expect(await ownDependency(join(parent, 'a/b'), checkout)).toBe('file:../../checkout');
});

it.each([
  ['file:phasmoscope-0.4.2.tgz', 'file:../../phasmoscope-0.4.2.tgz'],
  ['file:../packs/phasmoscope-0.4.2.tgz', 'file:../../../packs/phasmoscope-0.4.2.tgz'],
  ['./phasmoscope-0.4.2.tgz', 'file:../../phasmoscope-0.4.2.tgz'],
  ['file:/packs/p.tgz', /^file:(?:\.\.\/)+packs\/p\.tgz$/],
  ['file:///packs/p.tgz', /^file:(?:\.\.\/)+packs\/p\.tgz$/],
  ['link:../phasmoscope', 'file:../../../phasmoscope'],
  ['^0.4.0', '^0.4.2'],
  ['0.4.2', '^0.4.2'],
  ['latest', '^0.4.2'],
  ['git+ssh://git@host/phasmoscope.git#v1', 'git+ssh://git@host/phasmoscope.git#v1'],
  ['https://host/phasmoscope-0.4.2.tgz', 'https://host/phasmoscope-0.4.2.tgz'],
  ['someone/phasmoscope', 'someone/phasmoscope'],
])('is what the project above has: %s', async (spec, expected) => {
  depend(spec);
  const own = await ownDependency(join(project, 'machines/turnstile'), installed);
  if (typeof expected === 'string') expect(own).toBe(expected);
  else expect(own).toMatch(expected);
});

it('is taken from any kind of dependency, past projects that have none', async () => {
  depend('file:p.tgz', 'dependencies');
  const inner = join(project, 'inner');
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, 'package.json'), '{ "name": "inner" }');
  expect(await ownDependency(join(inner, 'new'), installed)).toBe('file:../../p.tgz');
  writeFileSync(join(inner, 'package.json'), 'not JSON');
  expect(await ownDependency(join(inner, 'new'), installed)).toBe('file:../../p.tgz');
});

it('is what the project has in which it is installed, for a folder elsewhere', async () => {
  depend('file:p.tgz');
  expect(await ownDependency(join(parent, 'elsewhere'), installed)).toBe('file:../project/p.tgz');
});

it('is the folder of what is installed without a project', async () => {
  const global = join(parent, 'lib/node_modules/phasmoscope');
  mkdirSync(dirname(global), { recursive: true });
  const own = await ownDependency(join(parent, 'new'), { ...installed, root: global });
  expect(own).toBe('file:../lib/node_modules/phasmoscope');
});
