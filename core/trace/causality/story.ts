import type { Finding } from '../../machine/finding.ts';
import { OPERATION_WORDS, type Operation } from '../../machine/operation.ts';
import { formatCount } from '../../text/quantities.ts';
import { cutText } from '../../text/visible.ts';
import { labelOf } from '../../value/label.ts';
import { formatKey } from '../../value/path.ts';
import type { Value } from '../../value/value.ts';
import { findingsAt, findingsOf } from '../causes.ts';
import type { Step } from '../format/format.ts';
import { nameOfRecord } from '../records/record-kinds.ts';
import { recordsOf } from '../records/record-touches.ts';
import type { Trace } from '../trace.ts';
import { sourceOf } from '../words/finding-facts.ts';
import {
  stepNodeId,
  type ActionNode,
  type CausalityEdge,
  type CausalityGraph,
  type CausalityNode,
  type EdgeKind,
  type Fate,
  type StepNode,
} from './graph-model.ts';

/** A part of a sentence: words, a name that the machine gave, or a step that one can go to. */
export type StoryPart = string | { readonly name: string } | { readonly stepIndex: number };

/** What one step did, in a sentence or two. */
export interface StorySentence {
  readonly stepIndex: number;
  readonly parts: readonly StoryPart[];
}

/** The longest name or message in a sentence. */
const NAME_CHARS_MAX = 160;
/** At most this many records of a step are mentioned with their change of phase. */
const RECORDS_NAMED_MAX = 4;
/** The most actions of a step that are named. */
const ACTIONS_NAMED_MAX = 4;

/**
 * A graph of causes as text: a sentence or two for each of its steps, in their order, without those that are
 * there only since they changed the same record. The story of a step with a finding ends with that step, and
 * says what was known there.
 *
 * @throws {LinesNotLoaded} with all of its steps whose lines must be fetched first.
 */
export function tellCausality(trace: Trace, graph: CausalityGraph): readonly StorySentence[] {
  const until = endOfStory(trace, graph);
  const shown = graph.nodes
    .filter((node) => node.kind === 'step' && node.part !== 'record')
    .map((node) => node as StepNode)
    .filter(({ stepIndex }) => stepIndex <= until)
    .toSorted((a, b) => a.stepIndex - b.stepIndex);
  trace.require(shown.map(({ stepIndex }) => stepIndex));
  const known = graphUntil(graph, until);
  return shown.map((node) => ({
    stepIndex: node.stepIndex,
    parts: new Teller(trace, known, node).tell(),
  }));
}

/** What a story is about: the findings of its step, or else what led to the step and followed from it. */
export function storyTitle(
  trace: Trace,
  focus: number,
  describe: (finding: Finding) => string,
): string {
  if (focus < 0) return 'The start';
  const findings = findingsAt(trace, focus);
  const step = `step ${formatCount(focus)}`;
  return findings.length === 0
    ? `What led to ${step}, and what followed from it`
    : `Why ${step}: ${findings.map(describe).join('; ')}`;
}

function endOfStory(trace: Trace, { focus }: CausalityGraph): number {
  const isOver = focus >= 0 && focus < trace.length && trace.glance(focus).hasFinding;
  return isOver ? focus : trace.length - 1;
}

/** A graph as it was known after a step: what ended later is outstanding. */
function graphUntil(graph: CausalityGraph, until: number): CausalityGraph {
  const nodes = graph.nodes
    .filter(({ stepIndex }) => stepIndex <= until)
    .map((node): CausalityNode => {
      const isOpen = node.kind === 'action' && 'at' in node.fate && node.fate.at > until;
      return isOpen ? { ...node, fate: { kind: 'outstanding' } } : node;
    });
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = graph.edges.filter(({ from, to }) => ids.has(from) && ids.has(to));
  return { ...graph, nodes, edges };
}

function named(value: unknown): StoryPart {
  return { name: cutText(labelOf(value), NAME_CHARS_MAX) };
}

function idName(id: Value): string {
  return typeof id === 'string' ? id : `#${formatKey(id)}`;
}

/** Describes one step. */
class Teller {
  readonly #trace: Trace;
  readonly #graph: CausalityGraph;
  readonly #node: StepNode;
  readonly #step: Step;

  constructor(trace: Trace, graph: CausalityGraph, node: StepNode) {
    this.#trace = trace;
    this.#graph = graph;
    this.#node = node;
    this.#step = trace.step(node.stepIndex);
  }

  tell(): readonly StoryPart[] {
    return [
      ...this.#subject(),
      ...this.#ending(),
      '.',
      ...this.#refused(),
      ...this.#emitted(),
      ...this.#wrote(),
      ...this.#moved(),
      ...this.#findings(),
      ...this.#named(),
    ];
  }

  #edges(kind: EdgeKind, end: 'from' | 'to'): readonly CausalityEdge[] {
    const id = stepNodeId(this.#node.stepIndex);
    return this.#graph.edges.filter((edge) => edge.kind === kind && edge[end] === id);
  }

  #subject(): readonly StoryPart[] {
    const { operation } = this.#step;
    switch (operation.kind) {
      case 'normal':
        return ['the input ', named(operation.input)];
      case 'trackedActionCompleted':
        return ['the result ', named(operation.result), ...this.#origin(operation)];
      case 'loss':
        return ['the result ', named(operation.result), ...this.#origin(operation)];
      case 'crash':
        return ['the process died'];
      case 'restore':
        return [OPERATION_WORDS.restore];
      case 'settled':
        return ['the run had settled'];
    }
  }

  /** The action of a result, and the step that emitted it. */
  #origin({ id }: Operation & { kind: 'trackedActionCompleted' | 'loss' }): readonly StoryPart[] {
    const span = this.#trace.spanOfResult(this.#node.stepIndex);
    if (!span) return [' of ', { name: idName(id) }];
    return [
      ' of ',
      named(span.action),
      ' ',
      { name: idName(id) },
      ' from ',
      { stepIndex: span.emittedAt },
    ];
  }

  #ending(): readonly StoryPart[] {
    const { operation, outcome, actions, lost } = this.#step;
    const isRepeated = this.#edges('repeats', 'to').length > 0;
    const again = isRepeated ? ' came although the action had ended, and' : '';
    if (operation.kind === 'loss') return [' was lost on its way'];
    if (operation.kind === 'settled') return [];
    if (operation.kind === 'crash') {
      const were = lost.length === 1 ? ' was sent' : ' were sent';
      return lost.length === 0 ? [] : [' before ', ...actionNames(lost), were];
    }
    if (operation.kind === 'restore' && outcome.kind === 'ok') {
      const isEmpty = !actions.some(({ kind }) => kind === 'tracked');
      return [isEmpty ? ' emitted nothing' : ' brought back what the state knows of'];
    }
    switch (outcome.kind) {
      case 'ok':
        return [`${again} was accepted`];
      case 'err':
        return [`${again} was rejected: `, named(outcome.error)];
      case 'panic':
        return [
          `${again} made the machine panic: `,
          { name: cutText(outcome.error.message, NAME_CHARS_MAX) },
        ];
      case 'crashed':
        return [`${again} was being handled when the process died`];
      case 'hang':
        return [`${again} did not come to an end`];
    }
  }

  /** What the container refused, and where in the source, as far as a finding of the focus says. */
  #refused(): readonly StoryPart[] {
    const { refused } = this.#step;
    if (refused.length === 0) return [];
    const source = this.#sourceOfFailure();
    const place = source === undefined ? '' : ` (${source})`;
    return [' The container refused ', ...actionNames(refused), `${place}.`];
  }

  /** Where the failure was that the machine caught in this step, if a finding of the focus follows from it. */
  #sourceOfFailure(): string | undefined {
    const { stepIndex } = this.#node;
    const asked = findingsOf(this.#trace, this.#graph.focus);
    return asked.find(({ caught }) => caught?.stepIndex === stepIndex)?.caught?.source;
  }

  #emitted(): readonly StoryPart[] {
    const actions = this.#actionNodes().filter(
      ({ position }) => this.#step.actions[position]?.kind === 'tracked',
    );
    if (actions.length === 0) return [];
    const first = actions.slice(0, ACTIONS_NAMED_MAX).map((node) => this.#action(node));
    const more = actions.length - first.length;
    return [
      ' It emitted ',
      ...joined(first),
      ...(more > 0 ? [` and ${formatCount(more)} more`] : []),
      '.',
    ];
  }

  #actionNodes(): readonly ActionNode[] {
    return this.#graph.nodes
      .filter((node) => node.kind === 'action' && node.stepIndex === this.#node.stepIndex)
      .map((node) => node as ActionNode);
  }

  #action({ position, fate }: ActionNode): readonly StoryPart[] {
    const emitted = this.#step.actions[position];
    if (emitted?.kind !== 'tracked') return [];
    const name: readonly StoryPart[] = [named(emitted.action), ' ', { name: idName(emitted.id) }];
    return [...name, ...this.#fate(fate)];
  }

  #fate(fate: Fate): readonly StoryPart[] {
    switch (fate.kind) {
      case 'sent':
        return [];
      case 'outstanding':
        return [', which is still outstanding'];
      case 'completed':
        return [', whose result came in ', { stepIndex: fate.at }];
      case 'replaced':
        return [', which another one under its id replaced in ', { stepIndex: fate.at }];
      case 'interrupted':
        return [', which the crash in ', { stepIndex: fate.at }, ' interrupted'];
      case 'lost':
        return [', which the crash in ', { stepIndex: fate.at }, ' lost'];
    }
  }

  #wrote(): readonly StoryPart[] {
    const own = this.#node.wrote;
    const edges = this.#edges('wrote', 'from');
    const parts: StoryPart[] = [];
    if (own.length > 0) parts.push(' It wrote ', ...listed(own), '.');
    for (const { to, wrote = [] } of edges) {
      parts.push(' It wrote ', ...listed(wrote), ', which the finding in ', stepOf(to));
      parts.push(' speaks of.');
    }
    return parts;
  }

  /** The records that it put into another phase. */
  #moved(): readonly StoryPart[] {
    const moved = recordsOf(this.#trace).phaseChangesBy(this.#node.stepIndex);
    const first = moved.slice(0, RECORDS_NAMED_MAX).flatMap(({ record, from, to }) => {
      const name = { name: cutText(nameOfRecord(record), NAME_CHARS_MAX) };
      const [was, is] = [from, to].map((phase) => phase && cutText(phase, NAME_CHARS_MAX));
      if (was === undefined) return [' It added ', name, ` as ${is}.`];
      if (is === undefined) return [' It removed ', name, `, which was ${was}.`];
      return [' It took ', name, ` from ${was} to ${is}.`];
    });
    const more = moved.length - RECORDS_NAMED_MAX;
    return more > 0 ? [...first, ` It moved ${formatCount(more)} more.`] : first;
  }

  #findings(): readonly StoryPart[] {
    return findingsOf(this.#trace, this.#node.stepIndex).flatMap((finding) => {
      const { kind, name, message } = finding;
      const source = sourceOf(finding);
      // The end of the step says the rest already.
      if (kind === 'panic' || kind === 'hang') {
        return source === undefined ? [] : [` That was at ${source}.`];
      }
      const at = source === undefined ? '' : ` (${source})`;
      return [
        ' Here ',
        { name },
        ` does not hold: ${sentenceOf(message, at)}`,
        ...this.#came(finding),
      ];
    });
  }

  /** What a rule expected in the step that is explained, and what came instead. */
  #came({ expected, actual }: Finding): readonly StoryPart[] {
    const isAsked = this.#node.stepIndex === this.#graph.focus;
    if (!isAsked || expected === undefined || actual === undefined) return [];
    const [due, came] = [expected, actual].map((text) => cutText(text, NAME_CHARS_MAX));
    return [` Expected: ${due}; came: ${came}.`];
  }

  #named(): readonly StoryPart[] {
    const causes = this.#edges('culprit', 'from').flatMap(({ to, label = '' }) => [
      ' The finding ',
      { name: label },
      ' in ',
      stepOf(to),
      ' is traced back to this step.',
    ]);
    const kept = this.#edges('kept', 'from').flatMap(({ to }) => [
      ' The finding in ',
      stepOf(to),
      ' takes this step, too: shrinking kept it.',
    ]);
    return [...causes, ...kept, ...this.#about()];
  }

  /** The findings of later steps that are about an action of this one. */
  #about(): readonly StoryPart[] {
    const own = new Set(this.#actionNodes().map(({ id }) => id));
    return this.#graph.edges
      .filter(({ kind, from }) => kind === 'about' && own.has(from))
      .flatMap(({ to, label = '' }) => [
        ' The finding ',
        { name: label },
        ' in ',
        stepOf(to),
        ' is about its action.',
      ]);
  }
}

/** "Hold #1; Mail and 3 more". */
function actionNames(actions: Step['actions']): readonly StoryPart[] {
  const first = actions.slice(0, ACTIONS_NAMED_MAX).map((one): readonly StoryPart[] => {
    const name = named(one.action);
    return one.kind === 'tracked' ? [name, ' ', { name: idName(one.id) }] : [name];
  });
  const more = actions.length - first.length;
  return [...joined(first), ...(more > 0 ? [` and ${formatCount(more)} more`] : [])];
}

/** A message that ends as a sentence, with something before its end. */
function sentenceOf(message: string, before: string): string {
  const text = cutText(message, NAME_CHARS_MAX);
  const [end = '.'] = /[.!?]$/.exec(text) ?? [];
  return `${text.replace(/[.!?]$/, '')}${before}${end}`;
}

function listed(names: readonly string[]): readonly StoryPart[] {
  return names.flatMap((name, at) => {
    const before = at === 0 ? [] : [at === names.length - 1 ? ' and ' : ', '];
    return [...before, { name }];
  });
}

function joined(items: readonly (readonly StoryPart[])[]): readonly StoryPart[] {
  return items.flatMap((item, at) => (at === 0 ? item : ['; ', ...item]));
}

/** The step of the node of an edge. */
function stepOf(nodeId: string): StoryPart {
  return { stepIndex: Number(nodeId.replace(/^step:/, '')) };
}
