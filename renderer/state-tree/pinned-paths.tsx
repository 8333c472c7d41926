import { PinOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { sameLookup, valueAt, type Lookup } from '../../core/value/container.ts';
import { segmentKey } from '../../core/value/segment.ts';
import { RowIconButton } from '../ui/icon-button.tsx';
import { ValueText } from '../ui/value-text.tsx';
import { shownPath } from '../words/shown.ts';
import type { StatePanelModel } from './use-state-panel.ts';
import './pinned-paths.css';

/** The pinned paths with their values at the cursor, above the tree and always in view. */
export function PinnedPaths({
  model: { view, shown, unpin, reveal },
}: {
  model: StatePanelModel;
}): ReactNode {
  const { pins } = view;
  const { before, after } = shown.difference;
  if (pins.length === 0) return null;
  return (
    <ul className="state-pins" aria-label="Pinned">
      {pins.map((path) => {
        const name = shownPath(path);
        const [was, is] = [valueAt(before, path), valueAt(after, path)];
        const isChanged = !sameLookup(was, is);
        return (
          <li key={path.map(segmentKey).join(' ')} className="state-pin" data-changed={isChanged}>
            <RowIconButton icon={PinOff} label={`Unpin ${name}`} onPress={() => unpin(path)} />
            <button
              type="button"
              className="state-pin-path data truncate"
              title={`${name}: show in the tree`}
              onClick={() => reveal(path)}
            >
              {name}
              <span className="value-mark">:</span>
            </button>
            <span className="state-value state-change data">
              {isChanged && (
                <>
                  <span className="state-before">
                    <Found lookup={was} />
                  </span>
                  <span className="state-arrow" aria-label="became">
                    →
                  </span>
                </>
              )}
              <span className="state-after">
                <Found lookup={is} />
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** The value at a path, or a note that there is none. */
export function Found({ lookup }: { lookup: Lookup }): ReactNode {
  return lookup.found ? (
    <ValueText value={lookup.value} depth={2} />
  ) : (
    <span className="state-absent">not there</span>
  );
}
