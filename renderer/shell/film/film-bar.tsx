import { useEffect, type ReactNode } from 'react';
import { formatBytes } from '../../../core/text/quantities.ts';
import { LinkButton } from '../../ui/button.tsx';
import { formatCount } from '../../words/format.ts';
import { cancelFilm, useFilming } from './film.ts';

/** How far the moving picture is, in place of the status bar: the window is in the picture. */
export function FilmBar(): ReactNode {
  const { progress } = useFilming();
  const isShown = progress !== undefined;
  useEffect(() => {
    if (!isShown) return undefined;
    const cancelOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') cancelFilm();
    };
    window.addEventListener('keydown', cancelOnEscape);
    return () => window.removeEventListener('keydown', cancelOnEscape);
  }, [isShown]);
  if (!progress) return null;
  const { done, of, bytes } = progress;
  return (
    <section className="film-bar small" aria-label="The moving picture">
      <progress aria-label="Progress of the moving picture" value={done} max={of} />
      <span>
        Taking step {formatCount(Math.min(done + 1, of))} of {formatCount(of)}
      </span>
      <span className="muted">{formatBytes(bytes)}</span>
      <span className="spacer" />
      <span className="muted">Escape cancels</span>
      <LinkButton onPress={cancelFilm}>Cancel</LinkButton>
    </section>
  );
}
