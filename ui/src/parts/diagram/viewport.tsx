// What part of a diagram is seen at first: all of it, or, when that would be too small to read, the task that matters.
import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { DiagramLayout, DiagramNode } from '../../model/block-layout.ts';

/** Below this zoom words cannot be read (facts, lessons from screenshots). */
const READABLE_ZOOM = 0.6;
const FOCUS_ZOOM = 0.85;
const MARGIN = 24;

interface ViewportProps {
  readonly layout: DiagramLayout;
  readonly focus: DiagramNode | undefined;
  readonly selectedKey: string | undefined;
}

export function Viewport({ layout, focus, selectedKey }: ViewportProps) {
  const { setViewport, getViewport } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const placed = useRef(false);
  useEffect(() => {
    if (placed.current || width === 0 || height === 0) return;
    placed.current = true;
    const fit = Math.min(1, (width - 2 * MARGIN) / layout.width, (height - 2 * MARGIN) / layout.height);
    const selected = layout.nodes.find(({ id }) => id === selectedKey);
    const target = selected ?? focus;
    if (fit >= READABLE_ZOOM || layout.nodes.length < 3) {
      const zoom = Math.max(fit, 0.1);
      void setViewport({
        x: (width - layout.width * zoom) / 2,
        y: Math.min(MARGIN * 2, (height - layout.height * zoom) / 2),
        zoom,
      });
      return;
    }
    const zoom = FOCUS_ZOOM;
    const fitsAcross = layout.width * zoom <= width - 2 * MARGIN;
    const x = target && !fitsAcross ? target.x + target.width / 2 : layout.width / 2;
    const y = target ? target.y + target.height / 2 - height / zoom / 2 : 0;
    void setViewport({ x: width / 2 - x * zoom, y: MARGIN - Math.max(0, y) * zoom, zoom });
  }, [width, height, layout, focus, selectedKey, setViewport]);
  // A task that was selected elsewhere (list, timeline, link) is brought into view.
  useEffect(() => {
    const node = layout.nodes.find(({ id }) => id === selectedKey);
    if (!node || !placed.current || width === 0) return;
    const { x, y, zoom } = getViewport();
    const [left, top] = [node.x * zoom + x, node.y * zoom + y];
    const [right, bottom] = [left + node.width * zoom, top + node.height * zoom];
    if (left >= 0 && top >= 0 && right <= width && bottom <= height) return;
    void setViewport(
      { x: width / 2 - (node.x + node.width / 2) * zoom, y: height / 2 - (node.y + node.height / 2) * zoom, zoom },
      { duration: 200 },
    );
  }, [selectedKey, layout, width, height, getViewport, setViewport]);
  return null;
}
