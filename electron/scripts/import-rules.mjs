/**
 * @file Who may import whom, folder by folder. `imports.mjs` applies these tables to every source
 * file; cycles between modules are found by oxlint's `import/no-cycle`.
 */
import {
  BASE,
  CORE,
  CORE_OF_WINDOW,
  ENGINE,
  FILES,
  LOAD,
  LOOK,
  MACHINE,
  PANELS,
  PANEL_PACKAGES,
  PLACES,
  RUNS,
  SESSION,
  TRACE,
  VALUE,
} from './import-layers.mjs';

/**
 * What files may import.
 * @typedef {object} Permission
 * @property {string[]} [folders] folders, which end in `/`, and single files, from the root of the
 *   repository
 * @property {string[]} [exceptFolders] parts of `folders` that stay closed
 * @property {string[]} [packages] a trailing `/` stands for a whole npm scope
 * @property {boolean} [node] Node's built-in modules
 */

/**
 * THE ALLOWLIST: what the files of a part may import besides other files of that part. The row with
 * the longest matching `part` decides.
 * @type {({ part: string } & Permission)[]}
 */
export const ALLOWED = [
  { part: 'core/assert.ts' },
  { part: 'core/keys-of.ts' },
  { part: 'core/limits.ts' },
  { part: 'core/recent.ts' },
  { part: 'core/waiting.ts' },
  { part: 'core/problem.ts', folders: ['core/thrown.ts'], packages: ['zod'] },
  { part: 'core/thrown.ts', folders: ['core/text/visible.ts'] },
  { part: 'core/text/visible.ts' },
  {
    part: 'core/value/',
    folders: [...BASE, 'core/text/'],
    packages: ['@humanwhocodes/momoa', '@noble/hashes'],
  },
  { part: 'core/random/', folders: BASE },
  { part: 'core/text/', folders: BASE, packages: ['leven', 'zod'] },
  { part: 'core/machine/', folders: VALUE },
  {
    part: 'core/isolation/',
    folders: [...BASE, 'core/text/visible.ts', 'core/machine/printed.ts'],
  },
  { part: 'core/drawing/', folders: VALUE, packages: ['zod'] },
  { part: 'core/engine/', folders: [...MACHINE, 'core/isolation/'] },
  {
    part: 'core/trace/',
    folders: ENGINE,
    packages: ['@marcbachmann/cel-js', 're2js', 'diff', 'zod'],
  },
  { part: 'core/sweep/', folders: TRACE, packages: ['zod'] },
  { part: 'core/shrink/', folders: TRACE },
  { part: 'core/what-if/', folders: TRACE },
  { part: 'core/interchange/', folders: TRACE, packages: ['zod'] },
  {
    part: 'core/contract/',
    folders: [...TRACE, 'core/drawing/', 'core/sweep/'],
    packages: ['zod'],
  },
  // The interface for machines.
  { part: 'core/index.ts', folders: MACHINE },

  { part: 'core/node/package-root.ts', node: true },
  { part: 'core/node/user-cache.ts', node: true },
  {
    part: 'core/node/optional-package.ts',
    folders: ['core/problem.ts', 'core/thrown.ts', 'core/node/package-root.ts'],
    node: true,
  },
  { part: 'core/node/cached-script.ts', folders: PLACES, node: true },
  {
    part: 'core/node/files/',
    folders: [...CORE, ...PLACES],
    packages: ['proper-lockfile', 'zod'],
    node: true,
  },
  {
    part: 'core/node/database/',
    folders: [...ENGINE, ...PLACES],
    packages: ['@electric-sql/pglite', '@sqlite.org/sqlite-wasm', 'pg'],
    node: true,
  },
  { part: 'core/node/hang/', folders: [...ENGINE, ...PLACES], node: true },
  { part: 'core/node/process/', folders: TRACE, packages: ['zod'], node: true },
  {
    part: 'core/node/load/',
    folders: [...FILES, 'core/node/hang/', 'core/node/database/', 'core/node/process/'],
    packages: ['@jridgewell/trace-mapping', 'esbuild', 'zod'],
    node: true,
  },
  { part: 'core/node/runs/', folders: [...LOAD, 'core/node/coverage/'], node: true },
  {
    part: 'core/node/coverage/',
    folders: LOAD,
    packages: ['@jridgewell/trace-mapping'],
    node: true,
  },
  {
    part: 'core/node/sweep/',
    folders: [...LOAD, 'core/node/runs/', 'core/node/coverage/'],
    packages: ['zod'],
    node: true,
  },
  // Only tests and `npm run fuzz` open mutants of traces.
  { part: 'core/node/fuzz/', folders: RUNS, packages: ['fast-check'], node: true },
  {
    part: 'core/node/report/',
    folders: RUNS,
    packages: ['junit-report-builder', 'picocolors'],
    node: true,
  },
  // The interface for tests of machines.
  { part: 'core/node/testing.ts', folders: RUNS, node: true },
  // It runs commands in processes of their own, and no machine in its own one.
  {
    part: 'core/node/mcp/',
    folders: [
      ...FILES,
      'core/node/load/samples.ts',
      'core/node/load/machine-files.ts',
      'core/node/report/',
    ],
    packages: ['@modelcontextprotocol/sdk', 'zod'],
    node: true,
  },
  {
    part: 'core/node/cli/',
    folders: [...RUNS, 'core/node/report/', 'core/node/mcp/', 'core/node/testing.ts'],
    packages: ['@bomb.sh/tab', 'commander', 'picocolors', 'zod'],
    node: true,
  },

  { part: 'samples/', packages: ['phasmoscope'] },
  { part: 'samples/service-log/', node: true },

  {
    part: 'electron/main/',
    folders: [...VALUE, 'core/contract/', 'core/node/files/', 'core/node/load/'],
    packages: ['conf', 'electron', 'zod'],
    node: true,
  },
  { part: 'electron/host/', folders: RUNS, node: true },
  // It loads no machine.
  { part: 'electron/reader/', folders: FILES, node: true },
  {
    part: 'electron/scripts/',
    packages: [
      '@electron/fuses',
      '@modelcontextprotocol/sdk',
      'electron',
      'esbuild',
      'oxc-parser',
      'vite',
      'yauzl',
    ],
    node: true,
  },

  { part: 'renderer/theme/', folders: CORE_OF_WINDOW },
  { part: 'renderer/words/', folders: [...CORE_OF_WINDOW, 'renderer/theme/'] },
  {
    part: 'renderer/ui/',
    folders: [...CORE_OF_WINDOW, 'renderer/words/', 'renderer/theme/'],
    packages: ['mdast-util-from-markdown', 'tinykeys', ...PANEL_PACKAGES],
  },
  { part: 'renderer/api.ts', folders: ['core/contract/'], packages: ['zod'] },
  {
    part: 'renderer/session/',
    folders: [...LOOK, 'core/engine/signature.ts', 'renderer/api.ts'],
    packages: ['zod', 'zustand'],
  },
  // Shows two runs by the panels that show one.
  {
    part: 'renderer/beside/',
    folders: [
      ...SESSION,
      'renderer/difference/',
      'renderer/state-tree/',
      'renderer/step/',
      'renderer/timeline/',
    ],
    packages: PANEL_PACKAGES,
  },
  {
    part: 'renderer/causality/',
    folders: SESSION,
    packages: ['@dagrejs/dagre', '@xyflow/react', ...PANEL_PACKAGES],
  },
  { part: 'renderer/console/', folders: SESSION, packages: PANEL_PACKAGES },
  { part: 'renderer/difference/', folders: SESSION, packages: PANEL_PACKAGES },
  {
    part: 'renderer/drawing/',
    folders: SESSION,
    packages: ['@dagrejs/dagre', '@xyflow/react', 'uplot', ...PANEL_PACKAGES],
  },
  {
    part: 'renderer/lifecycle/',
    folders: SESSION,
    packages: ['@dagrejs/dagre', '@xyflow/react', ...PANEL_PACKAGES],
  },
  { part: 'renderer/notes/', folders: SESSION, packages: PANEL_PACKAGES },
  { part: 'renderer/presenter/', folders: SESSION, packages: PANEL_PACKAGES },
  { part: 'renderer/questions/', folders: SESSION, packages: PANEL_PACKAGES },
  { part: 'renderer/runs/', folders: SESSION, packages: PANEL_PACKAGES },
  { part: 'renderer/sequence/', folders: SESSION, packages: PANEL_PACKAGES },
  {
    part: 'renderer/source/',
    folders: SESSION,
    packages: [
      '@codemirror/lang-javascript',
      '@codemirror/language',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/highlight',
      ...PANEL_PACKAGES,
    ],
  },
  { part: 'renderer/state-tree/', folders: SESSION, packages: ['zod', ...PANEL_PACKAGES] },
  // Says beside a finding what the graph and its text say.
  {
    part: 'renderer/step/',
    folders: [...SESSION, 'renderer/causality/use-known-causes.ts'],
    packages: PANEL_PACKAGES,
  },
  { part: 'renderer/steps/', folders: SESSION, packages: PANEL_PACKAGES },
  // Shows all seeds by the panels that show one.
  {
    part: 'renderer/sweep/',
    folders: [...SESSION, 'renderer/lifecycle/', 'renderer/source/'],
    packages: PANEL_PACKAGES,
  },
  { part: 'renderer/timeline/', folders: SESSION, packages: PANEL_PACKAGES },
  { part: 'renderer/what-if/', folders: SESSION, packages: PANEL_PACKAGES },
  {
    part: 'renderer/shell/',
    folders: [...SESSION, 'renderer/api.ts', ...PANELS],
    packages: ['gifenc', 'react-resizable-panels', ...PANEL_PACKAGES],
  },
  // A saved run: the panels without the program.
  {
    part: 'renderer/page/',
    folders: [...SESSION, 'renderer/api.ts', 'renderer/shell/'],
    packages: PANEL_PACKAGES,
  },
  {
    part: 'renderer/main.tsx',
    folders: [...SESSION, 'renderer/api.ts', 'renderer/page/', 'renderer/shell/'],
    packages: ['@fontsource-variable/', 'react', 'react-dom'],
  },

  {
    part: 'e2e/',
    folders: [
      'core/contract/',
      'core/bench/report.ts',
      'core/node/load/samples.ts',
      'core/node/test-helpers/small-disk.ts',
    ],
    packages: [
      '@axe-core/playwright',
      '@electron/fuses',
      '@modelcontextprotocol/sdk',
      '@playwright/test',
      'phasmoscope',
    ],
    node: true,
  },
  {
    part: 'core/bench/',
    folders: ['core/', 'samples/'],
    packages: ['@jridgewell/trace-mapping'],
    node: true,
  },
];

const TEST_PACKAGES = ['fast-check', 'mdast-util-from-markdown', 'vitest'];

/**
 * Additional imports by kind of file, in any folder. Tests may import more than the code that they
 * test: a run shows best what an engine does.
 * @type {({ kind: string, files: RegExp } & Permission)[]}
 */
export const ALSO_ALLOWED = [
  {
    kind: 'tests of core, and their helpers',
    files: /^core\/(?!node\/)(?:.*\.test\.ts$|test-helpers\/)/,
    folders: ['core/'],
    exceptFolders: ['core/node/'],
    packages: TEST_PACKAGES,
    node: true,
  },
  {
    kind: 'tests of core/node, and their helpers',
    files: /^core\/node\/(?:.*\.test\.ts$|(?:.*\/)?test-)/,
    folders: ['core/'],
    packages: [
      ...TEST_PACKAGES,
      '@actions/workflow-parser',
      '@circleci/circleci-config-parser',
      '@modelcontextprotocol/sdk',
      'ajv',
      'esbuild',
      'oxc-parser',
      'pg',
      'yaml',
      'zod',
    ],
    node: true,
  },
  {
    kind: 'tests of electron',
    files: /^electron\/.*\.test\.ts$/,
    folders: ['core/'],
    packages: TEST_PACKAGES,
    node: true,
  },
  {
    kind: 'tests of the renderer, and their helpers',
    files: /^renderer\/(?:.*\.test\.tsx?$|test-helpers\/)/,
    folders: ['core/', 'renderer/test-helpers/'],
    exceptFolders: ['core/node/'],
    packages: TEST_PACKAGES,
    node: true,
  },
  {
    kind: 'tests of samples, and their helpers',
    files: /^samples\/(?:.*\.test\.ts$|.*\/test-)/,
    packages: TEST_PACKAGES,
    node: true,
  },
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
    packages: ['@playwright/test', '@vitejs/plugin-react', 'vite'],
    node: true,
  },
];

/**
 * Interfaces that only one file may use, so that there is one place to check. A file uses an interface
 * if it uses all of these identifiers. Tests may fake them.
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
