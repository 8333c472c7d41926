import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ProblemError } from '../../problem.ts';
import { codeOf, messageOf } from '../../thrown.ts';
import { pathOfMachine } from '../load/samples.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { printJson, printLine } from '../report/print.ts';
import { AGENTS_PAGE } from './agents-page.ts';
import { type CommandModule, JSON_FLAG } from './options.ts';
import { EXIT, type ExitCode } from './output.ts';
import { ownDependency, ownPackage } from './own-dependency.ts';

const TEST = `import { expect, it } from 'vitest';
import { checkSeeds } from 'phasmoscope/testing';

it('is sound, whatever faults strike', async () => {
  const machine = new URL('machine.ts', import.meta.url);
  expect(await checkSeeds({ machine, faults: 'chaos', seeds: 50, operations: 200 })).toEqual([]);
}, 60_000);
`;

const CONFIG = `import { defineConfig } from 'phasmoscope';

export default defineConfig({
  machine: 'machine.ts',
  faults: 'chaos',
  seeds: 200,
  traces: 'traces',
});
`;

const README = `# A machine

\`machine.ts\` holds a machine and its scenarios, \`machine.test.ts\` its test.
\`phasmoscope.config.ts\` says what the commands run, and \`AGENTS.md\` tells coding agents how to work here.

\`\`\`sh
npm install
npm test                       # types, and fifty seeds under faults
npx phasmoscope sweep          # more seeds, on all cores; writes a trace of each finding to traces/
npx phasmoscope run --seed 7   # one seed
npm i -D electron              # once, for the window:
npx phasmoscope open
\`\`\`

Where a sweep finds something, reduce it and keep it as a test:

\`\`\`sh
npx phasmoscope shrink --seed 7 --out minimal.jsonl
npx phasmoscope export-test minimal.jsonl --out finding.test.ts
\`\`\`
`;

/** `phasmoscope new`: writes a small machine with a scenario and a test into a folder. */
export const NEW: CommandModule = {
  examples: [['Write a machine, its test and its configuration', 'new my-machine']],
  declare: (command) =>
    command.argument('<folder>', 'a folder that does not exist yet').option(...JSON_FLAG),
  run: newCommand,
};

async function newCommand(folder: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  const path = resolve(folder);
  await requireEmpty(path);
  await mkdir(path, { recursive: true });
  const files: Readonly<Record<string, string>> = {
    'machine.ts': await readFile(pathOfMachine({ kind: 'sample', name: 'turnstile' }), 'utf8'),
    'machine.test.ts': TEST,
    'phasmoscope.config.ts': CONFIG,
    'README.md': README,
    'AGENTS.md': AGENTS_PAGE,
    'package.json': await packageJson(path),
    'tsconfig.json': TSCONFIG,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  if (options.json) {
    printJson({ folder: path, files: Object.keys(files) });
    return EXIT.done;
  }
  printLine(`Wrote a turnstile to ${path}. Change it as you like.`);
  printLine(`  cd ${folder}`);
  printLine('  npm install && npm test');
  printLine('  npx phasmoscope sweep');
  printLine('  npx phasmoscope open');
  return EXIT.done;
}

async function requireEmpty(path: string): Promise<void> {
  const entries = await readdir(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new ProblemError(
      { title: `${path} cannot be used: ${messageOf(error)}`, remedy: 'Give another folder.' },
      { cause: error },
    );
  });
  if (entries.length === 0) return;
  throw new ProblemError({
    title: `${path} is not empty.`,
    remedy: 'Give a folder that does not exist yet; nothing was written.',
  });
}

/** Depends on the tools in the versions that Phasmoscope uses itself, and on the Phasmoscope that runs. */
async function packageJson(path: string): Promise<string> {
  const own = JSON.parse(await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
  const tool = (name: string) => `^${own.devDependencies[name]}`;
  const document = {
    name: basename(path)
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-'),
    private: true,
    type: 'module',
    scripts: { test: 'tsc && vitest run' },
    devDependencies: {
      '@types/node': tool('@types/node'),
      phasmoscope: await ownDependency(path, ownPackage(own.version)),
      typescript: tool('typescript'),
      vitest: tool('vitest'),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023', 'dom'],
      module: 'preserve',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      types: ['node'],
    },
    include: ['*.ts'],
  },
  null,
  2,
)}\n`;
