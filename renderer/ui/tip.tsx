import type { ReactNode } from 'react';
import { Tooltip, TooltipTrigger } from 'react-aria-components';
import './tip.css';

/** How long a pointer rests before a tooltip comes. */
const DELAY_MS = 500;

/** Explains what it holds, a button, when the pointer rests on it or it has the focus. */
export function Tip({ content, children }: { content: ReactNode; children: ReactNode }): ReactNode {
  return (
    <TooltipTrigger delay={DELAY_MS}>
      {children}
      <Tooltip className="tip" offset={6}>
        {content}
      </Tooltip>
    </TooltipTrigger>
  );
}
