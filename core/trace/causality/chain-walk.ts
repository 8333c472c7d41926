import type { EmittedAction } from '../../machine/executed.ts';
import type { ActionId } from '../../machine/machine.ts';
import type { Operation } from '../../machine/operation.ts';
import { recoveryAt } from '../recovery.ts';
import type { TrackedSpan } from '../spans.ts';
import type { Trace } from '../trace.ts';
import { fateOfSpan } from './fate.ts';
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
import { otherResultsOf } from './other-results.ts';

/** The most actions of one step that are drawn, unless the chain leads through more of them. */
export const ACTIONS_PER_STEP_MAX = 12;

/**
 * A place whose neighbours the walk has still to visit. A crash and its restore are crossroads of all
 * outstanding actions: a chain that passes through them keeps to its id, or else each chain would drag
 * in all the others. `via` is that id; without it, all ways are taken.
 */
interface Place {
  readonly stepIndex: number;
  /** If present, the place is the action at this position, not the step. */
  readonly position?: number;
  readonly via?: ActionId;
  /** The chain ends here: the neighbours do not belong to it. */
  readonly isEnd?: true;
}

/** Walks chains of causes in both directions and gathers their nodes and edges, nearest first. */
export class ChainWalk {
  /** Actions that were not drawn because their step emitted too many. */
  actionsLeftOut = 0;
  readonly #trace: Trace;
  readonly #nodes = new Map<string, CausalityNode>();
  readonly #edges = new Map<string, CausalityEdge>();
  /** Places whose neighbours are known, in the walk under way. */
  readonly #seen = new Set<string>();
  #queue: Place[] = [];
  #part: Part = 'chain';
  #nodesMax = 0;
  #until = Infinity;

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
   * Adds the chain of a step, nearest first, until the graph has `nodesMax` nodes. Returns
   * whether the whole chain fitted.
   *
   * @param until the last step that counts.
   */
  walkFrom(stepIndex: number, part: Part, nodesMax: number, until = Infinity): boolean {
    this.#part = part;
    this.#nodesMax = nodesMax;
    this.#until = until;
    this.#queue = [];
    this.#seen.clear();
    let isWhole = this.#reach({ stepIndex });
    for (let at = 0; at < this.#queue.length; at += 1) {
      const place = this.#queue[at] as Place;
      const neighbours =
        place.position === undefined ? this.#aroundStep(place) : this.#aroundAction(place);
      for (const neighbour of neighbours) isWhole = this.#reach(neighbour) && isWhole;
    }
    return isWhole;
  }

  /** Adds one step without its chain. Returns false if there is no room. */
  addStep(stepIndex: number, part: Part, nodesMax: number): boolean {
    this.#part = part;
    this.#nodesMax = nodesMax;
    return this.#add(stepNodeId(stepIndex), () => this.#stepNode(stepIndex));
  }

  /** Notes on a step's node the entries that it wrote itself. */
  markWrote(stepIndex: number, wrote: readonly string[]): void {
    const node = this.#nodes.get(stepNodeId(stepIndex));
    if (node?.kind === 'step') this.#nodes.set(node.id, { ...node, wrote });
  }

  isConnected(from: string, to: string): boolean {
    return [...this.#edges.values()].some((edge) => edge.from === from && edge.to === to);
  }

  connect(
    from: string,
    to: string,
    kind: EdgeKind,
    says: Pick<CausalityEdge, 'label' | 'wrote'> = {},
  ): void {
    const id = `${from} ${kind} ${to}`;
    this.#edges.set(id, { id, from, to, kind, ...says });
  }

  /** Adds a place to the graph and, the first time, to the queue. Returns false if there is no room. */
  #reach(place: Place): boolean {
    const { stepIndex, position, via } = place;
    if (stepIndex > this.#until) return true;
    const isRoom =
      position === undefined
        ? this.#add(stepNodeId(stepIndex), () => this.#stepNode(stepIndex))
        : this.#add(actionNodeId(place), () => this.#actionNode(stepIndex, position));
    const key = `${stepIndex} ${position ?? ''} ${typeof via} ${String(via)}`;
    if (!isRoom || place.isEnd || this.#seen.has(key)) return isRoom;
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
        return [
          ...this.#beforeRestore(stepIndex, via),
          ...this.#afterRestore(stepIndex, via),
          ...this.#actionsOf(stepIndex, via),
        ];
      case 'trackedActionCompleted':
        return [
          ...this.#deliveredBy(stepIndex),
          ...this.#actionsOf(stepIndex),
          ...this.#deathIn(stepIndex),
        ];
      case 'normal':
        return [...this.#actionsOf(stepIndex), ...this.#deathIn(stepIndex)];
      case 'loss':
        return this.#deliveredBy(stepIndex);
      case 'settled':
        return [];
    }
  }

  /** The actions that a step emitted, and the actions that these replaced. */
  #actionsOf(stepIndex: number, via?: ActionId): readonly Place[] {
    const { actions } = this.#trace.step(stepIndex);
    const wanted = [...actions.keys()].filter(
      (position) => via === undefined || idOf(actions[position]) === via,
    );
    // Tracked actions first, since they may have consequences.
    wanted.sort((a, b) => Number(isUntracked(actions[a])) - Number(isUntracked(actions[b])));
    this.actionsLeftOut += Math.max(0, wanted.length - ACTIONS_PER_STEP_MAX);
    return wanted.slice(0, ACTIONS_PER_STEP_MAX).flatMap((position): Place[] => {
      const id = idOf(actions[position]);
      const place = { stepIndex, position };
      this.connect(stepNodeId(stepIndex), actionNodeId(place), 'emits');
      return [place, ...(id === undefined ? [] : this.#earlierUnder(id, stepIndex))];
    });
  }

  /** The action that a step replaced with another under its id, or that had ended before restore did so. */
  #earlierUnder(id: ActionId, stepIndex: number): readonly Place[] {
    const span = this.#trace.lastSpanBefore(stepIndex, id);
    if (!span?.ended) return [];
    const isReplaced = span.ended.at === stepIndex && span.ended.how === 'replaced';
    // What a crash had interrupted, the chain reaches through the crash.
    const isReissued = this.#is('restore', stepIndex) && span.ended.how === 'completed';
    return isReplaced || isReissued ? this.#linkSpan(span, stepIndex, 'replaces') : [];
  }

  /** The action of a result, and how the result came. */
  #deliveredBy(stepIndex: number): readonly Place[] {
    const span = this.#trace.spanOfResult(stepIndex);
    return span ? this.#linkSpan(span, stepIndex, this.#deliveryKind(span, stepIndex)) : [];
  }

  #deliveryKind(span: TrackedSpan, stepIndex: number): EdgeKind {
    const { operation, isDuplicate } = this.#trace.glance(stepIndex);
    if (operation === 'loss') return 'loses';
    if (span.ended?.at === stepIndex) return 'completes';
    const isAwaited = span.ended === undefined || span.ended.at > stepIndex;
    return isAwaited && !isDuplicate ? 'attempts' : 'repeats';
  }

  /** The crash that ended the process inside a step; of the actions it interrupted, only the step's own. */
  #deathIn(stepIndex: number): readonly Place[] {
    const crashStep = stepIndex + 1;
    if (this.#trace.glance(stepIndex).outcome !== 'crashed') return [];
    if (!this.#is('crash', crashStep)) return [];
    this.connect(stepNodeId(stepIndex), stepNodeId(crashStep), 'crashes');
    const { operation } = this.#trace.step(stepIndex);
    return operation.kind === 'trackedActionCompleted'
      ? [{ stepIndex: crashStep, via: operation.id }]
      : [{ stepIndex: crashStep, isEnd: true }];
  }

  #aroundCrash(stepIndex: number, via: ActionId | undefined): readonly Place[] {
    const interrupted =
      via === undefined
        ? this.#interruptedBy(stepIndex)
        : [this.#trace.lastSpanBefore(stepIndex, via)];
    const places = interrupted.flatMap((span) =>
      span?.ended?.at === stepIndex ? this.#linkSpan(span, stepIndex, 'crashes') : [],
    );
    return [...this.#afterRestore(stepIndex, via), ...this.#victimOf(stepIndex, via), ...places];
  }

  /** The step inside which the process died. Only a crash that is the focus leads to it. */
  #victimOf(crashStep: number, via: ActionId | undefined): readonly Place[] {
    const stepIndex = crashStep - 1;
    if (stepIndex < 0 || this.#trace.glance(stepIndex).outcome !== 'crashed') return [];
    if (via !== undefined && !this.#is('restore', stepIndex)) return [];
    this.connect(stepNodeId(stepIndex), stepNodeId(crashStep), 'crashes');
    return [{ stepIndex, ...viaOf(via) }];
  }

  /** Lost actions come first when there is little room: they are what a crash is examined for. */
  #interruptedBy(crashStep: number): readonly TrackedSpan[] {
    const { before = [], lost = [] } = recoveryAt(this.#trace, crashStep) ?? {};
    return [...lost, ...before.filter((span) => !lost.includes(span))];
  }

  /** The successor of a crash or of a failed restore: a restore, or a crash inside it. */
  #afterRestore(stepIndex: number, via: ActionId | undefined): readonly Place[] {
    const { operation, outcome } = this.#trace.glance(stepIndex);
    if (operation === 'restore' && outcome === 'ok') return [];
    const next = stepIndex + 1;
    if (this.#is('restore', next)) {
      this.connect(stepNodeId(stepIndex), stepNodeId(next), 'restores');
    } else if (outcome === 'crashed' && this.#is('crash', next)) {
      this.connect(stepNodeId(stepIndex), stepNodeId(next), 'crashes');
    } else return [];
    return [{ stepIndex: next, ...viaOf(via) }];
  }

  #beforeRestore(restoreStep: number, via: ActionId | undefined): readonly Place[] {
    const stepIndex = restoreStep - 1;
    if (!this.#is('crash', stepIndex) && !this.#is('restore', stepIndex)) return [];
    this.connect(stepNodeId(stepIndex), stepNodeId(restoreStep), 'restores');
    return [{ stepIndex, ...viaOf(via) }];
  }

  #is(operation: Operation['kind'], stepIndex: number): boolean {
    const { length } = this.#trace;
    if (stepIndex < 0 || stepIndex >= length) return false;
    return this.#trace.glance(stepIndex).operation === operation;
  }

  /** Connects an action with a later step, one of whose findings is about it. */
  connectAbout(span: TrackedSpan, stepIndex: number, finding: string): void {
    this.#linkSpan(span, stepIndex, 'about', { label: finding });
  }

  #linkSpan(
    span: TrackedSpan,
    stepIndex: number,
    kind: EdgeKind,
    says: Pick<CausalityEdge, 'label'> = {},
  ): readonly Place[] {
    const { actions } = this.#trace.step(span.emittedAt);
    const position = actions.findLastIndex((action) => idOf(action) === span.id);
    if (position < 0) return [];
    const place = { stepIndex: span.emittedAt, position };
    this.connect(actionNodeId(place), stepNodeId(stepIndex), kind, says);
    return [place];
  }

  #aroundAction(place: Place): readonly Place[] {
    const { stepIndex } = place;
    const node = this.#nodes.get(actionNodeId(place));
    if (node?.kind !== 'action') return [];
    const id = idOf(this.#trace.step(stepIndex).actions[node.position]);
    const isRestored = this.#trace.glance(stepIndex).operation === 'restore';
    this.connect(stepNodeId(stepIndex), node.id, 'emits');
    const emitter: Place = { stepIndex, ...(isRestored ? viaOf(id) : {}) };
    const others = id === undefined ? [] : this.#otherResultsOf(node, id);
    return [emitter, ...this.#endOf(node, id), ...others];
  }

  /** The step that ended an action. */
  #endOf({ id: nodeId, fate }: ActionNode, id: ActionId | undefined): readonly Place[] {
    switch (fate.kind) {
      case 'sent':
      case 'outstanding':
        return [];
      case 'completed':
        this.connect(nodeId, stepNodeId(fate.at), 'completes');
        return [{ stepIndex: fate.at }];
      case 'replaced':
        this.connect(nodeId, stepNodeId(fate.at), 'replaces');
        return [{ stepIndex: fate.at }];
      case 'interrupted':
      case 'lost':
        if (id === undefined) return [];
        this.connect(nodeId, stepNodeId(fate.at), 'crashes');
        return [{ stepIndex: fate.at, via: id }];
    }
  }

  /** The steps besides its end to which a result of an action came. */
  #otherResultsOf({ id: nodeId, stepIndex, fate }: ActionNode, id: ActionId): readonly Place[] {
    const endedAt = 'at' in fate ? fate.at : stepIndex;
    const results = otherResultsOf(this.#trace, id, { emittedAt: stepIndex, endedAt });
    return results.map(({ stepIndex: at, span }) => {
      this.connect(nodeId, stepNodeId(at), this.#deliveryKind(span, at));
      return { stepIndex: at };
    });
  }

  #stepNode(stepIndex: number): StepNode {
    return { kind: 'step', id: stepNodeId(stepIndex), stepIndex, part: this.#part, wrote: [] };
  }

  #actionNode(stepIndex: number, position: number): ActionNode {
    const emitted = this.#trace.step(stepIndex).actions[position] as EmittedAction;
    const fate =
      emitted.kind === 'untracked'
        ? this.#untrackedFate(stepIndex, position)
        : this.#trackedFate(stepIndex, emitted.id);
    const id = actionNodeId({ stepIndex, position });
    return { kind: 'action', id, stepIndex, position, fate, part: this.#part };
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
    return span ? fateOfSpan(this.#trace, span) : { kind: 'outstanding' };
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
