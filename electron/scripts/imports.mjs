/**
 * @file `npm run imports`: checks the imports of every source file, type-only ones included, against
 * the tables of `import-rules.mjs`.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, sep } from 'node:path';
import { parseModule } from './import-parser.mjs';
import { ALLOWED, ALSO_ALLOWED, DEBT, SOLE_USERS } from './import-rules.mjs';
import { ROOT, isMain } from './paths.mjs';
import { runTask } from './run.mjs';

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
  ];
}

/**
 * @typedef {import('./import-parser.mjs').ParsedModule} ParsedModule
 * @typedef {import('./import-rules.mjs').Permission} Permission
 * @param {ParsedModule} module
 */
function findForbidden({ file, imports }) {
  const part = partOf(file);
  const own = part && { ...part, folders: [part.part, ...(part.folders ?? [])] };
  const permissions = [
    ...(own ? [own] : []),
    ...ALSO_ALLOWED.filter(({ files }) => files.test(file)),
  ];
  if (permissions.length === 0) {
    const message = 'is in no part of the table: add a row to import-rules.mjs';
    return [{ file, line: 1, imports: '', message }];
  }
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

/**
 * The row of the table that decides about a file: the one with the longest matching part.
 * @param {string} file
 */
function partOf(file) {
  const rows = ALLOWED.filter(({ part }) => file.startsWith(part));
  return rows.toSorted((a, b) => b.part.length - a.part.length)[0];
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
 * The path of a relative specifier, or undefined for a package. Vite's queries, such as
 * `?worker`, are not part of the path.
 * @param {string} file @param {string} specifier
 */
function resolveRelative(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
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
      message: `uses ${identifiers.join('.')}, which only one file may use, now ${first?.file}`,
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
