import type { LucideProps } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import './button.css';

export interface ButtonProps {
  children: ReactNode;
  icon?: ComponentType<LucideProps>;
  /** Names the button where its words may be out of sight. */
  label?: string;
  /** `primary` is what the person most likely wants here; a place has one at most. */
  variant?: 'plain' | 'primary';
  size?: 'usual' | 'large';
  isDisabled?: boolean;
  /** Lays the button out where it stands; its look is not changed. */
  className?: string;
  /** Sends the form around it. */
  isSubmit?: boolean;
  onPress?: () => void;
}

/** A button with words on it. */
export function Button(props: ButtonProps): ReactNode {
  const { children, icon: Icon, variant = 'plain', size = 'usual', className = '' } = props;
  const { label, isDisabled = false, isSubmit = false, onPress } = props;
  return (
    <AriaButton
      className={`button ${className}`}
      data-variant={variant}
      data-size={size}
      type={isSubmit ? 'submit' : 'button'}
      isDisabled={isDisabled}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(onPress ? { onPress } : {})}
    >
      {Icon && <Icon size={size === 'large' ? 16 : 14} aria-hidden />}
      {children}
    </AriaButton>
  );
}

/** Words that do something, inside a line of others. */
export function LinkButton({
  children,
  onPress,
}: {
  children: ReactNode;
  onPress: () => void;
}): ReactNode {
  return (
    <AriaButton className="link-button" onPress={onPress}>
      {children}
    </AriaButton>
  );
}
