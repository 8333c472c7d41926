import { useEffect, useMemo, useRef } from 'react';
import { toProblem } from '../../core/problem.ts';
import { Expression, expressionOfPath } from '../../core/trace/expression/expression.ts';
import { TraceStepView } from '../../core/trace/expression/step-view.ts';
import { recordsOf } from '../../core/trace/records/record-touches.ts';
import { whenLoaded } from '../../core/trace/step-lines.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { Write } from '../../core/trace/writes.ts';
import { valueAt } from '../../core/value/container.ts';
import { formatValueJson } from '../../core/value/encoding.ts';
import { formatPath, type Path } from '../../core/value/path.ts';
import { samePath } from '../../core/value/segment.ts';
import { sameValue, type Value } from '../../core/value/value.ts';
import { show } from '../session/arrangement.ts';
import { arrange } from '../session/arrangements.ts';
import { copyText } from '../session/clipboard.ts';
import { changeFilter } from '../session/filters.ts';
import { followRecord } from '../session/following.ts';
import { askNote } from '../session/note-draft.ts';
import { pathText } from '../session/step-filter.ts';
import { selectRun, session } from '../session/store.ts';
import { watch, WATCHES_MAX } from '../session/watches.ts';
import type { Notice } from '../ui/notice-bar.tsx';
import type { Seek } from '../ui/seek.tsx';
import { formatCount, formatStepIndex } from '../words/format.ts';
import { shownRecordRef } from '../words/record-words.ts';
import { shownLine, shownPath } from '../words/shown.ts';
import type { Comparison } from './comparison.ts';
import { parseAddress, withOpen } from './expansion.ts';
import type { RowActions } from './state-row.tsx';
import { useStateViews } from './state-view-store.ts';
import type { Row } from './tree-row.ts';
import { findLastWrite } from './use-history.ts';

/** A search shorter than this shows no progress. */
const QUIET_MS = 100;

/** A member of the state: the value at a path after a step. */
export interface Member {
  readonly path: Path;
  readonly at: number;
}

interface Surroundings {
  readonly trace: Trace;
  readonly cursor: number;
  /** The step with which the cursor's state is compared. */
  readonly against: number;
  readonly comparison: Comparison;
  readonly seek: Seek;
  readonly onActivate: (id: string) => void;
  readonly onHistory: (member: Member) => void;
  readonly onOrigin: (member: Member) => void;
  readonly onNotice: (notice: Notice | undefined) => void;
}

/** The actions on rows. The functions stay the same objects, so that no row is drawn again. */
export function useRowActions(surroundings: Surroundings): RowActions {
  const latest = useRef(surroundings);
  useEffect(() => {
    latest.current = surroundings;
  });
  const search = useRef<AbortController>(undefined);
  useEffect(() => () => search.current?.abort(), []);

  return useMemo<RowActions>(
    () => ({
      activate: (id) => latest.current.onActivate(id),
      toggle: (row) => toggle(latest.current, row),
      pin: (row) => togglePin(latest.current, row.path),
      findWriter: (row) => {
        search.current?.abort();
        search.current = new AbortController();
        void findWriter(latest.current, memberOf(row, latest.current), search.current);
      },
      follow: (row) => void follow(latest.current, memberOf(row, latest.current)),
      showOrigin: (row) => {
        const { cursor, against } = latest.current;
        // What is gone had its value before.
        const isGone = row.sign === 'removed' || row.within === 'removed';
        latest.current.onOrigin({ path: row.path, at: isGone ? against : cursor });
      },
      showHistory: (row) => latest.current.onHistory(memberOf(row, latest.current)),
      watch: (row) => watchRow(latest.current, row),
      onlyChanges: (row) => showChanges(latest.current.trace, row.path),
      copyValue: (row) => {
        const text = formatValueJson(valueOf(row, latest.current));
        void copy(latest.current, text, `value of ${shownPath(row.path)}`);
      },
      copyPath: (row) => void copy(latest.current, formatPath(row.path), shownPath(row.path)),
      note: (row) => noteOn(latest.current, memberOf(row, latest.current)),
    }),
    [],
  );
}

function noteOn({ trace }: Surroundings, { path, at }: Member): void {
  const run = selectRun(session.getState());
  if (run?.trace === trace) askNote(run, { step: at, path }, 'state');
}

/** Shows only the steps about the record that a member is in. */
async function follow({ trace, onNotice }: Surroundings, { path, at }: Member): Promise<void> {
  const run = selectRun(session.getState());
  const record = await whenLoaded(trace, () => recordsOf(trace).at(path, at));
  if (run?.trace !== trace) return;
  if (!record) return onNotice({ text: `${shownPath(path)} is in no record` });
  followRecord(run.id, record);
  onNotice({ text: `Only the steps about ${shownRecordRef(record)} are shown` });
}

/** A removed item has its index in the earlier of the two states. */
function memberOf({ path, sign, within }: Row, { cursor, against }: Surroundings): Member {
  const isGone = sign === 'removed' || within === 'removed';
  const isListed = path.some((segment) => typeof segment === 'number');
  return { path, at: isGone && isListed ? against : cursor };
}

/** Pins a path, or unpins it. */
export function togglePin({ trace, onNotice }: Surroundings, path: Path): void {
  useStateViews.getState().update(trace.header.machine, ({ pins }) => {
    const others = pins.filter((pin) => !samePath(pin, path));
    const isPinned = others.length < pins.length;
    onNotice({ text: `${isPinned ? 'Unpinned' : 'Pinned'} ${shownPath(path)}` });
    return { pins: isPinned ? others : [...pins, path] };
  });
}

/** Shows the steps alone that changed what is at a path, in the list and on the timeline. */
export function showChanges(trace: Trace, path: Path): void {
  const run = selectRun(session.getState());
  if (run?.trace !== trace) return;
  changeFilter(run.id, { changed: pathText(path) });
  arrange((arrangement) => show(arrangement, 'steps'));
}

function watchRow({ trace, cursor, onNotice }: Surroundings, { path, sign, within }: Row): void {
  const text = expressionOfPath(path);
  const isGone = sign === 'removed' || within === 'removed';
  if (text === undefined || !(isGone || isNameOf(text, path, trace, cursor))) {
    onNotice({ text: `${shownPath(path)} has no name in expressions, and cannot be watched` });
  } else if (watch(trace.header.machine, text)) {
    onNotice({ text: `Watching ${shownLine(text)}` });
  } else {
    onNotice({ text: `Only ${WATCHES_MAX} expressions can be watched: stop watching one first` });
  }
}

/** Whether an expression is the value at a path: a member of a set has a path, but no name. */
function isNameOf(text: string, path: Path, trace: Trace, cursor: number): boolean {
  const found = valueAt(trace.stateAt(cursor), path);
  const evaluated = new Expression(text).evaluate(new TraceStepView(trace).moveTo(cursor));
  return found.found && evaluated.kind === 'value' && sameValue(evaluated.value, found.value);
}

function toggle({ trace }: Surroundings, row: Row): void {
  useStateViews.getState().update(trace.header.machine, ({ expansion }) => ({
    expansion: withOpen(expansion, parseAddress(row.id), !row.isExpanded),
  }));
}

/** The value of a row; that of a line of a text is the whole text. */
function valueOf(row: Row, { comparison }: Surroundings): Value {
  if (!row.isLine) return row.value;
  const now = valueAt(comparison.after, row.path);
  const lookup = now.found ? now : valueAt(comparison.before, row.path);
  return lookup.found ? lookup.value : row.value;
}

function copy({ onNotice }: Surroundings, text: string, what: string): Promise<void> {
  return copyText(text, what, (notice) => onNotice({ text: notice }));
}

async function findWriter(
  surroundings: Surroundings,
  { path, at }: Member,
  abort: AbortController,
  isAgain = false,
): Promise<void> {
  const { trace, cursor, seek, onNotice } = surroundings;
  const name = shownPath(path);
  const began = performance.now();
  const cancel = { name: 'Cancel', run: () => abort.abort() };
  let write: Write | undefined;
  try {
    write = await findLastWrite(trace, path, at, abort.signal, (scanned) => {
      if (performance.now() - began < QUIET_MS) return;
      const text = `Looking for the step that wrote ${name}: ${formatCount(scanned)} changes read`;
      onNotice({ text, isBusy: true, action: cancel });
    });
  } catch (error) {
    const isCancelled = abort.signal.aborted;
    onNotice(isCancelled ? undefined : { text: toProblem(error, 'Nothing was found').title });
    return;
  }
  if (!write) {
    onNotice({
      text: isAgain
        ? `This step is the first that wrote ${name}`
        : `No step so far wrote ${name}: it is unchanged since the start`,
    });
  } else if (write.stepIndex === cursor) {
    const earlier = write.before && { path: write.before, at: cursor - 1 };
    const run = () => void (earlier && findWriter(surroundings, earlier, abort, true));
    const action = earlier && { name: 'Earlier write', run };
    onNotice({
      text: earlier ? `This step wrote ${name}` : `This step put ${name} into its list`,
      ...(action ? { action } : {}),
    });
  } else {
    seek(write.stepIndex);
    const place = write.after ? shownPath(write.after) : name;
    const moved = place === name ? '' : `, then at ${place}`;
    onNotice({
      text: `${formatStepIndex(write.stepIndex).replace('s', 'S')} wrote ${name}${moved}`,
    });
  }
}
