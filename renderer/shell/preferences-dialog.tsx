import { useEffect, useState, type ReactNode } from 'react';
import { sessionBytesSchema, timeLimitSchema } from '../../core/contract/window.ts';
import {
  ASIDE_BYTES_MAX,
  ASIDE_DAYS,
  formatBytes,
  formatTime,
  parseBytes,
  parseTime,
  type Parsed,
} from '../../core/text/quantities.ts';
import { request } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { setPreferences } from './preferences.ts';
import { ui, useUi } from './ui-store.ts';
import './preferences-dialog.css';

/** What becomes of what is kept beside the runs. */
const ASIDES =
  `What could not be read of earlier sessions is deleted after ${ASIDE_DAYS} days, or beyond ` +
  `${formatBytes(ASIDE_BYTES_MAX)}, unless it has names or notes of yours.`;

/** What a person can set, beside what belongs to a run. */
export function PreferencesDialog(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'preferences');
  const close = () => ui.setState({ dialog: undefined });
  return (
    <WindowDialog title="Settings" isOpen={isOpen} onClose={close}>
      <PreferencesForm onDone={close} />
    </WindowDialog>
  );
}

function PreferencesForm({ onDone }: { onDone: () => void }): ReactNode {
  const preferences = useUi((state) => state.preferences);
  const [timeLimit, setTimeLimit] = useState(formatTime(preferences.timeLimitMs));
  const [room, setRoom] = useState(formatBytes(preferences.sessionBytesMax));
  const [editor, setEditor] = useState(preferences.editor);
  const taken = useSessionBytes();
  const timeLimitMs = read(parseTime(timeLimit), timeLimitSchema);
  // What was not touched stays exactly as it is.
  const isRoomKept = room === formatBytes(preferences.sessionBytesMax);
  const sessionBytesMax = isRoomKept
    ? preferences.sessionBytesMax
    : read(parseBytes(room), sessionBytesSchema);
  const isGood = timeLimitMs !== undefined && sessionBytesMax !== undefined;
  return (
    <form
      className="dialog-body preferences-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGood) return;
        void setPreferences({ timeLimitMs, sessionBytesMax, editor: editor.trim() });
        onDone();
      }}
    >
      <Preference
        id="time-limit"
        label="Time limit of a step"
        text={timeLimit}
        words="A step that takes longer is ended and is a finding. Holds from the next run on."
        problem={
          timeLimitMs === undefined
            ? 'Give a time from 10 ms to 24 h, such as 500 ms, 5 s or 2 min.'
            : undefined
        }
        isFirst
        onChange={setTimeLimit}
      />
      <Preference
        id="session-room"
        label="Room for runs"
        text={room}
        words={`${taken === undefined ? '' : `The runs of this session take ${formatBytes(taken)} on the disk. `}When they take more than this, the oldest are closed after a warning; saved files stay. ${ASIDES}`}
        problem={
          sessionBytesMax === undefined
            ? 'Give a size from 1 MB to 1024 TB, such as 500 MB or 4 GB.'
            : undefined
        }
        onChange={setRoom}
      />
      <Preference
        id="editor"
        label="Editor"
        text={editor}
        words="The command that opens a source: code, subl, or any other with {file}, {line} and {column}. Empty for $VISUAL, $EDITOR or VS Code."
        problem={undefined}
        onChange={setEditor}
      />
      <div className="dialog-buttons">
        <Button onPress={onDone}>Cancel</Button>
        <Button variant="primary" isSubmit isDisabled={!isGood}>
          Save
        </Button>
      </div>
    </form>
  );
}

/** How many bytes the runs of the session take, once that is known. */
function useSessionBytes(): number | undefined {
  const [bytes, setBytes] = useState<number>();
  useEffect(() => {
    void request('measureSession', null).then(setBytes);
  }, []);
  return bytes;
}

interface PreferenceProps {
  id: string;
  label: string;
  text: string;
  /** What it is about, in place of which a problem is shown. */
  words: string;
  problem: string | undefined;
  isFirst?: boolean;
  onChange: (text: string) => void;
}

function Preference(props: PreferenceProps): ReactNode {
  const { id, label, text, words, problem, isFirst = false, onChange } = props;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <Field
        id={id}
        value={text}
        isInvalid={problem !== undefined}
        isNumber={false}
        describedBy={`${id}-words`}
        isFirst={isFirst}
        onChange={onChange}
      />
      <p id={`${id}-words`} className={problem === undefined ? 'muted small' : 'ink-finding small'}>
        {problem ?? words}
      </p>
    </>
  );
}

function read(parsed: Parsed<number>, schema: typeof timeLimitSchema): number | undefined {
  return parsed.kind === 'ok' ? schema.safeParse(parsed.value).data : undefined;
}
