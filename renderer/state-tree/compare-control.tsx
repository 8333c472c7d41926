import { ChevronDown, RotateCcw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button as BareButton, DialogTrigger } from 'react-aria-components';
import { parseStepIndex } from '../../core/text/quantities.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Popover } from '../ui/popover.tsx';
import { formatCount, formatStepIndex } from '../words/format.ts';
import { stepBefore } from './comparison.ts';
import './compare-control.css';

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
        <BareButton
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
        </BareButton>
        <Popover label="Compare with another step" placement="bottom start">
          {(close) => <CompareForm {...props} against={against} close={close} />}
        </Popover>
      </DialogTrigger>
      {compareWith !== undefined && (
        <IconButton
          icon={RotateCcw}
          size="small"
          label="Compare with the previous step again"
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
  const step = parseStepIndex(text, length - 1);
  const isValid = step.kind === 'ok';
  const choose = (chosen: number | undefined) => {
    onCompareWith(chosen);
    close();
  };
  return (
    <form
      className="state-compare-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) choose(step.value);
      }}
    >
      <div className="state-compare-row">
        <span aria-hidden>Compare with step</span>
        <Field
          label="Compare with step"
          value={text}
          isInvalid={!isValid}
          describedBy="state-compare-range"
          isFirst
          onChange={setText}
        />
        <Button isSubmit isDisabled={!isValid}>
          Compare
        </Button>
      </div>
      <p id="state-compare-range" className="small muted" data-invalid={!isValid}>
        {length === 0 ? 'The trace has no steps.' : `A step from 0 to ${formatCount(length - 1)}.`}
      </p>
      <div className="state-compare-row">
        <Button onPress={() => choose(undefined)}>Previous step</Button>
        <Button onPress={() => choose(-1)}>Start</Button>
      </div>
    </form>
  );
}
