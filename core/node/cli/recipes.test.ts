import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as workflowParser from '@actions/workflow-parser';
import { parseConfig } from '@circleci/circleci-config-parser';
import { Ajv } from 'ajv';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { PACKAGE_ROOT } from '../package-root.ts';
import gitLabSchema from '../test-helpers/gitlab-ci.schema.json' with { type: 'json' };
import { readPage } from '../test-helpers/pages.ts';

/** The recipes of the page, with a smaller sweep of a sample, in the environment of each service. */

const folder = mkdtempSync(join(tmpdir(), 'phasmoscope-recipes-'));
/** The volume that pods write to. */
const reports = join(folder, 'reports');
mkdirSync(reports);
const page = readPage('ci');
const command = `"${process.execPath}" "${join(PACKAGE_ROOT, 'electron/scripts/phasmoscope.mjs')}"`;

afterAll(() => rmSync(folder, { recursive: true }));

function shell(line: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const smaller = line
    .replaceAll('npx phasmoscope', command)
    .replace('./machine.ts', 'dentist-booking')
    .replace(/--count \d+/, '--count 5 --operations 40 --workers 1')
    .replaceAll('/reports/', `${reports}/`);
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile('sh', ['-c', smaller], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve(`${stdout}${stderr}exit code ${error ? error.code : 0}`),
    );
  });
}

function recipeLine(pattern: RegExp): string {
  const line = pattern.exec(page)?.[1];
  if (line === undefined) throw new Error(`the page has no line like ${pattern.source}`);
  return line;
}

it('the recipe for GitHub Actions sweeps in shards, and merges', async () => {
  const sweep = recipeLine(/- run: (npx phasmoscope sweep .*)/);
  for (const shard of ['1', '2']) {
    const line = sweep.replaceAll('${{ matrix.shard }}', shard);
    const output = await shell(line, { PHASMOSCOPE_SHARD: `${shard}/2` });
    expect(output).toContain(`shard ${shard} of 2`);
    expect(output).toContain('in traces, by seed; open one with');
  }
  const merge = recipeLine(/- run: (npx phasmoscope merge .*)/);
  const merged = await shell(merge, {});
  expect(merged).toMatch(/seeds +5\n/);
  expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<testsuites');
  rmSync(join(folder, 'report-2.json'));
  expect(await shell(merge, {})).toMatch(/shard 2\/2 is missing[^]*exit code 2$/);
}, 240_000);

it('the recipe for Kubernetes takes its shard from the index of the pod, and merges', async () => {
  const line = recipeLine(/- (npx phasmoscope sweep .*JOB_COMPLETION_INDEX.*)/);
  for (const index of ['0', '1']) {
    const output = await shell(line, { JOB_COMPLETION_INDEX: index, JOB_COMPLETIONS: '2' });
    expect(output).toContain(`shard ${Number(index) + 1} of 2`);
    // A pod that has found something has done its work.
    expect(output).toMatch(/causes? found[^]*exit code 0$/);
  }
  expect(JSON.parse(readFileSync(join(reports, '1.json'), 'utf8'))).toMatchObject({ seeds: 2 });
  const merged = await shell(recipeLine(/- (npx phasmoscope merge \/reports.*)/), {});
  expect(merged).toMatch(/seeds +5\n[^]*exit code 1$/);
  const forgotten = await shell(line, { JOB_COMPLETION_INDEX: '1' });
  expect(forgotten).toMatch(/Set JOB_COMPLETIONS[^]*exit code 1$/);
}, 240_000);

/** The parser of GitHub as one module: as it is published, it loads only through a bundler. */
async function loadWorkflowParser(): Promise<typeof workflowParser> {
  const outfile = join(folder, 'workflow-parser.mjs');
  const contents = `export * from '@actions/workflow-parser';`;
  await build({
    stdin: { contents, resolveDir: PACKAGE_ROOT },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  return import(pathToFileURL(outfile).href);
}

it('the recipe for GitHub Actions is a workflow by the parser of GitHub, as it is printed', async () => {
  const { NoOperationTraceWriter, parseWorkflow } = await loadWorkflowParser();
  const content = recipeLine(/```yaml\n(name: sweep\n[^]*?)```/);
  const problemsOf = (text: string) =>
    parseWorkflow({ name: 'sweep.yml', content: text }, new NoOperationTraceWriter())
      .context.errors.getErrors()
      .map(({ message }) => message);
  expect(problemsOf(content)).toEqual([]);
  expect(problemsOf(content.replace(/^on:.*\n/m, ''))).toEqual([
    expect.stringContaining('Required property is missing: on'),
  ]);
});

/** A recipe as it is printed. */
function recipe(file: string): string {
  return recipeLine(new RegExp(`\`\`\`yaml\n(# ${file}\n[^]*?)\`\`\``));
}

/** A recipe with one of its words misspelt. */
function misspelt(text: string, word: string): string {
  expect(text).toContain(word);
  return text.replace(word, `x${word}`);
}

it('the recipe for GitLab is one by the schema of GitLab, as it is printed', () => {
  // Newer words of JSON Schema are comments to this version of it.
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(gitLabSchema);
  const text = recipe('.gitlab-ci.yml');
  validate(parseYaml(text));
  expect(validate.errors).toBeNull();
  for (const word of ['parallel:', 'script:', 'artifacts:', 'junit:']) {
    expect(validate(parseYaml(misspelt(text, word))), word).toBe(false);
  }
});

it('the recipe for GitLab sweeps in shards, and merges', async () => {
  const text = recipe('.gitlab-ci.yml');
  for (const index of ['1', '2']) {
    const environment = { CI_NODE_INDEX: index, CI_NODE_TOTAL: '2' };
    const output = await shell(lineOf(text, 'sweep'), environment);
    expect(output).toMatch(new RegExp(`shard ${index} of 2[^]*exit code 0$`));
  }
  expect(await shell(lineOf(text, 'merge'), {})).toMatch(/seeds +5\n[^]*exit code 1$/);
}, 240_000);

it('the recipe for CircleCI is one by the parser of CircleCI, as it is printed', () => {
  const text = recipe('.circleci/config.yml');
  const { jobs, workflows } = parseConfig(text);
  expect(jobs.map(({ name, steps }) => [name, steps.length])).toEqual([
    ['sweep', 6],
    ['report', 6],
  ]);
  expect(workflows.map(({ jobs: ordered }) => ordered.length)).toEqual([2]);
  for (const word of ['checkout', 'persist_to_workspace', 'store_test_results', 'steps:']) {
    expect(() => parseConfig(misspelt(text, word)), word).toThrow();
  }
  // It skips what it does not know: all of the recipe must be in what it has read.
  const wordsOf = (given: string) =>
    parseYaml(given, (name, value: unknown) =>
      name === 'run' && typeof value === 'string' ? { command: value } : value,
    ) as object;
  expect(parseYaml(parseConfig(text).stringify())).toMatchObject(wordsOf(text));
  for (const word of ['parallelism', 'requires']) {
    expect(parseYaml(parseConfig(misspelt(text, word)).stringify())).not.toMatchObject(
      wordsOf(text),
    );
  }
});

it('the recipe for CircleCI sweeps in shards, and merges', async () => {
  const text = recipe('.circleci/config.yml');
  mkdirSync(join(folder, 'reports'), { recursive: true });
  mkdirSync(join(folder, 'results'));
  for (const file of readdirSync(join(folder, 'reports'))) rmSync(join(folder, 'reports', file));
  for (const index of ['0', '1']) {
    const environment = { CIRCLE_NODE_INDEX: index, CIRCLE_NODE_TOTAL: '2' };
    const output = await shell(lineOf(text, 'sweep'), environment);
    expect(output).toMatch(new RegExp(`shard ${Number(index) + 1} of 2[^]*exit code 0$`));
  }
  expect(await shell(lineOf(text, 'merge'), {})).toMatch(/seeds +5\n[^]*exit code 1$/);
}, 240_000);

/** The line of a recipe that runs a command. */
function lineOf(text: string, name: string): string {
  const [, line] = new RegExp(`(npx phasmoscope ${name} .*)`).exec(text) ?? [];
  if (line === undefined) throw new Error(`the recipe does not ${name}`);
  return line;
}

it('the script for Slurm is one that a shell takes, and names its shard', async () => {
  const line = recipeLine(/\n(npx phasmoscope sweep .*SLURM_ARRAY_TASK_ID.*)/);
  const task = { ID: '1', MIN: '0', MAX: '1', STEP: '1', COUNT: '2' };
  const environment = Object.fromEntries(
    Object.entries(task).map(([name, value]) => [`SLURM_ARRAY_TASK_${name}`, value]),
  );
  expect(await shell(line, environment)).toMatch(/shard 2 of 2[^]*exit code 0$/);
}, 240_000);

it('the line for GNU parallel gives each job its shard', async () => {
  const line = recipeLine(/\nparallel (npx phasmoscope sweep .*) ::: 1 2/);
  const output = await shell(line.replaceAll('{}', '3'), { PARALLEL_SEQ: '3' });
  expect(output).toContain('shard 3 of 8');
  expect(output).not.toContain('warning:');
}, 240_000);
