// CodeMirror for JSON, in one lazy chunk: editable or read-only, marks places as wrong, coloured by our own variables.
// Undo is the page's, since text and diagram are two sides of one model.
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, syntaxTree } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, type Extension, type Range } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { styleNonce } from './nonce.ts';

/** Marks changes that came with a new value, so that they are not reported back. */
const fromOutside = Annotation.define<boolean>();

/** A mistake to underline, by its offset in the text. */
export interface EditorMistake {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

interface JsonEditorProps {
  readonly value: string;
  readonly label: string;
  readonly onChange?: (text: string) => void;
  readonly mistakes?: readonly EditorMistake[];
  readonly height?: number | string;
  /** Scrolls to this offset whenever it changes. */
  readonly reveal?: number | undefined;
}

/** Names of the JSON grammar and the classes that the payload view uses too. */
const CLASSES: Readonly<Record<string, string>> = {
  PropertyName: 'key',
  String: 'string',
  Number: 'number',
  True: 'word',
  False: 'word',
  Null: 'word',
};

/** Colours for what is in view. */
function colour(view: EditorView): DecorationSet {
  const marks: Range<Decoration>[] = [];
  for (const { from, to } of view.visibleRanges)
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        const name = CLASSES[node.name];
        if (name !== undefined && node.to > node.from)
          marks.push(Decoration.mark({ class: name }).range(node.from, node.to));
      },
    });
  return Decoration.set(marks, true);
}

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    tree: unknown;
    constructor(view: EditorView) {
      this.tree = syntaxTree(view.state);
      this.decorations = colour(view);
    }
    update({ view, docChanged, viewportChanged }: ViewUpdate) {
      const tree = syntaxTree(view.state);
      if (!docChanged && !viewportChanged && tree === this.tree) return;
      this.tree = tree;
      this.decorations = colour(view);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

const INDENT = '  ';

/** A new line begins below the text of the one before, one step deeper after an opening bracket. */
function breakLine(view: EditorView): boolean {
  const { from, to } = view.state.selection.main;
  const before = view.state.doc.lineAt(from).text.slice(0, from - view.state.doc.lineAt(from).from);
  const indent = before.slice(0, before.length - before.trimStart().length) + (/[{[]\s*$/.test(before) ? INDENT : '');
  const insert = `\n${indent}`;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    scrollIntoView: true,
    userEvent: 'input',
  });
  return true;
}

const look = EditorView.theme({
  '&': { fontSize: '12px', backgroundColor: 'var(--surface)', color: 'var(--text)', height: '100%' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface-2)',
    color: 'var(--text-dim)',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--line) 40%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--mantine-color-anchor)', outlineOffset: '-1px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--mantine-color-anchor) 25%, transparent) !important',
  },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--surface-3)', border: 'none', color: 'var(--text-dim)' },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', border: '1px solid var(--line-strong)', color: 'var(--text)' },
});

/** What every editor of the app has; also used by the diff. */
export function editorBase(label: string, readOnly: boolean): Extension[] {
  return [
    EditorView.cspNonce.of(styleNonce()),
    json(),
    lineNumbers(),
    colours,
    drawSelection(),
    look,
    EditorView.lineWrapping,
    // A read-only text must still be reachable by keyboard to be scrolled.
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorState.readOnly.of(readOnly),
  ];
}

export function JsonEditor({ value, label, onChange, mistakes = [], height = '100%', reveal }: JsonEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const editable = onChange !== undefined;
  const first = useRef(value);
  useEffect(() => {
    if (!place.current) return;
    const edits: Extension[] = editable
      ? [
          bracketMatching(),
          highlightActiveLine(),
          keymap.of([{ key: 'Enter', run: breakLine }, ...foldKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((tr) => tr.annotation(fromOutside) === true))
              changed.current?.(update.state.doc.toString());
          }),
        ]
      : [keymap.of(foldKeymap)];
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [editorBase(label, !editable), foldGutter(), edits],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [editable, label]);
  useEffect(() => {
    const isNew = first.current !== value;
    first.current = value;
    const made = view.current;
    // The text of a document is made of all its lines: not asked for when it cannot differ.
    if (!made || !isNew || made.state.doc.toString() === value) return;
    made.dispatch({
      changes: { from: 0, to: made.state.doc.length, insert: value },
      annotations: fromOutside.of(true),
    });
  }, [value]);
  const marked = useRef(false);
  useEffect(() => {
    const made = view.current;
    if (!made || (mistakes.length === 0 && !marked.current)) return;
    marked.current = mistakes.length > 0;
    const length = made.state.doc.length;
    const marks = mistakes.map(
      ({ from, to, message }): Diagnostic => ({
        from: Math.min(from, length),
        to: Math.min(Math.max(to, from), length),
        severity: 'error',
        message,
      }),
    );
    made.dispatch(setDiagnostics(made.state, marks));
  }, [mistakes]);
  useEffect(() => {
    const made = view.current;
    if (!made || reveal === undefined || reveal > made.state.doc.length) return;
    made.dispatch({ selection: { anchor: reveal }, effects: EditorView.scrollIntoView(reveal, { y: 'center' }) });
  }, [reveal]);
  return <div ref={place} className="code-box" style={{ height }} />;
}
