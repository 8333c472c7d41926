/**
 * @file `npm run imports`: who may import whom. Imports run one way (samples, electron and renderer
 * to core), and a few things have one place only. The tables say it all; the code below applies them
 * to what a real parser finds in every source file.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, sep } from 'node:path';
import { findCycles } from './import-cycles.mjs';
import { parseModule } from './import-parser.mjs';
import { ROOT, isMain } from './paths.mjs';
import { runTask } from './run.mjs';

/** Every package that is there at run time; what only the build needs is none of them. */
const RUNTIME_PACKAGES = Object.keys(
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).dependencies,
);

/**
 * What files may import.
 * @typedef {object} Permission
 * @property {string[]} [folders] by relative path
 * @property {string[]} [exceptFolders] parts of `folders` that stay closed
 * @property {string[]} [packages] a trailing `/` stands for a whole npm scope
 * @property {boolean} [node] Node's built-in modules
 */

/**
 * THE ALLOWLIST. The first row whose `part` a file lies in decides.
 * @type {({ part: string } & Permission)[]}
 */
export const ALLOWED = [
  { part: 'core/node/', folders: ['core/'], packages: RUNTIME_PACKAGES, node: true },
  {
    part: 'core/',
    folders: ['core/'],
    exceptFolders: ['core/node/'],
    packages: ['@humanwhocodes/momoa', 'mutative', 'zod', '@noble/hashes'],
  },
  { part: 'samples/', folders: ['samples/'], packages: ['phasmoscope'] },
  {
    part: 'electron/tasks/',
    folders: ['electron/tasks/'],
    packages: ['@electron/fuses', 'electron', 'esbuild', 'oxc-parser', 'vite'],
    node: true,
  },
  {
    part: 'electron/',
    folders: ['electron/', 'core/'],
    packages: ['electron', ...RUNTIME_PACKAGES],
    node: true,
  },
  {
    part: 'renderer/',
    folders: ['renderer/', 'core/'],
    exceptFolders: ['core/node/'],
    packages: [
      '@dagrejs/dagre',
      '@fontsource-variable/',
      '@xyflow/react',
      'lucide-react',
      'react',
      'react-aria-components',
      'react-dom',
      'react-resizable-panels',
      'tinykeys',
      'zod',
      'zustand',
    ],
  },
  {
    part: 'e2e/',
    folders: ['e2e/', 'core/'],
    packages: ['@axe-core/playwright', '@playwright/test', 'phasmoscope'],
    node: true,
  },
];

/**
 * What kinds of files may import besides, wherever they lie.
 * @type {({ kind: string, files: RegExp } & Permission)[]}
 */
export const ALSO_ALLOWED = [
  {
    kind: 'tests and what only they use',
    files: /(?:\.test\.tsx?|\/test-[\w-]+\.ts)$/,
    packages: ['fast-check', 'oxc-parser', 'vitest'],
    node: true,
  },
  { kind: 'tests of samples', files: /^samples\/.*\.test\.tsx?$/, folders: ['core/'] },
  {
    kind: 'benchmarks',
    files: /\.bench\.ts$/,
    folders: ['core/', 'samples/'],
    packages: ['@redux-devtools/instrument', 'fast-check', 'redux', 'vitest'],
    node: true,
  },
  {
    kind: 'configuration',
    files: /\.config\.ts$/,
    packages: ['@vitejs/plugin-react', 'vite'],
    node: true,
  },
];

/**
 * Things that one file alone deals with, so that there is one place to look at and to validate.
 * A file deals with a thing when it uses all of these identifiers. Tests may fake them.
 */
export const SOLE_USERS = [
  { part: 'renderer/', identifiers: ['window', 'phasmoscope'] },
  { part: 'electron/', identifiers: ['ipcMain'] },
  { part: 'electron/', identifiers: ['ipcRenderer'] },
];

/**
 * DEBT: violations that are known and not yet repaired. An entry that is no longer needed is a
 * violation itself, so that the list only shrinks.
 * @type {{ file: string, imports: string }[]}
 */
export const DEBT = [];

const FOLDERS = ['core', 'electron', 'renderer', 'samples', 'e2e'];
const SOURCE = /\.(?:tsx?|mjs)$/;
const TEST = /\.test\.tsx?$/;

/** @typedef {{ file: string, line: number, message: string }} Violation */

/**
 * Checks sources against the tables.
 * @param {ReadonlyMap<string, string>} sources text by path from the repository root
 * @param {typeof DEBT} [debt]
 * @returns {Violation[]}
 */
export function checkImports(sources, debt = DEBT) {
  const modules = [...sources].map(([file, text]) => parseModule(file, text));
  const forbidden = modules.flatMap(findForbidden);
  const isDebt = (/** @type {{ file: string, imports: string }} */ found) =>
    debt.some(({ file, imports }) => file === found.file && imports === found.imports);
  const paidDebt = debt.filter(
    (entry) =>
      !forbidden.some(({ file, imports }) => file === entry.file && imports === entry.imports),
  );
  return [
    ...forbidden.filter((found) => !isDebt(found)),
    ...paidDebt.map(({ file, imports }) => ({
      file,
      line: 1,
      message: `no longer imports ${imports}: take the entry off the debt list`,
    })),
    ...findSecondUsers(modules),
    ...findCycles(
      modules.map((module) => ({ file: module.file, imports: runtimeImports(module) })),
    ),
  ];
}

/**
 * @typedef {import('./import-parser.mjs').ParsedModule} ParsedModule
 * @param {ParsedModule} module
 */
function findForbidden({ file, imports }) {
  const permissions = permissionsOf(file);
  return imports
    .filter(
      ({ specifier }) => !permissions.some((permission) => permits(permission, file, specifier)),
    )
    .map(({ specifier, line }) => ({
      file,
      line,
      imports: specifier,
      message: `imports ${specifier}, but may import only ${describe(permissions)}`,
    }));
}

/** @param {string} file @returns {Permission[]} */
function permissionsOf(file) {
  const part = ALLOWED.find((row) => file.startsWith(row.part));
  return [...(part ? [part] : []), ...ALSO_ALLOWED.filter(({ files }) => files.test(file))];
}

/** @param {Permission} permission @param {string} file @param {string} specifier */
function permits(
  { folders = [], exceptFolders = [], packages = [], node = false },
  file,
  specifier,
) {
  const isBelow = (/** @type {string} */ path) => (/** @type {string} */ folder) =>
    path.startsWith(folder);
  const target = resolveRelative(file, specifier);
  if (target !== undefined) {
    return folders.some(isBelow(target)) && !exceptFolders.some(isBelow(target));
  }
  if (isBuiltin(specifier)) return node;
  return packages.some((name) =>
    name.endsWith('/') ? specifier.startsWith(name) : `${specifier}/`.startsWith(`${name}/`),
  );
}

/** @param {readonly Permission[]} permissions */
function describe(permissions) {
  const parts = permissions.flatMap(({ folders = [], exceptFolders = [], packages = [], node }) => [
    ...folders.map((folder) => {
      const except = exceptFolders.filter((closed) => closed.startsWith(folder));
      return except.length > 0 ? `${folder} (not ${except.join(', ')})` : folder;
    }),
    ...packages,
    ...(node === true ? ['node:*'] : []),
  ]);
  return [...new Set(parts)].join(', ');
}

/**
 * The path that a relative specifier means, or undefined for a package. Vite's queries, such as
 * `?worker`, are not part of the path.
 * @param {string} file @param {string} specifier
 */
function resolveRelative(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
}

/**
 * Type-only imports vanish when the module runs, so they close no cycle.
 * @param {ParsedModule} module
 */
function runtimeImports({ file, imports }) {
  return imports
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ specifier, line }) => ({
      line,
      target: specifier === 'phasmoscope' ? 'core/index.ts' : resolveRelative(file, specifier),
    }));
}

/** @param {readonly ParsedModule[]} modules @returns {Violation[]} */
function findSecondUsers(modules) {
  return SOLE_USERS.flatMap(({ part, identifiers }) => {
    const users = modules.filter(
      (module) =>
        module.file.startsWith(part) &&
        !TEST.test(module.file) &&
        identifiers.every((name) => module.identifiers.has(name)),
    );
    const [first, ...others] = users;
    return others.map((module) => ({
      file: module.file,
      line: module.identifiers.get(identifiers.at(-1) ?? '') ?? 1,
      message: `uses ${identifiers.join('.')}, which is left to one file, now ${first?.file}`,
    }));
  });
}

/** @returns {Map<string, string>} */
function readSources() {
  const sources = new Map();
  for (const folder of FOLDERS.filter((name) => existsSync(join(ROOT, name)))) {
    for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const file = posix.join(folder, path.split(sep).join('/'));
      if (SOURCE.test(file)) sources.set(file, readFileSync(join(ROOT, file), 'utf8'));
    }
  }
  return sources;
}

if (isMain(import.meta.url)) {
  await runTask(async () => {
    const sources = readSources();
    const violations = checkImports(sources);
    for (const { file, line, message } of violations) {
      process.stdout.write(`${file}:${line} ${message}\n`);
    }
    process.stdout.write(
      `${sources.size} files, ${violations.length} violations, ${DEBT.length} in debt\n`,
    );
    return violations.length === 0 ? 0 : 1;
  });
}
