import type { Bridge, RequestName, RequestReturns, Theme } from '../../core/contract/window.ts';

/** What a page can do by itself, where the window asks the program. */
type Answers = Partial<{
  readonly [Name in RequestName]: (
    takes: never,
  ) => RequestReturns<Name> | Promise<RequestReturns<Name>>;
}>;

/** @param file returns the trace file of the run that the page shows. */
export function pageBridge(file: () => Promise<Blob>): Bridge {
  const answers: Answers = {
    setTheme: (theme: Theme) => {
      const { style } = document.documentElement;
      style.colorScheme = theme === 'system' ? '' : theme;
      return null;
    },
    saveTrace: async ({ suggestedName }: { readonly suggestedName: string }) => {
      download(await file(), suggestedName);
      return { kind: 'ok', value: suggestedName };
    },
  };
  return {
    async request(name, takes) {
      const answer = answers[name];
      // The commands that would ask for more are not there.
      if (!answer) throw new Error(`a page cannot ${name}`);
      return answer(takes as never);
    },
    onEvent: () => () => undefined,
    openDroppedFile: () => undefined,
  };
}

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
