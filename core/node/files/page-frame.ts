import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { PAGE_RUN_ID } from '../../contract/page.ts';
import { ProblemError } from '../../problem.ts';
import { BUNDLE_FOLDER } from '../package-root.ts';

/** Where the built window is. */
const WINDOW_FOLDER = join(BUNDLE_FOLDER, 'renderer');

/** The window's script and style sheet, which a page carries. */
export interface PageProgram {
  readonly script: string;
  /** With its fonts inside. */
  readonly style: string;
}

const manifestSchema = z.object({
  'index.html': z.object({ file: z.string(), css: z.array(z.string()) }),
});

/**
 * Reads the built window.
 *
 * @throws {ProblemError} when it is not there.
 */
export async function readPageProgram(folder = WINDOW_FOLDER): Promise<PageProgram> {
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  try {
    const manifest = manifestSchema.parse(JSON.parse(await read('manifest.json')));
    const { file, css } = manifest['index.html'];
    const [script, ...styles] = await Promise.all([file, ...css].map(read));
    const style = await withFonts(styles.join('\n'), join(folder, 'assets'));
    // No source map comes along.
    return { script: (script ?? '').replace(/\n\/\/# sourceMappingURL=.*\s*$/, ''), style };
  } catch (cause) {
    const title = 'The window, which a page carries, is missing in the folder of Phasmoscope.';
    const remedy = 'Install Phasmoscope again; in its checkout, run `npm run build`.';
    throw new ProblemError({ title, remedy }, { cause });
  }
}

/** The fonts that pages carry: with Latin letters. Others come from the reader's system. */
const CARRIED_FONT = /url\(["']?\.\/([\w-]+-latin-wght-normal-[\w-]+\.woff2)["']?\)/;

/** Puts the fonts that pages carry into a style sheet, and leaves the others out. */
async function withFonts(style: string, folder: string): Promise<string> {
  const faces = new Map<string, string>();
  for (const [face] of style.matchAll(/@font-face\s*\{[^}]*\}/g)) {
    const [url, name] = CARRIED_FONT.exec(face) ?? [];
    if (url === undefined || name === undefined) {
      faces.set(face, '');
      continue;
    }
    const font = await readFile(join(folder, name), 'base64');
    faces.set(face, face.replace(url, `url(data:font/woff2;base64,${font})`));
  }
  return style.replaceAll(/@font-face\s*\{[^}]*\}/g, (face) => faces.get(face) ?? '');
}

/**
 * Starts the program of the page, which is compressed. The policy of the page names both by their
 * digests, so that no other script is run. A response keeps its bytes in the page; those of a blob would go to
 * another process and back.
 */
const LOADER = `
(async () => {
  const packed = document.getElementById('program').textContent;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Response(bytes).body.pipeThrough(new DecompressionStream('gzip'));
  const script = document.createElement('script');
  script.type = 'module';
  script.textContent = await new Response(stream).text();
  document.body.append(script);
})().catch((error) => {
  document.getElementById('root').textContent = 'This page cannot be opened here. ' + error;
});
`;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%230a726c'/%3E%3Cpath d='M6 16h20M11 11v10M16 11v10' stroke='%23fff' stroke-width='2' stroke-linecap='round'/%3E%3Ccircle cx='22' cy='16' r='4' fill='%23ff8287'/%3E%3C/svg%3E";

/**
 * The HTML of a page before and after its run, which is text of Base64. The page loads nothing, sends
 * nothing, and runs its own script only.
 *
 * @param title any text.
 */
export async function pageFrame(
  { script, style: given }: PageProgram,
  title: string,
): Promise<readonly [before: string, after: string]> {
  // Nothing in it ends its element.
  const style = given.replaceAll('</', String.raw`<\/`);
  const packed = await promisify(gzip)(script, { level: 9 });
  // For style elements that libraries add; nobody knew it when the run was recorded.
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src '${digestOf(LOADER)}' '${digestOf(script)}'`,
    `style-src '${digestOf(style)}' 'nonce-${nonce}'`,
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const before = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="Phasmoscope">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" nonce="${nonce}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${asHtml(title)}</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<div id="root"><p class="page-opening">Opening the run…</p></div>
<noscript><p class="page-opening">JavaScript is switched off here. This page needs it to show its run.</p></noscript>
<script type="application/gzip" id="${PAGE_RUN_ID}">`;
  const after = `</script>
<script type="application/gzip" id="program">${packed.toString('base64')}</script>
<script>${LOADER}</script>
</body>
</html>
`;
  return [before, after];
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text as text of an element. */
function asHtml(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>]/g, (character) => HTML[character] ?? '');
}
