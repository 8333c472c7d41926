import { useState, type ReactNode } from 'react';
import { timeLimitSchema } from '../../core/contract/window.ts';
import { formatTime, parseTime } from '../../core/text/quantities.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { setPreferences } from './commands.ts';
import { ui, useUi } from './ui-store.ts';
import './preferences-dialog.css';

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
  const timeLimitMs = readTimeLimit(timeLimit);
  const isGood = timeLimitMs !== undefined;
  return (
    <form
      className="dialog-body preferences-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGood) return;
        setPreferences({ ...preferences, timeLimitMs });
        onDone();
      }}
    >
      <label htmlFor="time-limit">Time limit of a step</label>
      <Field
        id="time-limit"
        value={timeLimit}
        isInvalid={!isGood}
        isNumber={false}
        describedBy="time-limit-words"
        isFirst
        onChange={setTimeLimit}
      />
      <p id="time-limit-words" className={isGood ? 'muted small' : 'ink-finding small'}>
        {isGood
          ? 'A step that takes longer is ended and is a finding. Holds from the next run on.'
          : 'Give a time from 10 ms to 24 h, such as 500 ms, 5 s or 2 min.'}
      </p>
      <div className="dialog-buttons">
        <Button onPress={onDone}>Cancel</Button>
        <Button variant="primary" isSubmit isDisabled={!isGood}>
          Save
        </Button>
      </div>
    </form>
  );
}

function readTimeLimit(text: string): number | undefined {
  const time = parseTime(text);
  return time.kind === 'ok' ? timeLimitSchema.safeParse(time.value).data : undefined;
}
