import type { WebContents } from 'electron';
import type { Area } from '../../core/contract/picture.ts';

/** How many pixels of a sharp picture there are for one of the page, across and down. */
const SCALE = 2;

/** What is drawn by scripts is sharp two frames later; a window that nobody sees has no frames. */
const UNTIL_DRAWN = `Promise.race([
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  new Promise((resolve) => setTimeout(resolve, 1_000)),
])`;

/**
 * Takes a picture of a part of a page, without what the pointer does to it. For a sharp one, the page is
 * drawn as on a screen of twice the sharpness for that moment: nothing in the picture is enlarged.
 *
 * @returns a PNG.
 * @throws an error while another picture of the page is taken.
 */
export async function takePicture(
  contents: WebContents,
  { area, isSharp }: { readonly area: Area; readonly isSharp: boolean },
): Promise<Uint8Array<ArrayBuffer>> {
  const { debugger: protocol } = contents;
  protocol.attach('1.3');
  try {
    contents.sendInputEvent({ type: 'mouseLeave', x: 0, y: 0 });
    if (isSharp) {
      await protocol.sendCommand('Emulation.setDeviceMetricsOverride', {
        // The size stays as it is.
        width: 0,
        height: 0,
        deviceScaleFactor: SCALE,
        mobile: false,
      });
    }
    await contents.executeJavaScript(UNTIL_DRAWN);
    const clip = { ...area, scale: 1 };
    const taken: unknown = await protocol.sendCommand('Page.captureScreenshot', {
      format: 'png',
      clip,
    });
    return Uint8Array.from(Buffer.from((taken as { data: string }).data, 'base64'));
  } finally {
    // The sharpness ends with it.
    protocol.detach();
  }
}
