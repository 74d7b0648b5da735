// The edges of a diagram: rounded right angles along points of the layout, a label where branches part, a + to insert at.
import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { type DragEvent, memo, use, useState } from 'react';
import type { DiagramEdge } from '../../model/block-layout.ts';
import { type DefPath, pathKey } from '../../model/def-edit.ts';
import { arrowPath, roundedPath } from '../../model/edge-path.ts';
import { DiagramContext, DRAG_TYPE } from './context.ts';

function PlusButton({ edge }: { edge: DiagramEdge }) {
  const { onInsert, onMove, insertAt } = use(DiagramContext);
  const [over, setOver] = useState(false);
  const { insert } = edge;
  if (!insert || !onInsert) return null;
  const open =
    insertAt !== undefined && pathKey(insertAt.list) === pathKey(insert.list) && insertAt.index === insert.index;
  const accepts = (event: DragEvent) => onMove !== undefined && event.dataTransfer.types.includes(DRAG_TYPE);
  return (
    <button
      type="button"
      className="plus nodrag nopan"
      data-open={open || undefined}
      data-over={over || undefined}
      aria-label={`Add a task ${place(edge)}`}
      style={{ transform: `translate(-50%, -50%) translate(${insert.at.x}px, ${insert.at.y}px)` }}
      onClick={() => onInsert(insert)}
      onDragOver={(event) => {
        if (!accepts(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!accepts(event)) return;
        event.preventDefault();
        onMove?.(JSON.parse(event.dataTransfer.getData(DRAG_TYPE)) as DefPath, insert);
      }}
    >
      <Plus size={13} strokeWidth={2.4} />
    </button>
  );
}

/** Where a + is, in words: position in its list and the list it is in. */
function place({ insert, label }: DiagramEdge): string {
  const list = insert?.list ?? [];
  const inside = list.length > 1 ? ` of ${list.slice(1).join(' ')}` : '';
  return `at position ${(insert?.index ?? 0) + 1}${inside}${label ? ` (${label.text})` : ''}`;
}

const Route = memo((props: EdgeProps) => {
  const { edge } = props.data as { edge: DiagramEdge };
  return (
    <>
      <path d={roundedPath(edge.points)} className="route" data-kind={edge.kind} />
      <path d={arrowPath(edge.points)} className="arrow" />
      <EdgeLabelRenderer>
        {edge.label && (
          <div
            className="edge-label hostile"
            title={edge.label.text}
            style={{ transform: `translate(-50%, -50%) translate(${edge.label.at.x}px, ${edge.label.at.y}px)` }}
          >
            {edge.label.text}
          </div>
        )}
        <PlusButton edge={edge} />
      </EdgeLabelRenderer>
    </>
  );
});

export const edgeTypes = { route: Route };
