import { readPageLines, type PageRun } from '../../core/contract/page-lines.ts';
import { PAGE_RUN_ID } from '../../core/contract/page.ts';

/** Whether the window is a saved page. */
export function isPage(): boolean {
  return document.getElementById(PAGE_RUN_ID) !== null;
}

/**
 * Reads the run of this page.
 *
 * @throws {Error} when it was damaged.
 */
export async function readRun(): Promise<PageRun> {
  const text = document.getElementById(PAGE_RUN_ID)?.textContent ?? '';
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const unpacked = piped(bytes, new DecompressionStream('gzip'));
  return readPageLines(new Uint8Array(await unpacked.arrayBuffer()));
}

/** A file as gzip. */
export function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
  return piped(bytes, new CompressionStream('gzip')).blob();
}

/** A response keeps its bytes in the page; those of a blob would go to another process and back. */
function piped(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Response {
  return new Response(new Response(bytes).body?.pipeThrough(through));
}
