import { ChevronDown, RotateCcw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { formatCount, formatStepIndex } from '../words/format.ts';
import { stepBefore } from './comparison.ts';
import { IconButton } from './icon-button.tsx';

interface CompareProps {
  readonly cursor: number;
  readonly compareWith: number | undefined;
  /** Steps of the trace. */
  readonly length: number;
  readonly onCompareWith: (stepIndex: number | undefined) => void;
}

/** What is compared, and the way to compare with another step. */
export function CompareControl(props: CompareProps): ReactNode {
  const { cursor, compareWith, onCompareWith } = props;
  const against = compareWith ?? stepBefore(cursor);
  const isStart = cursor < 0 && compareWith === undefined;
  return (
    <div className="state-compare" data-chosen={compareWith !== undefined}>
      <DialogTrigger>
        <Button
          className="state-compare-button"
          aria-label={`${formatStepIndex(cursor)} against ${formatStepIndex(against)}: choose another`}
        >
          <span className="truncate">
            <b>{formatStepIndex(cursor)}</b>
            {!isStart && (
              <>
                <span className="muted"> against </span>
                {formatStepIndex(against)}
              </>
            )}
          </span>
          <ChevronDown size={12} aria-hidden />
        </Button>
        <Popover className="state-popover" placement="bottom start" offset={4}>
          <Dialog className="state-dialog" aria-label="Compare with another step">
            {({ close }) => <CompareForm {...props} against={against} close={close} />}
          </Dialog>
        </Popover>
      </DialogTrigger>
      {compareWith !== undefined && (
        <IconButton
          icon={RotateCcw}
          name="Compare with the previous step again"
          onPress={() => onCompareWith(undefined)}
        />
      )}
    </div>
  );
}

function CompareForm({
  against,
  length,
  onCompareWith,
  close,
}: CompareProps & { against: number; close: () => void }): ReactNode {
  const [text, setText] = useState(String(Math.max(0, against)));
  const stepIndex = /^\d+$/.test(text.replaceAll(/\s/g, ''))
    ? Number(text.replaceAll(/\s/g, ''))
    : -1;
  const isValid = stepIndex >= 0 && stepIndex < length;
  const choose = (chosen: number | undefined) => {
    onCompareWith(chosen);
    close();
  };
  return (
    <form
      className="state-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) choose(stepIndex);
      }}
    >
      <label className="state-form-row">
        <span>Compare with step</span>
        <input
          className="state-input data"
          inputMode="numeric"
          value={text}
          aria-invalid={!isValid}
          aria-describedby="state-compare-range"
          // The field is what the popover was opened for.
          ref={selectAtFirst}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="state-button" disabled={!isValid}>
          Compare
        </button>
      </label>
      <p id="state-compare-range" className="small muted" data-invalid={!isValid}>
        {length === 0 ? 'The trace has no steps.' : `A step from 0 to ${formatCount(length - 1)}.`}
      </p>
      <div className="state-form-row">
        <button type="button" className="state-button" onClick={() => choose(undefined)}>
          Previous step
        </button>
        <button type="button" className="state-button" onClick={() => choose(-1)}>
          Start
        </button>
      </div>
    </form>
  );
}

function selectAtFirst(input: HTMLInputElement | null): void {
  input?.focus();
  input?.select();
}
