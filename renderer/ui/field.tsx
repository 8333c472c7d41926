import type { KeyboardEvent, ReactNode } from 'react';
import './field.css';

export interface FieldProps {
  id?: string;
  /** Names the field where no `label` element around it does. */
  label?: string;
  value: string;
  isInvalid: boolean;
  /** What may be typed; shown in the tooltip. */
  hint?: string;
  /** What stands in the field while it is empty. */
  placeholder?: string;
  /** The id of the words that say more. */
  describedBy?: string;
  isNumber?: boolean;
  isDisabled?: boolean;
  /** It takes the focus as soon as it is shown. */
  isFirst?: boolean;
  className?: string;
  onChange: (value: string) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** A line to type data in. */
export function Field(props: FieldProps): ReactNode {
  const { id, label, value, isInvalid, hint, placeholder, describedBy, className = '' } = props;
  const { isNumber = true, isDisabled = false, isFirst = false, onChange, onKeyDown } = props;
  return (
    <input
      id={id}
      className={`field data ${className}`}
      aria-label={label}
      aria-invalid={isInvalid}
      aria-describedby={describedBy}
      title={hint}
      placeholder={placeholder}
      value={value}
      disabled={isDisabled}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- what it stands in was opened to fill it in.
      autoFocus={isFirst}
      inputMode={isNumber ? 'numeric' : 'text'}
      spellCheck={false}
      onFocus={(event) => {
        if (isFirst) event.target.select();
      }}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
