import { formatCount } from '../text/quantities.ts';
import { joined, namesIn, stepList, type Sentence } from '../trace/words/sentences.ts';
import type { JudgedField } from './fields.ts';

/** At most this many groups of requests are mentioned. */
const GROUPS_MAX = 6;

/** Requests of which the same fields are meant. */
interface FieldGroup {
  readonly steps: readonly number[];
  readonly names: readonly string[];
}

/**
 * "Of the request at step 7, day matters; name does not (4 other values of each were tried). With other values of
 * time, the request at step 9 is refused.", of several requests together.
 */
export function describeFields(fields: readonly JudgedField[]): readonly Sentence[] {
  const tried = fields.filter((field) => field.tried > 0);
  return [...whatMatters(tried), ...refusedOf(fields)];
}

function whatMatters(fields: readonly JudgedField[]): readonly Sentence[] {
  const isNeeded = ({ need }: JudgedField) => need !== 'notNeeded';
  const needed = new Set(fields.filter(isNeeded).map(({ name }) => name));
  const others = fields.filter(({ name }) => !needed.has(name));
  const spare = [...new Set(others.map(({ name }) => name))];
  const doNot = spare.length === 1 ? 'does not' : 'do not';
  const by = triedOf(others);
  if (fields.length === 0) return [];
  if (needed.size === 0) {
    const steps = [...new Set(fields.map(({ stepIndex }) => stepIndex))];
    return [[...ofRequests(steps), `, ${namesIn(spare)} ${doNot} matter ${by}.`]];
  }
  const [first, ...more] = groupsOf(fields.filter(isNeeded));
  const end = spare.length === 0 ? '.' : `; ${namesIn(spare)} ${doNot} ${by}.`;
  if (!first) return [];
  const verb = first.names.length === 1 ? 'matters' : 'matter';
  if (more.length === 0) {
    return [[...ofRequests(first.steps), `, ${namesIn(first.names)} ${verb}${end}`]];
  }
  const clauses = [first, ...more].map(({ steps, names }, at): Sentence => [
    `${namesIn(names)}${at === 0 ? ` ${verb}` : ''} at `,
    ...stepList(steps),
  ]);
  return [['Of the requests, ', ...joined(clauses), end]];
}

/** How many values show that fields do not matter: "(2 to 12 other values of each were tried)". */
function triedOf(fields: readonly JudgedField[]): string {
  const counts = fields.map(({ tried }) => tried);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const range = fewest === most ? '' : `${formatCount(fewest)} to `;
  const values = most === 1 ? 'value' : 'values';
  const each = fields.length === 1 ? '' : ' of each';
  return `(${range}${formatCount(most)} other ${values}${each} ${most === 1 ? 'was' : 'were'} tried)`;
}

/** The requests that are refused with other values of fields: that the run passes then says nothing of those values. */
function refusedOf(fields: readonly JudgedField[]): readonly Sentence[] {
  const refused = fields.filter((field) => field.refused > 0);
  const sentences = (some: JudgedField[], which: string) =>
    groupsOf(some).map(({ steps, names }): Sentence => {
      const [what, are] = steps.length === 1 ? ['request', 'is'] : ['requests', 'are'];
      const values = `With ${which} values of ${namesIn(names)}, `;
      return [`${values}the ${what} at `, ...stepList(steps), ` ${are} refused.`];
    });
  return [
    ...sentences(
      refused.filter(({ tried }) => tried > 0),
      'some other',
    ),
    ...sentences(
      refused.filter(({ tried }) => tried === 0),
      'other',
    ),
  ];
}

function ofRequests(steps: readonly number[]): Sentence {
  return [steps.length === 1 ? 'Of the request at ' : 'Of the requests at ', ...stepList(steps)];
}

/** The requests of these fields, by which fields those are. */
function groupsOf(fields: readonly JudgedField[]): readonly FieldGroup[] {
  const groups = new Map<string, { steps: number[]; readonly names: readonly string[] }>();
  for (const stepIndex of new Set(fields.map((field) => field.stepIndex))) {
    const names = fields.filter((field) => field.stepIndex === stepIndex).map(({ name }) => name);
    const known = groups.get(names.join('\n'));
    if (known) known.steps.push(stepIndex);
    else groups.set(names.join('\n'), { steps: [stepIndex], names });
  }
  return [...groups.values()].slice(0, GROUPS_MAX);
}
