import { javascript } from '@codemirror/lang-javascript';
import { syntaxHighlighting } from '@codemirror/language';
import { EditorState, RangeSet, StateEffect, StateField, type Range } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  gutter,
  GutterMarker,
  lineNumbers,
  type DecorationSet,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { useEffect, useRef, type ReactNode } from 'react';
import type { CoveredSource } from '../../core/contract/coverage.ts';
import { LINE_STATES } from '../../core/sweep/covered-lines.ts';
import type { Place } from '../ui/place-link.tsx';
import type { SourceMode } from './source-store.ts';
import './code-view.css';

/** What is marked in a source. */
interface Marks {
  readonly source: CoveredSource;
  /** Absent where nothing is to be marked. */
  readonly mode: SourceMode | undefined;
  readonly place: Place | undefined;
}

const setMarks = StateEffect.define<Marks>();

/** The class of a line by its state, and the sign beside it. */
const LOOKS = {
  [LINE_STATES.missed]: ['code-missed', '○'],
  [LINE_STATES.partial]: ['code-partial', '◐'],
  [LINE_STATES.executed]: ['code-executed', '●'],
} as const;

class Sign extends GutterMarker {
  readonly #sign: string;
  override readonly elementClass: string;

  constructor(sign: string, elementClass: string) {
    super();
    this.#sign = sign;
    this.elementClass = elementClass;
  }

  override toDOM(): Node {
    return document.createTextNode(this.#sign);
  }
}

const SIGNS = new Map(
  Object.entries(LOOKS).map(([state, [name, sign]]) => [Number(state), new Sign(sign, name)]),
);

const decorations = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, { effects, newDoc }) => {
    const marks = effects.find((effect) => effect.is(setMarks))?.value;
    return marks ? decorate(marks, newDoc) : before;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const signs = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (before, { effects, newDoc }) => {
    const marks = effects.find((effect) => effect.is(setMarks))?.value;
    if (!marks) return before;
    const ranges: Range<GutterMarker>[] = [];
    for (const [at, state] of marks.source.lines.entries()) {
      const sign = SIGNS.get(state);
      if (marks.mode && sign && at < newDoc.lines)
        ranges.push(sign.range(newDoc.line(at + 1).from));
    }
    return RangeSet.of(ranges);
  },
});

function decorate({ source, mode, place }: Marks, doc: EditorState['doc']): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  if (mode) {
    for (const [at, state] of source.lines.entries()) {
      const look = LOOKS[state as keyof typeof LOOKS] as
        | (typeof LOOKS)[keyof typeof LOOKS]
        | undefined;
      if (!look || at >= doc.lines) continue;
      ranges.push(
        Decoration.line({ class: `${look[0]} code-of-${mode}` }).range(doc.line(at + 1).from),
      );
    }
    for (const [line, from, to] of source.gaps) {
      if (line >= doc.lines) continue;
      const { from: start, length } = doc.line(line + 1);
      const [first, end] = [Math.min(from, length), Math.min(to, length)];
      if (end > first)
        ranges.push(Decoration.mark({ class: 'code-gap' }).range(start + first, start + end));
    }
  }
  if (place && place.path === source.path && place.line <= doc.lines) {
    ranges.push(
      Decoration.line({ class: 'code-place' }).range(doc.line(Math.max(1, place.line)).from),
    );
  }
  return Decoration.set(ranges, true);
}

/** The nonce of the page, with which style elements are allowed. */
function nonce(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]');
  return meta?.nonce ?? '';
}

export interface CodeViewProps extends Marks {
  /** The line on which a step begins; what it executed from there on is shown first. */
  readonly start?: number | undefined;
}

/** A source with what was executed marked in it. */
export function CodeView({ source, mode, place, start }: CodeViewProps): ReactNode {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  /** Whether nothing of the file was shown yet. */
  const isNew = useRef(true);
  const { path, text } = source;

  useEffect(() => {
    if (!parent.current) return undefined;
    const made = new EditorView({
      parent: parent.current,
      state: EditorState.create({ doc: text, extensions: extensionsOf(path) }),
    });
    view.current = made;
    isNew.current = true;
    return () => {
      view.current = undefined;
      made.destroy();
    };
  }, [path, text]);
  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of({ source, mode, place }) });
  }, [source, mode, place]);
  useEffect(() => {
    const editor = view.current;
    if (editor && place?.path === path) reveal(editor, place);
  }, [path, place]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || mode !== 'step') return;
    if (place?.path !== source.path) revealExecuted(editor, source, isNew.current ? start : 0);
    isNew.current = false;
  }, [source, mode, place, start]);
  return <div ref={parent} className="code-view" />;
}

function extensionsOf(path: string) {
  return [
    EditorView.cspNonce.of(nonce()),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-label': `Source of ${path}`, tabindex: '0' }),
    lineNumbers(),
    signs,
    gutter({ class: 'code-signs', markers: (editor) => editor.state.field(signs) }),
    decorations,
    javascript({ typescript: true, jsx: path.endsWith('x') }),
    syntaxHighlighting(classHighlighter),
  ];
}

function reveal(editor: EditorView, { line, column }: Place): void {
  const { doc } = editor.state;
  const { from, length } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  const at = from + Math.min(column - 1, length);
  editor.dispatch({ effects: EditorView.scrollIntoView(at, { y: 'center' }) });
}

/**
 * Scrolls to what a step executed from a line on, or before it, if that is all; from line 0 on, only if nothing of
 * it is in view.
 */
function revealExecuted(editor: EditorView, { lines }: CoveredSource, start = 0): void {
  const { doc } = editor.state;
  const isExecuted = (state: number | undefined) =>
    state === LINE_STATES.executed || state === LINE_STATES.partial;
  const { from, to } = editor.viewport;
  const [first, last] = [doc.lineAt(from).number, doc.lineAt(to).number];
  if (start === 0 && lines.slice(first - 1, last).some(isExecuted)) return;
  const inFunction = lines.findIndex((state, line) => line + 1 >= start && isExecuted(state));
  const at = inFunction === -1 ? lines.findIndex(isExecuted) : inFunction;
  if (at === -1 || at >= doc.lines) return;
  const position = doc.line(at + 1).from;
  editor.dispatch({ effects: EditorView.scrollIntoView(position, { y: 'start', yMargin: 48 }) });
}
