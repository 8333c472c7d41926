import type { EmittedAction } from '../../core/machine/executed.ts';
import type { ActionId } from '../../core/machine/machine.ts';
import type { TrackedSpan } from '../../core/trace/spans.ts';
import type { Trace } from '../../core/trace/trace.ts';
import {
  stepNodeId,
  type ActionNode,
  type CausalityEdge,
  type CausalityNode,
  type EdgeKind,
  type Fate,
  type Part,
  type StepNode,
} from './graph-model.ts';
import { lastSpanBefore, positionOf } from './span-search.ts';

/** The most actions of one step that are drawn, unless the chain leads through more of them. */
export const ACTIONS_PER_STEP_MAX = 12;

/**
 * A place that the walk has still to look around at. A crash and its restore are crossroads of
 * every action that was outstanding: a chain that passes through them stays with its own id, else
 * each chain would drag in all the others. `via` is that id; without it all ways are taken.
 */
interface Place {
  readonly stepIndex: number;
  /** The place is the action of this position, not the step. */
  readonly position?: number;
  readonly via?: ActionId;
}

/** Walks chains of causes in both directions and gathers their nodes and edges, nearest first. */
export class ChainWalk {
  /** Actions that were not drawn because their step emitted so many. */
  actionsLeftOut = 0;
  readonly #trace: Trace;
  readonly #nodes = new Map<string, CausalityNode>();
  readonly #edges = new Map<string, CausalityEdge>();
  readonly #seen = new Set<string>();
  #queue: Place[] = [];
  #part: Part = 'chain';
  #nodesMax = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get size(): number {
    return this.#nodes.size;
  }

  nodes(): readonly CausalityNode[] {
    return [...this.#nodes.values()];
  }

  /** Edges whose two ends are in the graph. */
  edges(): readonly CausalityEdge[] {
    return [...this.#edges.values()].filter(
      ({ from, to }) => this.#nodes.has(from) && this.#nodes.has(to),
    );
  }

  /** The steps that have a node, in the order in which they were reached. */
  stepIndices(): readonly number[] {
    return this.nodes().flatMap((node) => (node.kind === 'step' ? [node.stepIndex] : []));
  }

  /**
   * Adds the chain of a step, nearest first, until the graph has `nodesMax` nodes, and answers
   * whether the whole of it found a place.
   */
  walkFrom(stepIndex: number, part: Part, nodesMax: number): boolean {
    this.#part = part;
    this.#nodesMax = nodesMax;
    this.#queue = [];
    let isWhole = this.#reach({ stepIndex });
    for (let at = 0; at < this.#queue.length; at += 1) {
      const place = this.#queue[at] as Place;
      const neighbours =
        place.position === undefined ? this.#aroundStep(place) : this.#aroundAction(place);
      for (const neighbour of neighbours) isWhole = this.#reach(neighbour) && isWhole;
    }
    return isWhole;
  }

  /** Adds one step without its chain; false when there is no room. */
  addStep(stepIndex: number, part: Part, nodesMax: number): boolean {
    this.#part = part;
    this.#nodesMax = nodesMax;
    return this.#add(stepNodeId(stepIndex), () => this.#stepNode(stepIndex));
  }

  /** Notes on a step's node which entries it wrote itself. */
  markWrote(stepIndex: number, wrote: readonly string[]): void {
    const node = this.#nodes.get(stepNodeId(stepIndex));
    if (node?.kind === 'step') this.#nodes.set(node.id, { ...node, wrote });
  }

  isConnected(from: string, to: string): boolean {
    return [...this.#edges.values()].some((edge) => edge.from === from && edge.to === to);
  }

  connect(from: string, to: string, kind: EdgeKind, label?: string): void {
    const id = `${from} ${kind} ${to}`;
    this.#edges.set(id, { id, from, to, kind, ...(label === undefined ? {} : { label }) });
  }

  /** Puts a place into the graph and, the first time, on the list; false when there is no room. */
  #reach(place: Place): boolean {
    const { stepIndex, position, via } = place;
    const isRoom =
      position === undefined
        ? this.#add(stepNodeId(stepIndex), () => this.#stepNode(stepIndex))
        : this.#add(actionNodeId(place), () => this.#actionNode(stepIndex, position));
    const key = `${stepIndex} ${position ?? ''} ${typeof via} ${String(via)}`;
    if (!isRoom || this.#seen.has(key)) return isRoom;
    this.#seen.add(key);
    this.#queue.push(place);
    return true;
  }

  #add(id: string, make: () => CausalityNode): boolean {
    if (this.#nodes.has(id)) return true;
    if (this.#nodes.size >= this.#nodesMax) return false;
    this.#nodes.set(id, make());
    return true;
  }

  #aroundStep({ stepIndex, via }: Place): readonly Place[] {
    const { operation } = this.#trace.step(stepIndex);
    switch (operation.kind) {
      case 'crash':
        return this.#aroundCrash(stepIndex, via);
      case 'restore':
        return [...this.#crashOf(stepIndex, via), ...this.#actionsOf(stepIndex, via)];
      case 'completion':
        return [...this.#completedBy(stepIndex, operation.id), ...this.#actionsOf(stepIndex)];
      case 'input':
        return this.#actionsOf(stepIndex);
      case 'loss':
      case 'settled':
        return [];
    }
  }

  /** The actions that a step emitted, and those that it thereby replaced. */
  #actionsOf(stepIndex: number, via?: ActionId): readonly Place[] {
    const { actions } = this.#trace.step(stepIndex);
    const wanted = [...actions.keys()].filter(
      (position) => via === undefined || idOf(actions[position]) === via,
    );
    // Tracked ones first: something may have come of them.
    wanted.sort((a, b) => Number(isUntracked(actions[a])) - Number(isUntracked(actions[b])));
    this.actionsLeftOut += Math.max(0, wanted.length - ACTIONS_PER_STEP_MAX);
    return wanted.slice(0, ACTIONS_PER_STEP_MAX).flatMap((position): Place[] => {
      const id = idOf(actions[position]);
      const place = { stepIndex, position };
      this.connect(stepNodeId(stepIndex), actionNodeId(place), 'emits');
      return [place, ...(id === undefined ? [] : this.#replacedBy(stepIndex, id))];
    });
  }

  #replacedBy(stepIndex: number, id: ActionId): readonly Place[] {
    const span = lastSpanBefore(this.#trace, stepIndex, id);
    if (span?.ended?.how !== 'replaced' || span.ended.at !== stepIndex) return [];
    return this.#linkSpan(span, stepIndex, 'replaces');
  }

  #completedBy(stepIndex: number, id: ActionId): readonly Place[] {
    const span = lastSpanBefore(this.#trace, stepIndex, id);
    if (!span) return [];
    const isAwaited = span.ended === undefined || span.ended.at >= stepIndex;
    return this.#linkSpan(span, stepIndex, isAwaited ? 'completes' : 'repeats');
  }

  #aroundCrash(stepIndex: number, via: ActionId | undefined): readonly Place[] {
    const interrupted =
      via === undefined
        ? this.#interruptedBy(stepIndex)
        : [lastSpanBefore(this.#trace, stepIndex, via)];
    const places = interrupted.flatMap((span) =>
      span?.ended?.at === stepIndex ? this.#linkSpan(span, stepIndex, 'crashes') : [],
    );
    const restoreStep = this.#restoreAfter(stepIndex);
    if (restoreStep === undefined) return places;
    this.connect(stepNodeId(stepIndex), stepNodeId(restoreStep), 'restores');
    return [{ stepIndex: restoreStep, ...viaOf(via) }, ...places];
  }

  /** What was lost is why people look at a crash: it comes first when there is little room. */
  #interruptedBy(crashStep: number): readonly TrackedSpan[] {
    const { before = [], lost = [] } = this.#trace.restorationAt(crashStep) ?? {};
    return [...lost, ...before.filter((span) => !lost.includes(span))];
  }

  #restoreAfter(crashStep: number): number | undefined {
    const next = crashStep + 1;
    const isRestore = next < this.#trace.length && this.#trace.glance(next).operation === 'restore';
    return isRestore ? next : undefined;
  }

  #crashOf(restoreStep: number, via: ActionId | undefined): readonly Place[] {
    const stepIndex = restoreStep - 1;
    if (stepIndex < 0 || this.#trace.glance(stepIndex).operation !== 'crash') return [];
    this.connect(stepNodeId(stepIndex), stepNodeId(restoreStep), 'restores');
    return [{ stepIndex, ...viaOf(via) }];
  }

  #linkSpan(span: TrackedSpan, stepIndex: number, kind: EdgeKind): readonly Place[] {
    const position = positionOf(this.#trace, span);
    if (position < 0) return [];
    const place = { stepIndex: span.emittedAt, position };
    this.connect(actionNodeId(place), stepNodeId(stepIndex), kind);
    return [place];
  }

  #aroundAction(place: Place): readonly Place[] {
    const { stepIndex } = place;
    const node = this.#nodes.get(actionNodeId(place));
    if (node?.kind !== 'action') return [];
    const id = idOf(node.emitted);
    const isRestored = this.#trace.glance(stepIndex).operation === 'restore';
    this.connect(stepNodeId(stepIndex), node.id, 'emits');
    const emitter: Place = { stepIndex, ...(isRestored ? viaOf(id) : {}) };
    const { fate } = node;
    switch (fate.kind) {
      case 'sent':
      case 'outstanding':
        return [emitter];
      case 'completed':
        this.connect(node.id, stepNodeId(fate.at), 'completes');
        return [emitter, { stepIndex: fate.at }];
      case 'replaced':
        this.connect(node.id, stepNodeId(fate.at), 'replaces');
        return [emitter, { stepIndex: fate.at }];
      case 'interrupted':
      case 'lost':
        if (id === undefined) return [emitter];
        this.connect(node.id, stepNodeId(fate.at), 'crashes');
        return [emitter, { stepIndex: fate.at, via: id }];
    }
  }

  #stepNode(stepIndex: number): StepNode {
    const step = this.#trace.step(stepIndex);
    return {
      kind: 'step',
      id: stepNodeId(stepIndex),
      stepIndex,
      step,
      part: this.#part,
      wrote: [],
    };
  }

  #actionNode(stepIndex: number, position: number): ActionNode {
    const emitted = this.#trace.step(stepIndex).actions[position] as EmittedAction;
    const fate =
      emitted.kind === 'untracked'
        ? this.#untrackedFate(stepIndex, position)
        : this.#trackedFate(stepIndex, emitted.id);
    const id = actionNodeId({ stepIndex, position });
    return { kind: 'action', id, stepIndex, emitted, fate, part: this.#part };
  }

  #untrackedFate(stepIndex: number, position: number): Fate {
    const next = stepIndex + 1;
    if (next >= this.#trace.length || this.#trace.glance(next).operation !== 'crash') {
      return { kind: 'sent' };
    }
    const { operation } = this.#trace.step(next);
    if (operation.kind !== 'crash' || position < operation.dispatched) return { kind: 'sent' };
    return { kind: 'lost', at: next, wasSent: false };
  }

  #trackedFate(stepIndex: number, id: ActionId): Fate {
    const span = this.#trace.spansFrom(stepIndex).findLast((candidate) => candidate.id === id);
    const ended = span?.ended;
    if (!span || !ended) return { kind: 'outstanding' };
    const { at, how } = ended;
    if (how === 'completed' || how === 'replaced') return { kind: how, at };
    const restoreStep = this.#restoreAfter(at);
    const isLost =
      restoreStep !== undefined &&
      this.#trace.step(restoreStep).actions.every((action) => idOf(action) !== id);
    return { kind: isLost ? 'lost' : 'interrupted', at, wasSent: how === 'crashed' };
  }
}

function actionNodeId({ stepIndex, position }: Place): string {
  return `action:${stepIndex}:${position}`;
}

function idOf(emitted: EmittedAction | undefined): ActionId | undefined {
  return emitted?.kind === 'tracked' ? emitted.id : undefined;
}

function isUntracked(emitted: EmittedAction | undefined): boolean {
  return emitted?.kind === 'untracked';
}

function viaOf(via: ActionId | undefined): { readonly via?: ActionId } {
  return via === undefined ? {} : { via };
}
