import { messageOf } from '../../core/thrown.ts';
import { showNotice } from './notices.ts';

/**
 * Copies a text, which may still be on its way, and says so.
 *
 * @param what it is, after "Copied".
 * @param report shows what was copied; in the status line, unless a panel has a place of its own for that.
 */
export async function copyText(
  text: string | Promise<string>,
  what: string,
  report: (notice: string) => void = showNotice,
): Promise<void> {
  try {
    await navigator.clipboard.writeText(await text);
  } catch (error) {
    return report(`Nothing was copied: ${messageOf(error)}`);
  }
  report(`Copied ${what}`);
}
