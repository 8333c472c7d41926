import type { ReactNode } from 'react';
import { withGone } from '../../core/drawing/changes.ts';
import { shownLine, shownName } from '../words/shown.ts';
import { groupBy } from './group-by.ts';
import { ItemMark } from './item-mark.tsx';
import { cellText, marksOf, type FormProps } from './marks.ts';
import './drawn-item.css';
import './place-forms.css';

/** Places that stay where they are. */
export function GridForm({ drawing, before, changes }: FormProps<'grid'>): ReactNode {
  const style = { gridTemplateColumns: `repeat(${drawing.columns}, minmax(0, 1fr))` };
  return (
    <ul className="drawn-grid" style={style}>
      {withGone(before?.places ?? [], drawing.places, changes).map((place) => (
        <li key={place.id} className="drawn-item" {...marksOf(place, changes)}>
          <span className="drawn-title">
            <span className="truncate" title={shownLine(place.title)}>
              {shownLine(place.title)}
            </span>
            <ItemMark item={place} changes={changes} />
          </span>
          {place.detail !== undefined && (
            <span className="muted small truncate" title={shownLine(place.detail)}>
              {shownLine(place.detail)}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Cards, group by group in the order in which the groups occur. */
export function CardsForm({ drawing, before, changes }: FormProps<'cards'>): ReactNode {
  const cards = withGone(before?.cards ?? [], drawing.cards, changes);
  const groups = groupBy(cards, ({ group = '' }) => group);
  return (
    <div className="drawn-board">
      {[...groups].map(([group, own]) => (
        <section key={group} aria-label={group === '' ? 'Cards' : shownLine(group)}>
          {group !== '' && (
            <h3 className="small muted">
              {shownLine(group)} <span className="data">{own.length}</span>
            </h3>
          )}
          <ul>
            {own.map((card) => (
              <li key={card.id} className="drawn-item" {...marksOf(card, changes)}>
                <span className="drawn-title">
                  <span className="truncate">{shownLine(card.title)}</span>
                  <ItemMark item={card} changes={changes} />
                </span>
                {card.facts && (
                  <dl className="drawn-facts small">
                    {Object.entries(card.facts).map(([name, cell]) => (
                      <div key={name}>
                        <dt className="muted">{shownName(name)}</dt>
                        <dd className="data truncate">{cellText(cell)}</dd>
                      </div>
                    ))}
                  </dl>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
