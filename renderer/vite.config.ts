import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page finds its parts under whatever scheme it is served.
  base: './',
  // The main process puts a new one in its place each time it serves the page.
  html: { cspNonce: 'CSP-NONCE' },
  plugins: [react(), withoutTranslations()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    sourcemap: true,
    // The window's policy allows fonts from files only.
    assetsInlineLimit: 0,
    // Saved pages find the script and the style sheet by it.
    manifest: 'manifest.json',
    // It is one script, which loads no other.
    modulePreload: false,
    // The window is never older than the fallback Electron; a page is opened by any browser.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // All comes from the disk, so the size of a file is no reason to warn.
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
  },
});

/** Leaves the messages of zod in fifty languages out. */
function withoutTranslations(): Plugin {
  return {
    name: 'without-translations',
    load: (id) => (/zod[\\/]v4[\\/]locales[\\/]index\.js$/.test(id) ? 'export {}' : null),
  };
}
