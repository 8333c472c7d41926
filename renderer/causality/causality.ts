import { sameRecordSteps } from '../../core/trace/records.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { ChainWalk } from './chain-walk.ts';
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
 * The graph around a step: its chain through actions, backwards to the origin and forwards to the
 * consequences; the chains that wrote the entries named by a finding in it; and the nearest steps that
 * changed the same record as the focus.
 *
 * Explains the findings of the whole chain, not only those of the focus, so that the highlight can
 * move along the chain to the finding without a change of the graph.
 */
export function causalityAround(trace: Trace, focus: number): CausalityGraph {
  if (focus < 0 || focus >= trace.length) {
    return { focus, nodes: [{ kind: 'start', id: 'start', stepIndex: -1 }], edges: [], notes: [] };
  }
  const walk = new ChainWalk(trace);
  const notes: string[] = [];
  const { operation } = trace.glance(focus);
  const isCrossroads = operation === 'crash' || operation === 'restore';
  const chainMax = isCrossroads ? CROSSROADS_NODES_MAX : CHAIN_NODES_MAX;
  const isChainWhole = walk.walkFrom(focus, 'chain', chainMax);
  const chain = new Set(walk.stepIndices());
  const isRest = addWriters(trace, walk, [...chain], notes);
  if (!isChainWhole || !isRest) {
    notes.push(`The chain continues: only the nearest ${formatCount(walk.size)} nodes are shown`);
  }
  if (walk.actionsLeftOut > 0) {
    notes.push(`+${formatPlural(walk.actionsLeftOut, 'more action')}`);
  }
  addSameRecord(trace, walk, focus, chain, notes);
  return { focus, nodes: walk.nodes(), edges: walk.edges(), notes };
}

/** Adds the chains that wrote the entries named by findings. Returns whether all of them fitted. */
function addWriters(
  trace: Trace,
  walk: ChainWalk,
  chain: readonly number[],
  notes: string[],
): boolean {
  let isWhole = true;
  const found = chain.filter((stepIndex) => trace.glance(stepIndex).hasFinding);
  for (const stepIndex of found.slice(0, FINDINGS_EXPLAINED_MAX)) {
    const writers = findWriters(trace, stepIndex);
    for (const { wroteAt, keys } of writers.writers) {
      if (wroteAt === stepIndex) {
        walk.markWrote(stepIndex, keys);
        continue;
      }
      isWhole = walk.walkFrom(wroteAt, 'writer', NODES_MAX) && isWhole;
      const [from, to] = [stepNodeId(wroteAt), stepNodeId(stepIndex)];
      walk.connect(from, to, 'wrote', `wrote ${keys.join(', ')}`);
    }
    if (writers.unknown.length > 0) {
      notes.push(`The writer of ${writers.unknown.join(', ')} is too far back to be searched`);
    }
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
    walk.connect(stepNodeId(from), stepNodeId(to), 'same-record', record);
  }
  if (related.more > 0) {
    const atLeast = related.isCut ? 'at least ' : '';
    notes.push(`${atLeast}+${formatCount(related.more)} more that changed the same record`);
  }
}
