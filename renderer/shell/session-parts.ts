import { filtersPart } from '../session/filters.ts';
import type { SessionPart } from '../session/persistence.ts';
import { stateViewsPart } from '../state-tree/state-view-store.ts';
import { tabPart } from './ui-store.ts';

/** What is kept of the panels, beside the runs and sweeps. */
export const SESSION_PARTS: readonly SessionPart[] = [stateViewsPart, tabPart, filtersPart];
