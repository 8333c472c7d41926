import { X } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { shownLine, shownLines, shownName } from '../words/shown.ts';
import { IconButton } from './icon-button.tsx';
import './list-row.css';

/** Between the parts of a detail. */
const SEPARATOR = ' · ';

export interface ListRowProps {
  icon: ReactNode;
  title: string;
  /** Where it comes from, when the title does not say it. */
  titleHint?: string;
  detail: string;
  /** All that is to be said, when `detail` is cut or short. */
  detailHint?: string;
  isCurrent: boolean;
  /** Names the button that closes it. */
  closeLabel: string;
  /** Under the detail, such as a progress bar. */
  children?: ReactNode;
  onPress: () => void;
  onClose: () => void;
}

/** A thing of two lines in a list, which is shown by a press and can be closed. */
export function ListRow(props: ListRowProps): ReactNode {
  const { icon, title, titleHint = title, detail, detailHint = detail, isCurrent } = props;
  return (
    <div className="list-row" data-current={isCurrent}>
      <Button className="list-row-open" aria-current={isCurrent} onPress={props.onPress}>
        {icon}
        <span className="list-row-text">
          <span className="list-row-title truncate" title={shownLines(titleHint)}>
            {shownName(title)}
          </span>
          <span
            className="list-row-detail muted small truncate data"
            title={shownLines(detailHint)}
          >
            {shownLine(detail)
              .split(SEPARATOR)
              .map((part, at) => (
                <Fragment key={at}>
                  {at > 0 && SEPARATOR}
                  <span className="list-row-part">{part}</span>
                </Fragment>
              ))}
          </span>
          {props.children}
        </span>
      </Button>
      <IconButton icon={X} label={shownLine(props.closeLabel)} onPress={props.onClose} />
    </div>
  );
}
