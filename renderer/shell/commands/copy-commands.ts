import { findingsOf } from '../../../core/trace/causes.ts';
import { whenLoaded } from '../../../core/trace/step-lines.ts';
import { noteMarkdown } from '../../../core/trace/words/markdown.ts';
import { valueAt } from '../../../core/value/container.ts';
import { formatValueJson } from '../../../core/value/encoding.ts';
import { findPath } from '../../../core/value/find-path.ts';
import { copyText } from '../../session/clipboard.ts';
import type { Viewed } from '../../session/model.ts';
import { notesAtStep, notesOf } from '../../session/notes.ts';
import { chosenPath } from '../../session/places.ts';
import { copyFinding } from '../../step/copy-finding.ts';
import { copySteps } from '../../steps/copy-steps.ts';
import { formatPlural } from '../../words/format.ts';
import { shownLine } from '../../words/shown.ts';
import { currentView, withFound, withTrace, type Behaviours } from './behaviour.ts';

/** What is taken along by the clipboard, whole. */
export const COPY_COMMANDS = {
  copySteps: withTrace(() => void copySteps('text')),
  copyStepsAsMarkdown: withTrace(() => void copySteps('markdown')),
  copyStepsAsJson: withTrace(() => void copySteps('json')),
  copyFinding: withFound(findingAtCursor, ({ trace, finding }) => copyFinding(trace, finding)),
  copyValue: withFound(chosenMember, (member) => void copyValue(member)),
  copyPath: withFound(chosenMember, ({ path }) => void copyText(path, shownLine(path))),
  copyNotes: withFound(notesAtCursor, (notes) => {
    const text = notes.map(noteMarkdown).join('\n');
    void copyText(text, `${formatPlural(notes.length, 'note')} as Markdown`);
  }),
} satisfies Behaviours;

function findingAtCursor() {
  const viewed = currentView();
  const finding = viewed && findingsOf(viewed.trace, viewed.cursor)[0];
  return finding && { trace: viewed.trace, finding };
}

function notesAtCursor() {
  const viewed = currentView();
  const notes = viewed ? notesAtStep(notesOf(viewed.run), viewed.cursor) : [];
  return notes.length === 0 ? undefined : notes;
}

/** What is chosen in the state tree. */
function chosenMember(): (Viewed & { readonly path: string }) | undefined {
  const viewed = currentView();
  const { chosen } = chosenPath.getState();
  return viewed && chosen?.runId === viewed.run.id ? { ...viewed, path: chosen.path } : undefined;
}

function copyValue({ trace, cursor, path }: Viewed & { readonly path: string }): Promise<void> {
  const text = whenLoaded(trace, () => trace.stateAt(cursor)).then((state) => {
    const place = findPath(state, path);
    const found = place && valueAt(state, place);
    if (!found?.found) throw new Error(`there is no ${shownLine(path)} after this step`);
    return formatValueJson(found.value);
  });
  return copyText(text, `value of ${shownLine(path)}`);
}
