import type { Problem } from '../../problem.ts';
import type { Tool } from './tool.ts';

/** Options of commands whose inputs have another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = { 'time-budget': 'seconds' };

/** What is one text on the command line, and has members here. */
const MEMBERS: readonly (readonly [form: RegExp, members: string])[] = [
  [/--deliver '([^']+)=RESULT'/g, '"deliver" as {"id":$1,"result":RESULT}'],
];

/** An option, and the capitals that stand for its value. */
const OPTION = /--([a-z][a-z-]*)(?:[ =](?:[A-Z]+(?:\.\.[A-Z]+|\[=?[A-Z]*\]|\/[A-Z]+)?)(?![\w-]))?/g;

/** A command as messages name it. */
const COMMAND = /`?(?:npx )?phasmoscope ([a-z][a-z-]*)((?: [A-Z]+| --[a-z-]+)*)`?/g;

/**
 * Names what an agent can give: messages of commands speak of options and commands, such as `--machine PATH`
 * and `phasmoscope export-test`, which are the inputs and names of tools here.
 *
 * @param tool whose call the message is about.
 * @param tools all of them.
 */
export function inToolWords(problem: Problem, tool: Tool, tools: readonly Tool[]): Problem {
  const translate = (text: string) =>
    MEMBERS.reduce((worded, [form, members]) => worded.replace(form, members), text)
      .replace(COMMAND, (whole, command: string, given: string) => {
        const other = tools.find(({ name }) => name === command.replaceAll('-', '_'));
        return other ? describeCall(other, given) : whole;
      })
      .replace(OPTION, (whole, option: string) => inputOf(tool, option) ?? whole);
  const { title, details, remedy, ...rest } = problem;
  return {
    ...rest,
    title: translate(title),
    ...(details === undefined ? {} : { details: translate(details) }),
    ...(remedy === undefined ? {} : { remedy: translate(remedy) }),
  };
}

/** A call of a tool, in place of a command with such options: "`run` with "inputs"". */
function describeCall(tool: Tool, options: string): string {
  const inputs = Array.from(options.matchAll(/--([a-z-]+)/g)).flatMap(
    ([, option = '']) => inputOf(tool, option) ?? [],
  );
  return `\`${tool.name}\`${inputs.length === 0 ? '' : ` with ${inputs.join(' and ')}`}`;
}

/** The input of a tool that is an option of its command. */
function inputOf(tool: Tool, option: string): string | undefined {
  const camel = option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const has = (name: string) => Object.hasOwn(tool.input.shape, name);
  const name = [camel, OTHER_NAMES[option]].find((one) => one !== undefined && has(one));
  return name === undefined ? undefined : `"${name}"`;
}
