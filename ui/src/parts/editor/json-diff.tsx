// Two JSON texts side by side in one: what was taken out and put in, with unchanged parts folded.
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { editorBase } from '../json-editor.tsx';

/** The library's own sign is in few fonts. */
const folded = EditorView.theme({ '.cm-collapsedLines': { '&:before, &:after': { content: '"⋯"' } } });

export function JsonDiff({
  before,
  after,
  label,
  height = 420,
}: {
  before: string;
  after: string;
  label: string;
  height?: number;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          editorBase(label, true),
          folded,
          unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3, minSize: 6 } }),
        ],
      }),
    });
    return () => view.destroy();
  }, [before, after, label]);
  return <div ref={place} className="code-box diff" style={{ height }} />;
}
