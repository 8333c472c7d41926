import { useState, type ReactNode } from 'react';
import { EXPRESSION_CHARS_MAX } from '../../core/limits.ts';
import { EXPRESSION_NAMES } from '../../core/trace/expression/expression.ts';
import { showNotice } from '../session/notices.ts';
import { selectRun, useSession } from '../session/store.ts';
import { watch, WATCHES_MAX } from '../session/watches.ts';
import { Button } from '../ui/button.tsx';
import { MistakeNote, mistakeIn } from '../ui/expression-mistake.tsx';
import { Field } from '../ui/field.tsx';
import { WindowDialog } from '../ui/window-dialog.tsx';
import { ui, useUi } from './ui-store.ts';
import './watch-dialog.css';

/** Asks for an expression to watch. */
export function WatchDialog(): ReactNode {
  const isOpen = useUi((state) => state.dialog === 'watch');
  const edited = useUi((state) => state.watchEdited);
  const close = () => ui.setState({ dialog: undefined });
  const title = edited === undefined ? 'Watch an expression' : 'Change the watch';
  return (
    <WindowDialog title={title} isOpen={isOpen} onClose={close}>
      <WatchForm edited={edited} onDone={close} />
    </WindowDialog>
  );
}

const EXAMPLES = ['size(outstanding)', 'outcome.kind == "err"', 'state'] as const;

function WatchForm({
  edited,
  onDone,
}: {
  edited: string | undefined;
  onDone: () => void;
}): ReactNode {
  const machine = useSession((state) => selectRun(state)?.trace?.header.machine);
  const [text, setText] = useState(edited ?? '');
  const expression = text.trim();
  const mistake = mistakeIn(expression);
  const isGood = expression !== '' && !mistake && expression.length <= EXPRESSION_CHARS_MAX;
  const add = () => {
    if (machine === undefined || !isGood) return;
    onDone();
    if (watch(machine, expression, edited)) return;
    showNotice(`Only ${WATCHES_MAX} expressions can be watched: stop watching one first.`);
  };
  return (
    <form
      className="dialog-body watch-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <div className="watch-line">
        <Field
          label="Expression"
          value={text}
          isNumber={false}
          isInvalid={mistake !== undefined}
          isFirst
          onChange={setText}
        />
        <Button variant="primary" isSubmit isDisabled={!isGood}>
          {edited === undefined ? 'Watch' : 'Change'}
        </Button>
      </div>
      {mistake ? <MistakeNote mistake={mistake} /> : <Hint />}
    </form>
  );
}

function Hint(): ReactNode {
  return (
    <>
      <p className="muted small">
        Written in CEL, such as{' '}
        {EXAMPLES.map((example, at) => (
          <span key={example}>
            {at > 0 && ', '}
            <code className="data">{example}</code>
          </span>
        ))}
        . Numbers become a curve over the run, anything else becomes bands.
      </p>
      <dl className="watch-names small">
        {Object.entries(EXPRESSION_NAMES).map(([name, meaning]) => (
          <div key={name}>
            <dt className="data">{name}</dt>
            <dd className="muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
