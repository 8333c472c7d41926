import { arrangementsPart, formerTabPart } from '../session/arrangements.ts';
import { besidePart } from '../session/beside.ts';
import { filtersPart } from '../session/filters.ts';
import { mendPart } from '../session/mended.ts';
import { formerMarksPart, notesPart } from '../session/notes-part.ts';
import type { SessionPart } from '../session/session-part.ts';
import { timelinePart } from '../session/timeline-part.ts';
import { watchesPart } from '../session/watches.ts';
import { stateViewsPart } from '../state-tree/state-view-store.ts';
import { timelineView } from './ui-store.ts';

/** What is kept of the panels, beside the runs and sweeps. */
export const SESSION_PARTS: readonly SessionPart[] = [
  stateViewsPart,
  formerTabPart,
  arrangementsPart,
  filtersPart,
  watchesPart,
  notesPart,
  formerMarksPart,
  besidePart,
  mendPart,
  timelinePart(timelineView),
];
