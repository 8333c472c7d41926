import { z } from 'zod';
import type { Answer } from './answer.ts';
import { describeCommand, type Command } from './command-process.ts';
import type { Folders } from './folders.ts';

/** What a tool does to the world, as the protocol names it. */
export interface Effects {
  /** Whether it writes nothing. */
  readonly readOnlyHint: boolean;
  /** Whether it may replace something. */
  readonly destructiveHint: boolean;
  /** Whether doing it again changes nothing more. */
  readonly idempotentHint: boolean;
  /** Whether it reaches beyond the folders of the server. */
  readonly openWorldHint: boolean;
}

/** A tool that reads and executes, and writes nothing. */
export const READS: Effects = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** A tool that writes a file of its own kind, and may replace one. */
export const WRITES: Effects = { ...READS, readOnlyHint: false, destructiveHint: true };

/** Runs a command of the command line for a tool, and returns its document. */
export type RunCommand = (command: Command) => Promise<unknown>;

/** What an agent can call. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodObject;
  readonly effects: Effects;
  /** How much longer than others it may take, in milliseconds: a time that the agent gives. */
  readonly timeMs?: (input: Readonly<Record<string, unknown>>) => number;
  /** @throws {ProblemError} for what the agent can correct, and anything for the rest. */
  call(
    input: Readonly<Record<string, unknown>>,
    folders: Folders,
    run: RunCommand,
  ): Promise<Answer>;
}

type Input<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** A tool that is a command of the command line. */
interface CommandTool<Shape extends z.ZodRawShape, Document> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Shape;
  readonly effects: Effects;
  /** As in {@link Tool}. */
  readonly timeMs?: (input: Input<Shape>) => number;
  /** What an agent asks for, as a command whose paths were checked. */
  readonly command: (input: Input<Shape>, folders: Folders) => Command;
  /** What is read of the JSON document of the command. */
  readonly document: z.ZodType<Document>;
  readonly answer: (document: Document) => Answer;
}

/** Makes a tool of a command: what it does, and in which words, is the command's own business. */
export function commandTool<Shape extends z.ZodRawShape, Document>({
  input: shape,
  timeMs,
  command: commandOf,
  document: schema,
  answer: answerOf,
  ...described
}: CommandTool<Shape, Document>): Tool {
  const input = z.strictObject(shape);
  return {
    ...described,
    input,
    ...(timeMs ? { timeMs: (given) => timeMs(given as Input<Shape>) } : {}),
    async call(given, folders, run) {
      const command = commandOf(given as Input<Shape>, folders);
      const document = await run(command);
      const { error } = errorIn.parse(document);
      const { facts, list } = answerOf(schema.parse(document));
      return {
        facts: { ...facts, command: describeCommand(command), error },
        ...(list ? { list } : {}),
        isBroken: error !== undefined,
      };
    },
  };
}

/** What broke a command that has results nevertheless. */
const errorIn = z.object({ error: z.unknown().optional() });
