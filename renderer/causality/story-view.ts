import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** Whether the text of the causes is shown beside their graph. */
const storyView = createStore<{ readonly isShown: boolean }>(() => ({ isShown: false }));

/** Shows or hides the text of the causes beside their graph. */
export function setStoryShown(isShown: boolean): void {
  storyView.setState({ isShown });
}

/** Whether the text is shown, outside of components. */
export function isStoryShown(): boolean {
  return storyView.getState().isShown;
}

/** Whether the text is shown, for a component. */
export function useIsStoryShown(): boolean {
  return useStore(storyView, ({ isShown }) => isShown);
}
