import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the page finds its parts under whatever scheme it is served.
  base: './',
  // The main process puts a new one in its place each time it serves the page.
  html: { cspNonce: 'CSP-NONCE' },
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    sourcemap: true,
    // The window's policy allows fonts from files only.
    assetsInlineLimit: 0,
    // The window is always a Chromium, never older than that of the fallback Electron.
    target: 'chrome130',
    // All comes from the disk, so the size of a file is no reason to warn.
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
  },
});
