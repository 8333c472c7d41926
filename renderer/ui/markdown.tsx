import { fromMarkdown } from 'mdast-util-from-markdown';
import { useMemo, type ReactNode } from 'react';
import { assertNever } from '../../core/assert.ts';
import { shownLine } from '../words/shown.ts';
import './markdown.css';

/*
 * Markdown as people write notes in it. It becomes elements, never HTML: tags are shown as they are
 * written, images are shown by their description and are not loaded, and links lead nowhere by themselves.
 */

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root | Root['children'][number];

/** Deeper parts are shown as plain text: nobody writes them by hand, and elements must not nest for ever. */
const DEPTH_MAX = 24;

/** Takes the address of a link that was pressed. */
export type FollowLink = (address: string) => void;

/** A text in Markdown. Links are buttons where `onLink` is given, else words with their address. */
export function Markdown({ text, onLink }: { text: string; onLink?: FollowLink }): ReactNode {
  const root = useMemo(() => fromMarkdown(text), [text]);
  return <div className="markdown">{childrenOf(root, 0, onLink)}</div>;
}

function childrenOf(node: Node, depth: number, onLink?: FollowLink): ReactNode {
  if (!('children' in node)) return null;
  if (depth > DEPTH_MAX) return plainText(node);
  return node.children.map((child, at) => (
    <Part key={at} node={child} depth={depth + 1} onLink={onLink} />
  ));
}

interface PartProps {
  node: Node;
  depth: number;
  onLink: FollowLink | undefined;
}

function Part({ node, depth, onLink }: PartProps): ReactNode {
  const inside = () => childrenOf(node, depth, onLink);
  switch (node.type) {
    case 'text':
    case 'html':
      return node.value;
    case 'paragraph':
      return <p>{inside()}</p>;
    case 'heading':
      return <Heading depth={node.depth}>{inside()}</Heading>;
    case 'emphasis':
      return <em>{inside()}</em>;
    case 'strong':
      return <strong>{inside()}</strong>;
    case 'inlineCode':
      return <code className="data">{node.value}</code>;
    case 'code':
      return (
        <pre className="data">
          <code>{node.value}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote>{inside()}</blockquote>;
    case 'list':
      return node.ordered ? <ol start={node.start ?? 1}>{inside()}</ol> : <ul>{inside()}</ul>;
    case 'listItem':
      return <li>{inside()}</li>;
    case 'thematicBreak':
      return <hr />;
    case 'break':
      return <br />;
    case 'link':
      return (
        <Link address={node.url} onLink={onLink}>
          {inside()}
        </Link>
      );
    case 'image':
      return <span className="markdown-image">{node.alt ?? node.url}</span>;
    case 'imageReference':
      return <span className="markdown-image">{node.alt ?? node.identifier}</span>;
    case 'linkReference':
    case 'root':
    case 'delete':
    case 'table':
    case 'tableRow':
    case 'tableCell':
    case 'footnoteDefinition':
      return inside();
    case 'definition':
    case 'footnoteReference':
    case 'yaml':
      return null;
    default:
      return assertNever(node, 'Markdown');
  }
}

/** Below the headings of the window, of which the smallest has no smaller one. */
function Heading({ depth, children }: { depth: number; children: ReactNode }): ReactNode {
  const Tag = depth === 1 ? 'h4' : depth === 2 ? 'h5' : 'h6';
  return (
    <Tag className="markdown-heading" data-depth={depth}>
      {children}
    </Tag>
  );
}

function Link({
  address,
  onLink,
  children,
}: {
  address: string;
  onLink: FollowLink | undefined;
  children: ReactNode;
}): ReactNode {
  const title = shownLine(address);
  if (!onLink) {
    return (
      <span className="markdown-link" title={title}>
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      className="markdown-link"
      title={title}
      onClick={(event) => {
        event.stopPropagation();
        onLink(address);
      }}
    >
      {children}
    </button>
  );
}

/** The words of a part, without walking into it by calls: it may be very deep. */
function plainText(node: Node): string {
  const words: string[] = [];
  const left: Node[] = [node];
  for (let next = left.pop(); next; next = left.pop()) {
    if ('value' in next) words.push(next.value);
    if ('children' in next) left.push(...next.children.toReversed());
  }
  return words.join(' ');
}
