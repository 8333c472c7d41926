import type { EmittedAction } from '../../core/machine/executed.ts';
import { OPERATION_WORDS, type Operation } from '../../core/machine/operation.ts';
import type { EdgeKind, Fate } from '../../core/trace/causality/graph-model.ts';
import type { Step } from '../../core/trace/format/format.ts';
import {
  describeAnswer,
  describeOperation,
  fieldsOf,
  toneOfOutcome,
  toneSourceOf,
  type StepTone,
} from '../../core/trace/words/step-words.ts';
import type { Mark } from '../theme/marks.ts';
import { formatCount, formatPlural, formatStepIndex } from '../words/format.ts';
import { shownId, shownLabel, shownLine } from '../words/shown.ts';
import { notesOn } from '../words/step-notes.ts';
import type { ActionNode, CausalityGraph, CausalityNode, StepNode } from './graph-model.ts';

/**
 * The fields of an action in short: `userId 7`, `amountCents 5000`. Leaves out a field that repeats
 * the action's id, which its node shows anyway.
 */
export function describeFields(emitted: EmittedAction): readonly string[] {
  return fieldsOf(emitted.action, emitted.kind === 'tracked' ? emitted.id : undefined);
}

/** How an action ended, if no edge shows it. */
export function describeFate(fate: Fate): string {
  switch (fate.kind) {
    case 'sent':
    case 'completed':
      return '';
    case 'outstanding':
      return 'outstanding';
    case 'replaced':
      return 'replaced';
    case 'interrupted':
      return fate.wasSent ? 'interrupted' : 'not sent';
    case 'lost':
      return fate.wasSent ? 'lost' : 'lost, not sent';
  }
}

/** Explains a graph that is a single node. */
export function explainSingle(graph: CausalityGraph): string | undefined {
  const [node] = graph.nodes;
  if (!node || graph.nodes.length > 1) return undefined;
  if (node.kind === 'start') return 'The initial state: nothing has happened yet.';
  return node.kind === 'step' ? explainStep(node.step) : undefined;
}

function explainStep(step: Step): string {
  const { outcome, operation, patch } = step;
  if (operation.kind === 'crash') return 'The process died with nothing outstanding.';
  if (operation.kind === 'loss') {
    return 'A result was lost whose action had not been emitted.';
  }
  if (operation.kind === 'settled') return explainSettled(operation, step);
  if (outcome.kind !== 'ok') return explainRollBack(step);
  return patch.length === 0
    ? 'Accepted, but it changed nothing and emitted nothing.'
    : 'It changed the state and emitted nothing.';
}

function explainSettled(
  { isDown, isEndless }: Operation & { kind: 'settled' },
  { findings }: Step,
): string {
  if (isDown) return 'The end of the run: restore failed each time, and the machine stays down.';
  if (isEndless) return 'The end of the run: there is always one more message to deliver.';
  return findings.length === 0
    ? 'The end of the run: everything outstanding is delivered, and nothing was found.'
    : 'The end of the run: everything outstanding is delivered, and a settled property fails.';
}

function explainRollBack(step: Step): string {
  const { attempted, discarded } = step;
  const cause = CAUSES[toneOfOutcome(toneSourceOf(step))] ?? 'Rejected';
  if (discarded.length > 0) {
    return `${cause}: rolled back, and ${formatPlural(discarded.length, 'action')} discarded unsent.`;
  }
  return attempted.length > 0
    ? `${cause}: what it had changed was rolled back.`
    : `${cause}: it changed nothing and emitted nothing.`;
}

const CAUSES: Readonly<Partial<Record<StepTone, string>>> = {
  finding: 'The machine threw',
  failed: 'A fault struck',
  died: 'The process died',
};

/** A node in one sentence, for its tooltip and for screen readers. */
export function describeNode(node: CausalityNode): string {
  switch (node.kind) {
    case 'start':
      return 'start: the initial state';
    case 'step':
      return describeStep(node);
    case 'action':
      return describeAction(node);
  }
}

function describeStep({ stepIndex, step, wrote }: StepNode): string {
  const { operation } = step;
  const id = operation.kind === 'trackedActionCompleted' ? ` of ${shownId(operation.id)}` : '';
  const kind =
    operation.kind === 'normal' || operation.kind === 'trackedActionCompleted'
      ? OPERATION_WORDS[operation.kind]
      : '';
  const parts = [
    `${formatStepIndex(stepIndex)}: ${[kind, describeOperation(operation)].join(' ').trim()}${id}`,
    describeAnswer(step),
    ...notesOn(step, undefined)
      .filter(({ mark }) => !SAID_MARKS.has(mark))
      .map(({ text }) => text),
    ...step.findings.map(({ message }) => `finding: ${shownLine(message)}`),
    ...(wrote.length > 0 ? [shownLine(`wrote ${wrote.join(', ')}`)] : []),
  ];
  return parts.join(', ');
}

/** Marks whose notes add nothing to the name and the outcome of the step. */
const SAID_MARKS: ReadonlySet<Mark> = new Set<Mark>([
  'crash',
  'crashWithLoss',
  'restore',
  'duplicate',
  'loss',
  'settled',
]);

function describeAction({ stepIndex, emitted, fate }: ActionNode): string {
  const id = emitted.kind === 'tracked' ? ` ${shownId(emitted.id)}` : '';
  const fields = describeFields(emitted);
  const became =
    fate.kind === 'completed' ? `completed at step ${formatCount(fate.at)}` : describeFate(fate);
  return [
    `${emitted.kind} action ${shownLabel(emitted.action)}${id} from ${formatStepIndex(stepIndex)}`,
    ...(became === '' ? [] : [became]),
    ...fields,
  ].join(', ');
}

/** An item of the graph as text. */
export interface OutlineItem {
  readonly id: string;
  readonly text: string;
}

/** The graph as a list in the order of its steps, for screen readers. */
export function outlineOf({ nodes, edges }: CausalityGraph): readonly OutlineItem[] {
  const inOrder = nodes.toSorted(
    (a, b) =>
      a.stepIndex - b.stepIndex || Number(a.kind === 'action') - Number(b.kind === 'action'),
  );
  const names = new Map(nodes.map((node) => [node.id, formatStepIndex(node.stepIndex)]));
  return inOrder.map((node) => {
    const links = edges.flatMap(({ from, to, kind, label }) => {
      const words = from === node.id ? LINK_WORDS[kind]?.(label ?? '') : undefined;
      return words === undefined ? [] : [`${words} ${names.get(to)}`];
    });
    return { id: node.id, text: [describeNode(node), ...links].join('; ') };
  });
}

/** What an edge says that the chain itself does not show. */
const LINK_WORDS: Readonly<Partial<Record<EdgeKind, (label: string) => string>>> = {
  wrote: (label) => `${label}, which is in the finding of`,
  culprit: () => 'the cause is named after it of the finding of',
  about: () => 'it is what the finding is about of',
  kept: () => 'shrinking kept it for the finding of',
  'same-record': (label) => `also ${label}, as`,
  value: (label) => `${label}, which was taken by`,
};
