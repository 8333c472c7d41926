import { Film } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { FILM_STEPS_MAX, type PictureSubject } from '../../../core/contract/picture-order.ts';
import { formatBytes, parseStepIndex } from '../../../core/text/quantities.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { goalOf } from '../../session/cursor.ts';
import type { RunEntry } from '../../session/model.ts';
import { notesOf } from '../../session/notes.ts';
import type { Stretch } from '../../session/saving.ts';
import { useSession } from '../../session/store.ts';
import { isRange, stepsView } from '../../steps/selection.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { WindowDialog } from '../../ui/window-dialog.tsx';
import { formatCount, formatPlural } from '../../words/format.ts';
import { VIEWS } from '../../words/views.ts';
import { focusedView } from '../panes.ts';
import { closeFilmDialog, FILM_BYTES_MAX, FILM_PACES, saveFilm, useFilming } from './film.ts';
import './film-dialog.css';

/** Asks what a moving picture is to show. */
export function FilmDialog(): ReactNode {
  const { askedFor } = useFilming();
  const run = useSession(({ runs }) => runs.find(({ id }) => id === askedFor));
  return (
    <WindowDialog
      title="Save a moving picture"
      isOpen={run?.trace !== undefined}
      onClose={closeFilmDialog}
    >
      {run?.trace && <FilmForm run={run} trace={run.trace} />}
    </WindowDialog>
  );
}

/** What a stretch begins with when nothing else is chosen: so many steps up to the cursor. */
const STEPS_BEFORE = 20;

/** The rows that are chosen in the list, or those of a note at the cursor, or what leads to the cursor. */
function likelyStretch(run: RunEntry, trace: Trace): Stretch {
  const { selection } = stepsView.getState();
  if (selection?.runId === run.id && isRange(selection)) {
    const { from, to } = selection;
    return { from: Math.min(from, to), to: Math.max(from, to) };
  }
  const cursor = Math.max(0, goalOf(run.id));
  const spanned = notesOf(run).find(
    ({ step, to = step }) => step < to && step <= cursor && cursor <= to,
  );
  if (spanned?.to !== undefined) return { from: Math.max(0, spanned.step), to: spanned.to };
  const to = cursor === 0 ? Math.min(STEPS_BEFORE, trace.length - 1) : cursor;
  return { from: Math.max(0, to - STEPS_BEFORE), to };
}

function FilmForm({ run, trace }: { run: RunEntry; trace: Trace }): ReactNode {
  const [likely] = useState(() => likelyStretch(run, trace));
  const [from, setFrom] = useState(String(likely.from));
  const [to, setTo] = useState(String(likely.to));
  const [subject, setSubject] = useState<PictureSubject>('view');
  const [pace, setPace] = useState('2');
  const last = trace.length - 1;
  const first = parseStepIndex(from, last);
  const end = parseStepIndex(to, last);
  const stretch = first.kind === 'ok' && end.kind === 'ok' && { from: first.value, to: end.value };
  const problem = stretch
    ? problemOf(stretch)
    : `Steps are numbers from 0 to ${formatCount(last)}.`;
  const stepsPerSecond = Number(pace);
  return (
    <form
      className="dialog-body dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (stretch && problem === undefined)
          void saveFilm({ ...stretch, subject, stepsPerSecond });
      }}
    >
      <span className="muted">Steps</span>
      <div className="film-steps">
        <Field label="First step" value={from} isInvalid={!stretch} isFirst onChange={setFrom} />
        <span className="muted">to</span>
        <Field label="Last step" value={to} isInvalid={problem !== undefined} onChange={setTo} />
      </div>
      <span className="muted">What</span>
      <Segments<PictureSubject>
        label="What"
        options={[
          { id: 'view', label: VIEWS[focusedView()].label },
          { id: 'timeline', label: 'Timeline' },
          { id: 'window', label: 'Whole window' },
        ]}
        selected={subject}
        onSelect={setSubject}
      />
      <span className="muted">Steps a second</span>
      <Segments
        label="Steps a second"
        options={FILM_PACES.map((count) => ({ id: String(count), label: String(count) }))}
        selected={pace}
        onSelect={setPace}
      />
      <p className={problem === undefined ? 'muted' : 'ink-finding'}>
        {problem ?? (stretch && wordsOf(stretch, stepsPerSecond))}
      </p>
      <div className="dialog-buttons">
        <Button variant="primary" icon={Film} isSubmit isDisabled={problem !== undefined}>
          Make it
        </Button>
      </div>
    </form>
  );
}

function problemOf({ from, to }: Stretch): string | undefined {
  if (to < from) return 'The last step must come after the first.';
  const steps = to - from + 1;
  if (steps <= FILM_STEPS_MAX) return undefined;
  return `${formatCount(steps)} steps are too many: at most ${formatCount(FILM_STEPS_MAX)}.`;
}

function wordsOf({ from, to }: Stretch, stepsPerSecond: number): string {
  const steps = to - from + 1;
  return (
    `${formatPlural(steps, 'step')}, ${formatPlural(Math.ceil(steps / stepsPerSecond), 'second')}, as an ` +
    `animated GIF. The window plays them once while it is made. At most ` +
    `${formatCount(FILM_STEPS_MAX)} steps and ${formatBytes(FILM_BYTES_MAX)}.`
  );
}
