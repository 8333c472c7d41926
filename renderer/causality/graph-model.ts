import type { EmittedAction } from '../../core/machine/executed.ts';
import type { Step } from '../../core/trace/format.ts';

/** Why a node is in the graph: as part of the chain, or as part of a chain that touched it. */
export type Part = 'chain' | 'writer' | 'record';

/** What became of an action. */
export type Fate =
  /** Untracked: its result does not come back. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'outstanding' }
  | { readonly kind: 'completed'; readonly at: number }
  | { readonly kind: 'replaced'; readonly at: number }
  /** A crash came between; restore emitted it again under the same id, or has yet to run. */
  | { readonly kind: 'interrupted'; readonly at: number; readonly wasSent: boolean }
  /** A crash came between, and restore did not emit it again. */
  | { readonly kind: 'lost'; readonly at: number; readonly wasSent: boolean };

/** A step, drawn as a card. */
export interface StepNode {
  readonly kind: 'step';
  readonly id: string;
  readonly stepIndex: number;
  readonly step: Step;
  readonly part: Part;
  /** The entries that the step's own finding names and that it wrote itself. */
  readonly wrote: readonly string[];
}

/** An emitted action, drawn as a pill. Its step is the one that emitted it. */
export interface ActionNode {
  readonly kind: 'action';
  readonly id: string;
  readonly stepIndex: number;
  readonly emitted: EmittedAction;
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
 * What an edge says:
 * - `emits`: the step emitted the action;
 * - `completes`: the action's result came back in the step;
 * - `repeats`: a result came back for an action that was not outstanding any more;
 * - `attempts`: its result came in the step, where a fault kept it from being handled;
 * - `loses`: its result got lost on its way;
 * - `replaces`: the step emitted another action under the same id;
 * - `crashes`: the crash interrupted the action, or the step that its process died inside;
 * - `restores`: the restore that followed the crash, or a restore that failed;
 * - `wrote`: the step wrote an entry that a finding of the other names;
 * - `same-record`: both steps changed the same record.
 */
export type EdgeKind =
  | 'emits'
  | 'completes'
  | 'repeats'
  | 'attempts'
  | 'loses'
  | 'replaces'
  | 'crashes'
  | 'restores'
  | 'wrote'
  | 'same-record';

/** From what was earlier to what came of it: the graph has no cycles. */
export interface CausalityEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly label?: string;
}

/** Causality around one step, the focus. */
export interface CausalityGraph {
  readonly focus: number;
  readonly nodes: readonly CausalityNode[];
  readonly edges: readonly CausalityEdge[];
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

/** The id of a step's node. */
export function stepNodeId(stepIndex: number): string {
  return stepIndex < 0 ? 'start' : `step:${stepIndex}`;
}

/** Whether a step has a node of its own in the graph. */
export function hasStep(graph: CausalityGraph, stepIndex: number): boolean {
  const id = stepNodeId(stepIndex);
  return graph.nodes.some((node) => node.id === id);
}
