/**
 * Why a node is in the graph: as part of the chain, of that of the step after which a finding's cause is
 * named or whose action it is about, or of one that wrote something that the finding names; or since it
 * changed the same record.
 */
export type Part = 'chain' | 'culprit' | 'writer' | 'record';

/** How an action ended. */
export type Fate =
  /** Untracked: its result does not come back. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'outstanding' }
  | { readonly kind: 'completed'; readonly at: number }
  | { readonly kind: 'replaced'; readonly at: number }
  /** A crash interrupted it; restore emitted it again under the same id, or has yet to run. */
  | { readonly kind: 'interrupted'; readonly at: number; readonly wasSent: boolean }
  /** A crash interrupted it, and restore did not emit it again. */
  | { readonly kind: 'lost'; readonly at: number; readonly wasSent: boolean };

/** A step, drawn as a card. */
export interface StepNode {
  readonly kind: 'step';
  readonly id: string;
  readonly stepIndex: number;
  readonly part: Part;
  /** The entries that the step's finding names and that the step wrote itself. */
  readonly wrote: readonly string[];
}

/** An emitted action, drawn as a pill. Its step is the one that emitted it. */
export interface ActionNode {
  readonly kind: 'action';
  readonly id: string;
  readonly stepIndex: number;
  /** Which of the step's actions it is. */
  readonly position: number;
  readonly fate: Fate;
  readonly part: Part;
}

/** The state before the first step. */
export interface StartNode {
  readonly kind: 'start';
  readonly id: string;
  readonly stepIndex: -1;
}

export type CausalityNode = StepNode | ActionNode | StartNode;

/**
 * The meaning of an edge:
 * - `emits`: the step emitted the action;
 * - `completes`: the action's result came back in the step;
 * - `repeats`: a result came back for an action that was not outstanding any more;
 * - `attempts`: its result came in the step, where a fault kept it from being handled;
 * - `loses`: its result got lost on its way;
 * - `replaces`: the step emitted another action under the same id;
 * - `crashes`: the crash interrupted the action, or the step inside which the process died;
 * - `restores`: the restore that followed the crash, or a restore that failed;
 * - `culprit`: the cause of a finding of the other step is named after this step;
 * - `about`: a finding of the step is about the action;
 * - `kept`: shrinking kept the step for a finding of the other one, and no other edge says why;
 * - `wrote`: the step wrote an entry that a finding of the other step names;
 * - `same-record`: both steps changed the same record;
 * - `value`: the other step took a value from where the step had put it.
 */
export const EDGE_KINDS = [
  'emits',
  'completes',
  'repeats',
  'attempts',
  'loses',
  'replaces',
  'crashes',
  'restores',
  'culprit',
  'about',
  'kept',
  'wrote',
  'same-record',
  'value',
] as const;
export type EdgeKind = (typeof EDGE_KINDS)[number];

/** From an earlier node to a later one: the graph has no cycles. */
export interface CausalityEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly label?: string;
  /** The entries that the step wrote, where the edge says that. */
  readonly wrote?: readonly string[];
}

/** Causality around one step, the focus. */
export interface CausalityGraph {
  readonly focus: number;
  readonly nodes: readonly CausalityNode[];
  readonly edges: readonly CausalityEdge[];
  /** Notes on the parts that were left out. */
  readonly notes: readonly string[];
}

/** The id of a step's node. */
export function stepNodeId(stepIndex: number): string {
  return stepIndex < 0 ? 'start' : `step:${stepIndex}`;
}
