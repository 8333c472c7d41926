/** @file The layers of the house, which the rows of `import-rules.mjs` name: folders, and what they build on. */

// The layers of core, each with those that it builds on.
export const BASE = [
  'core/assert.ts',
  'core/keys-of.ts',
  'core/limits.ts',
  'core/problem.ts',
  'core/recent.ts',
  'core/thrown.ts',
  'core/waiting.ts',
];
export const VALUE = [...BASE, 'core/value/', 'core/random/', 'core/text/'];
export const MACHINE = [...VALUE, 'core/machine/'];
export const ENGINE = [...MACHINE, 'core/isolation/', 'core/engine/'];
export const TRACE = [...ENGINE, 'core/trace/'];
export const CORE = [
  ...TRACE,
  'core/drawing/',
  'core/sweep/',
  'core/shrink/',
  'core/what-if/',
  'core/interchange/',
  'core/contract/',
];

// The layers of core/node.
export const PLACES = [
  'core/node/optional-package.ts',
  'core/node/package-root.ts',
  'core/node/user-cache.ts',
];
export const FILES = [...CORE, ...PLACES, 'core/node/files/'];
export const LOAD = [
  ...FILES,
  'core/node/hang/',
  'core/node/database/',
  'core/node/process/',
  'core/node/load/',
];
export const RUNS = [...LOAD, 'core/node/runs/', 'core/node/coverage/', 'core/node/sweep/'];

// The layers of the renderer. It knows core's data and the API, but runs no machine.
export const CORE_OF_WINDOW = [
  ...MACHINE,
  'core/drawing/',
  'core/trace/',
  'core/sweep/',
  'core/contract/',
];
export const LOOK = [...CORE_OF_WINDOW, 'renderer/words/', 'renderer/theme/', 'renderer/ui/'];
export const SESSION = [...LOOK, 'renderer/session/'];
export const PANELS = [
  'renderer/beside/',
  'renderer/causality/',
  'renderer/console/',
  'renderer/difference/',
  'renderer/drawing/',
  'renderer/lifecycle/',
  'renderer/notes/',
  'renderer/presenter/',
  'renderer/questions/',
  'renderer/runs/',
  'renderer/sequence/',
  'renderer/source/',
  'renderer/state-tree/',
  'renderer/step/',
  'renderer/steps/',
  'renderer/sweep/',
  'renderer/timeline/',
  'renderer/what-if/',
];
export const PANEL_PACKAGES = [
  'lucide-react',
  'react',
  'react-aria-components',
  'react-dom',
  'zustand',
];
