/** Whether nothing may glide or flash: the person wants it so, or each step is pictured. */
export function isCalm(): boolean {
  const { dataset } = document.documentElement;
  return dataset['calm'] !== undefined || matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Keeps everything from gliding and flashing while `act` goes on. */
export async function whileCalm<Result>(act: () => Promise<Result>): Promise<Result> {
  const { dataset } = document.documentElement;
  dataset['calm'] = '';
  try {
    return await act();
  } finally {
    delete dataset['calm'];
  }
}
