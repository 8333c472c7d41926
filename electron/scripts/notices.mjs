/** @file The licences of the packages whose code is in our bundles, which must come along with it. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, ROOT } from './paths.mjs';

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)\b/i;
const PACKAGE_FOLDER = /(node_modules\/(?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+)\//;
/** Fonts are in no source map. */
const FONTS = 'node_modules/@fontsource-variable';

/** Writes dist/NOTICES.txt. Everything must have been built: the source maps say what is inside. */
export function writeNotices() {
  const parts = [...bundledPackages()].toSorted().map((folder) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const texts = readdirSync(join(ROOT, folder))
      .filter((name) => LICENCE_FILE.test(name))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8').trim());
    return [`${manifest.name} ${manifest.version} (${manifest.license})`, ...texts].join('\n\n');
  });
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  writeFileSync(join(DIST, 'NOTICES.txt'), `${parts.join(rule)}\n`);
}

/** @returns {Set<string>} their folders, from the root of the repository */
function bundledPackages() {
  const fonts = existsSync(join(ROOT, FONTS)) ? readdirSync(join(ROOT, FONTS)) : [];
  const folders = new Set(fonts.map((name) => `${FONTS}/${name}`));
  for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js.map') && !name.endsWith('.cjs.map')) continue;
    const { sources } = JSON.parse(readFileSync(join(DIST, name), 'utf8'));
    for (const source of sources) {
      const [, folder] = PACKAGE_FOLDER.exec(source) ?? [];
      if (folder !== undefined) folders.add(folder);
    }
  }
  return folders;
}
