import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.ts';

/** The pages for people, by what they are about. Each lies beside what it describes. */
export const PAGES = {
  readme: 'README.md',
  inside: 'core/README.md',
  window: 'renderer/README.md',
  machines: 'core/machine/README.md',
  samples: 'samples/README.md',
  dentist: 'samples/dentist-booking/README.md',
  commands: 'core/node/cli/README.md',
  ci: 'core/node/cli/CI.md',
  agents: 'core/node/mcp/README.md',
  security: 'core/node/fuzz/README.md',
  protocol: 'core/node/process/PROTOCOL.md',
} as const;

/** Returns the text of a page. */
export function readPage(page: keyof typeof PAGES): string {
  return readFileSync(join(PACKAGE_ROOT, PAGES[page]), 'utf8');
}
