import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: { phasmoscope: fileURLToPath(new URL('core/index.ts', import.meta.url)) },
  },
  test: {
    environment: 'node',
    include: ['{core,electron,renderer,samples}/**/*.test.{ts,tsx}'],
  },
});
