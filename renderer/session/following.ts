import { formatRecord, type RecordRef } from '../../core/trace/records/record-kinds.ts';
import { changeFilter, useFilter } from './filters.ts';

/** Shows only the steps of a run that concern a record, in the list of steps and in the timeline. */
export function followRecord(runId: string, record: RecordRef): void {
  changeFilter(runId, { record: formatRecord(record) });
}

/** Follows a record, or shows the other steps as well if it is followed already. */
export function toggleFollowing(runId: string, record: RecordRef, isFollowed: boolean): void {
  if (isFollowed) changeFilter(runId, { record: undefined });
  else followRecord(runId, record);
}

/** The text of the record that a run is filtered by. */
export function useFollowed(runId: string): string | undefined {
  return useFilter(runId).record;
}
