import { createContext, use } from 'react';

/** Whether a panel is shown to an audience, which can move nothing in it: all of it must be in view. */
export const OnStageContext = createContext(false);

/** Whether the panel is shown to an audience. */
export function useIsOnStage(): boolean {
  return use(OnStageContext);
}
