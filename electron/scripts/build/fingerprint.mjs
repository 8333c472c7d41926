import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../paths.mjs';

/**
 * Returns the state of all sources as text: paths, sizes and times. Unlike the newest time alone, it
 * also changes when a file is deleted or an older one comes back.
 * @param {readonly string[]} sources files and folders
 */
export function fingerprintOf(sources) {
  return createHash('sha256').update(sources.map(stateOf).join('')).digest('hex');
}

/** States by source: products have most of them in common. @type {Map<string, string>} */
const states = new Map();

/** @param {string} source @returns {string} */
function stateOf(source) {
  const known = states.get(source);
  if (known !== undefined) return known;
  const path = join(ROOT, source);
  const stats = statSync(path, { throwIfNoEntry: false });
  let state = '';
  if (stats?.isDirectory()) {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      state += stateOf(`${source}/${entry.name}`);
    }
  } else if (stats) {
    state = `${source} ${stats.size} ${stats.mtimeMs}\n`;
  }
  states.set(source, state);
  return state;
}
