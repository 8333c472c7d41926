import { formatCount, formatPlural } from '../../text/quantities.ts';
import { findingsOf, isShrunkTo } from '../causes.ts';
import { sameRecordSteps } from '../records/same-record.ts';
import type { Trace } from '../trace.ts';
import { ChainWalk } from './chain-walk.ts';
import { findCulprits, spanAbout } from './culprit.ts';
import { stepNodeId, type CausalityGraph } from './graph-model.ts';
import { findWriters } from './named-entries.ts';

/** The most nodes of a graph: in a larger one no chain can be seen. */
export const NODES_MAX = 60;
/** The most nodes of the focus's chain: most chains have two to eight. */
export const CHAIN_NODES_MAX = 28;
/** The same for a crash or its restore, where many chains meet. */
export const CROSSROADS_NODES_MAX = 44;
/** The most steps with findings in a chain that are explained by the writers of the entries they name. */
export const FINDINGS_EXPLAINED_MAX = 4;

/**
 * The graph around a step: its chain through actions, backwards to the origin and then, as far as there is
 * room, forwards to the consequences; for each finding in it the chains of the steps after which its cause is named, and of those
 * that wrote what its message names; and the nearest steps that changed the same record as the focus.
 *
 * Explains the findings of the whole chain, not only those of the focus, so that the highlight can
 * move along the chain to the finding without a change of the graph.
 *
 * Yields from time to time, since a cause may be far back.
 */
export function* searchCausality(
  trace: Trace,
  focus: number,
): Generator<undefined, CausalityGraph, undefined> {
  if (focus < 0 || focus >= trace.length) {
    return { focus, nodes: [{ kind: 'start', id: 'start', stepIndex: -1 }], edges: [], notes: [] };
  }
  const walk = new ChainWalk(trace);
  const notes: string[] = [];
  const { operation } = trace.glance(focus);
  const isCrossroads = operation === 'crash' || operation === 'restore';
  const chainMax = isCrossroads ? CROSSROADS_NODES_MAX : CHAIN_NODES_MAX;
  // What led to a step must not lack room for what followed from it.
  walk.walkFrom(focus, 'chain', chainMax, focus);
  const isChainWhole = walk.walkFrom(focus, 'chain', chainMax);
  yield undefined;
  const chain = new Set(walk.stepIndices());
  const isRest = yield* addExplanations(trace, walk, [...chain], notes);
  const isAllKept = isShrunkTo(trace, focus) ? addKept(walk, focus) : true;
  if (!isChainWhole || !isRest || !isAllKept) {
    notes.push(`The chain continues: only the nearest ${formatCount(walk.size)} nodes are shown`);
  }
  if (walk.actionsLeftOut > 0) {
    notes.push(`+${formatPlural(walk.actionsLeftOut, 'more action')}`);
  }
  addSameRecord(trace, walk, focus, chain, notes);
  return { focus, nodes: walk.nodes(), edges: walk.edges(), notes };
}

/** The graph around a step, at once. */
export function causalityAround(trace: Trace, focus: number): CausalityGraph {
  const search = searchCausality(trace, focus);
  for (;;) {
    const next = search.next();
    if (next.done === true) return next.value;
  }
}

/** A step that explains a finding of another one. */
interface Explaining {
  readonly stepIndex: number;
  /** The step with the finding. */
  readonly to: number;
  readonly part: 'culprit' | 'writer';
}

/**
 * Adds what explains the findings in a chain: first all steps, so that none of them is missing, and then
 * what led to these, as far as there is room. Returns whether all of it fitted.
 */
function* addExplanations(
  trace: Trace,
  walk: ChainWalk,
  chain: readonly number[],
  notes: string[],
): Generator<undefined, boolean, undefined> {
  const explaining: Explaining[] = [];
  const add = (found: Explaining): void => {
    explaining.push(found);
    walk.addStep(found.stepIndex, found.part, NODES_MAX);
  };
  const found = chain.filter((stepIndex) => trace.glance(stepIndex).hasFinding);
  for (const stepIndex of found.slice(0, FINDINGS_EXPLAINED_MAX)) {
    for (const finding of findingsOf(trace, stepIndex)) {
      const culprits = yield* findCulprits(trace, finding);
      for (const culprit of culprits) {
        add({ stepIndex: culprit, to: stepIndex, part: 'culprit' });
        const says = { label: finding.name };
        walk.connect(stepNodeId(culprit), stepNodeId(stepIndex), 'culprit', says);
      }
      const span = spanAbout(trace, finding);
      if (span) {
        add({ stepIndex: span.emittedAt, to: stepIndex, part: 'culprit' });
        walk.connectAbout(span, stepIndex, finding.name);
      }
    }
    const { writers, unknown } = findWriters(trace, stepIndex);
    for (const { wroteAt, keys } of writers) {
      if (wroteAt === stepIndex) walk.markWrote(stepIndex, keys);
      else {
        add({ stepIndex: wroteAt, to: stepIndex, part: 'writer' });
        const says = { label: `wrote ${keys.join(', ')}`, wrote: keys };
        walk.connect(stepNodeId(wroteAt), stepNodeId(stepIndex), 'wrote', says);
      }
    }
    if (unknown.length > 0) {
      notes.push(`The writer of ${unknown.join(', ')} is too far back to be searched`);
    }
    yield undefined;
  }
  let isWhole = true;
  for (const { stepIndex, to, part } of explaining) {
    isWhole = walk.walkFrom(stepIndex, part, NODES_MAX, to) && isWhole;
    yield undefined;
  }
  return isWhole;
}

/**
 * Adds the other steps of a run that was shrunk to a finding of the focus: it takes them as well, such as the request
 * that came first to what another one wanted. Returns whether all of them fitted.
 */
function addKept(walk: ChainWalk, focus: number): boolean {
  const known = new Set(walk.stepIndices());
  let isWhole = true;
  for (let at = focus - 1; at >= 0 && isWhole; at -= 1) {
    if (known.has(at)) continue;
    isWhole = walk.walkFrom(at, 'culprit', NODES_MAX, focus);
    walk.connect(stepNodeId(at), stepNodeId(focus), 'kept');
  }
  return isWhole;
}

/** Adds the nearest steps that changed the same record as the focus. */
function addSameRecord(
  trace: Trace,
  walk: ChainWalk,
  focus: number,
  chain: ReadonlySet<number>,
  notes: string[],
): void {
  const related = sameRecordSteps(trace, focus, chain);
  for (const { stepIndex, record } of [...related.before, ...related.after]) {
    if (!walk.addStep(stepIndex, 'record', NODES_MAX)) continue;
    const [from, to] = stepIndex < focus ? [stepIndex, focus] : [focus, stepIndex];
    if (walk.isConnected(stepNodeId(from), stepNodeId(to))) continue;
    walk.connect(stepNodeId(from), stepNodeId(to), 'same-record', { label: record });
  }
  if (related.more > 0) {
    const atLeast = related.isCut ? 'at least ' : '';
    notes.push(`${atLeast}+${formatCount(related.more)} more that changed the same record`);
  }
}
