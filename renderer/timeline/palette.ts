/** The design tokens that the canvas needs, as they are in force now. */
const COLOURS = {
  canvas: '--color-canvas',
  surface: '--color-surface',
  raised: '--color-raised',
  sunken: '--color-sunken',
  hover: '--color-hover',
  border: '--color-border',
  borderStrong: '--color-border-strong',
  text: '--color-text',
  muted: '--color-muted',
  ok: '--color-ok',
  accent: '--color-accent',
  accentSoft: '--color-accent-soft',
  onAccent: '--color-on-accent',
  rejected: '--color-rejected',
  rejectedSoft: '--color-rejected-soft',
  finding: '--color-finding',
  findingSoft: '--color-finding-soft',
  crash: '--color-crash',
  crashSoft: '--color-crash-soft',
  tracked: '--color-tracked',
  trackedSoft: '--color-tracked-soft',
} as const;

export type Palette = Readonly<Record<keyof typeof COLOURS | 'textFont' | 'dataFont', string>>;

/** Reads the tokens. The colours are registered as such, so `light-dark()` arrives resolved. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (token: string) => style.getPropertyValue(token).trim();
  const colours = Object.fromEntries(
    Object.entries(COLOURS).map(([name, token]) => [name, read(token)]),
  ) as Record<keyof typeof COLOURS, string>;
  const size = read('--text-small');
  return {
    ...colours,
    textFont: `500 ${size} ${read('--font-text')}`,
    dataFont: `${size} ${read('--font-data')}`,
  };
}

/** Calls back when the theme may have changed: the system's, or one that the app sets. */
export function watchTheme(changed: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true });
  return () => {
    dark.removeEventListener('change', changed);
    observer.disconnect();
  };
}
