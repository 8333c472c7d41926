import { assertNever } from '../../core/assert.ts';
import { OPERATION_WORDS } from '../../core/machine/operation.ts';
import { causesOf } from '../../core/trace/causes.ts';
import type { Trace } from '../../core/trace/trace.ts';
import {
  pathIn,
  type Criterion,
  type OutcomeName,
  type StepFilter,
} from '../session/step-filter.ts';
import type { Filtered } from '../session/step-search.ts';
import { formatCount, formatPlural } from '../words/format.ts';
import { shownRecord } from '../words/record-words.ts';
import { shownLine, shownPath } from '../words/shown.ts';

/** What outcomes are called. */
export const OUTCOME_WORDS: Readonly<Record<OutcomeName, string>> = {
  ok: 'ok',
  rejected: 'rejected',
  failed: 'failed by a fault',
  panic: 'panic',
  hang: 'did not end',
  died: 'process died',
};

/** A part of a filter in words, as its chip has them. */
export function describeCriterion(filter: StepFilter, name: Criterion, trace: Trace): string {
  switch (name) {
    case 'words':
      return `“${shownLine(filter.words ?? '')}”`;
    case 'kinds':
      return (filter.kinds ?? []).map((kind) => OPERATION_WORDS[kind]).join(' or ');
    case 'outcomes':
      return (filter.outcomes ?? []).map((outcome) => OUTCOME_WORDS[outcome]).join(' or ');
    case 'errors':
      return (filter.errors ?? []).map(shownLine).join(' or ');
    case 'noted':
      return 'with a note';
    case 'hasFinding':
      return 'with a finding';
    case 'hasFault':
      return 'with a fault';
    case 'hasChangedState':
      return 'changed the state';
    case 'cause':
      return `only ${shownLine(causeName(trace, filter.cause))}`;
    case 'record':
      return `about ${shownRecord(trace, filter.record ?? '')}`;
    case 'changed':
      return `changed ${shownPath(pathIn(filter.changed ?? '[]'))}`;
    case 'where':
      return shownLine(filter.where ?? '');
    default:
      return assertNever(name, 'criterion');
  }
}

function causeName(trace: Trace, signature: string | undefined): string {
  const cause = causesOf(trace.findings).find((one) => one.signature === signature);
  return cause?.first.name ?? 'a cause that did not occur';
}

/** How many steps are shown and hidden, or that all are shown. */
export function describeCount(steps: number, filtered: Filtered | undefined): string {
  if (!filtered) return formatPlural(steps, 'step');
  const { length } = filtered.steps;
  const shown = `${formatCount(length)} of ${formatPlural(steps, 'step')}`;
  if (filtered.status !== 'done') return `${shown}, ${formatCount(filtered.searched)} searched`;
  return `${shown}, ${formatCount(steps - length)} hidden`;
}
