import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { VIEW_NAMES } from '../../contract/place.ts';
import { runSettingsSchema } from '../../contract/tasks.ts';
import type { Launch, MachineRef } from '../../contract/window.ts';
import { ProblemError } from '../../problem.ts';
import { askMeant, chooseAmong } from '../../text/choices.ts';
import { isMachineFile } from '../files/file-kind.ts';
import { missingFile } from '../files/refusals.ts';
import { PACKAGE_ROOT } from '../package-root.ts';

const storyTrace = z.object({ sample: z.string(), trace: z.string() });

const catalogSchema = z.object({
  /** What `npm start` shows. */
  demo: z.object({
    sample: z.string(),
    settings: runSettingsSchema,
    view: z.enum(VIEW_NAMES),
  }),
  /**
   * Traces with notes that tell how a failing seed leads to a mended machine, each with its sample: the first is
   * shown, and the others follow it.
   */
  story: z.tuple([storyTrace], storyTrace),
  samples: z.array(z.object({ name: z.string(), description: z.string() })),
});

/** The samples that come with Phasmoscope. Reading the catalog runs none of their code. */
export function readCatalog(): z.infer<typeof catalogSchema> {
  const path = join(PACKAGE_ROOT, 'samples/catalog.json');
  return catalogSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** A failing seed, at what a newcomer understands at once. */
export function demoLaunch(): Launch {
  const { sample, settings, view } = readCatalog().demo;
  return {
    kind: 'machine',
    machine: { kind: 'sample', name: sample },
    ...settings,
    spot: { view },
  };
}

/** The story that comes with Phasmoscope, as a talk. */
export function storyLaunch(): Extract<Launch, { kind: 'trace' }> {
  const [first, ...others] = readCatalog().story;
  const opened = ({ sample, trace }: typeof first) => ({
    path: join(PACKAGE_ROOT, 'samples', trace),
    machine: { kind: 'sample' as const, name: sample },
  });
  return { kind: 'trace', ...opened(first), isPresented: true, sequels: others.map(opened) };
}

/**
 * The source file of a machine.
 *
 * @throws {ProblemError} when there is no sample of that name.
 */
export function pathOfMachine(machine: MachineRef): string {
  if (machine.kind === 'file') return machine.path;
  const { samples } = readCatalog();
  // The name becomes part of a path, so it must be in the catalog.
  if (!samples.some(({ name }) => name === machine.name)) {
    throw new ProblemError({
      title: `There is no sample named "${machine.name}".`,
      remedy: chooseAmong(
        machine.name,
        samples.map(({ name }) => name),
      ),
    });
  }
  return join(PACKAGE_ROOT, 'samples', machine.name, 'index.ts');
}

/**
 * Finds the machine that an argument of the command line names: a sample, or the path of a file.
 *
 * @throws {ProblemError} when it is neither.
 */
export function findMachine(text: string, folder: string): MachineRef {
  const { samples } = readCatalog();
  if (samples.some(({ name }) => name === text)) return { kind: 'sample', name: text };
  const path = resolve(folder, text);
  if (existsSync(path)) {
    if (isMachineFile(path)) return { kind: 'file', path };
    throw new ProblemError({
      title: `${text} is not a machine file: its name must end in .ts, .js or the like.`,
      remedy: 'Give the source file of a machine.',
    });
  }
  if (isMachineFile(text) || isNameOfData(text)) {
    throw missingFile(text);
  }
  const names = samples.map(({ name }) => name);
  throw new ProblemError({
    title: `There is no sample and no file named "${text}".`,
    remedy: `${askMeant(text, names)}Give the path of a .ts or .js file, or one of the samples: ${names.join(', ')}.`,
  });
}

/** Whether a name is that of a trace or of inputs, and could not be that of a machine. */
function isNameOfData(name: string): boolean {
  return /\.(?:jsonl|json|gz)$/.test(name);
}
