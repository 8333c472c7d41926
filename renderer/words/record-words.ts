import {
  nameOfRecord,
  parseRecord,
  type RecordRef,
} from '../../core/trace/records/record-kinds.ts';
import { recordsOf, type PhaseChange, type Way } from '../../core/trace/records/record-touches.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { shownLine } from './shown.ts';

/** A record by its name: `order 17`. */
export function shownRecordRef(record: RecordRef): string {
  return shownLine(nameOfRecord(record));
}

/** The record that a text names, by its name; or the text, if the run has no such kind. */
export function shownRecord(trace: Trace, text: string): string {
  const record = parseRecord(recordsOf(trace).kinds, text);
  return record ? shownRecordRef(record) : shownLine(text);
}

/** How a step concerns a record, in a word or two. */
export const WAY_WORDS: Readonly<Record<Way, string>> = {
  wrote: 'written',
  attempted: 'written, rolled back',
  named: 'named in the input',
  emitted: 'action emitted',
  completed: 'result came',
  lost: 'result lost',
  interrupted: 'action interrupted',
};

/** A change of phase: `open → paid`. */
export function phaseWords({ from, to }: PhaseChange): string {
  if (from === undefined) return `→ ${shownLine(to ?? '')}`;
  return `${shownLine(from)} → ${to === undefined ? 'gone' : shownLine(to)}`;
}
