// A workflow as a picture: own layout, React Flow for panning and zooming. Draws a definition, with states when there are some.
import '@xyflow/react/dist/style.css';
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  type Node,
  Panel,
  Position,
  ReactFlow,
  ReactFlowProvider,
} from '@xyflow/react';
import { type ReactNode, useMemo } from 'react';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import { type DiagramLayout, type InsertAt, layoutDefinition } from '../../model/block-layout.ts';
import { type DefPath, pathKey } from '../../model/def-edit.ts';
import type { LoopView, PlaceView } from '../../model/execution-view.ts';
import { DiagramContext } from './context.ts';
import './diagram.css';
import { edgeTypes } from './edges.tsx';
import { nodeTypes } from './nodes.tsx';
import { Viewport } from './viewport.tsx';

/** From here on only what is in view is in the page. */
const MANY_NODES = 150;

interface DiagramProps {
  readonly tasks: readonly WorkflowTask[];
  readonly label: string;
  readonly selected?: DefPath | undefined;
  readonly onSelect?: (path: DefPath | undefined, task?: WorkflowTask) => void;
  /** Present: every edge has a + . */
  readonly onInsert?: ((at: InsertAt) => void) | undefined;
  readonly insertAt?: InsertAt | undefined;
  /** Present: tasks can be dragged onto a + . */
  readonly onMove?: ((path: DefPath, to: InsertAt) => void) | undefined;
  readonly places?: ReadonlyMap<string, PlaceView> | undefined;
  readonly loops?: ReadonlyMap<string, LoopView> | undefined;
  readonly onIteration?: ((loop: string, iteration: number) => void) | undefined;
  readonly dynamic?: ReadonlyMap<string, readonly WorkflowTask[]> | undefined;
  /** Reference name that the picture is centred on when all of it would be too small. */
  readonly focus?: string | undefined;
  /** Tasks with mistakes: their addresses as keys. */
  readonly faulty?: ReadonlySet<string> | undefined;
  readonly children?: ReactNode;
}

/**
 * Size and the places where edges end, as the layout decided them. Without, React Flow puts every node and edge into the page once to
 * measure it, in view or not: two seconds for 1,000 tasks.
 */
const known = ({ width, height }: { width: number; height: number }) => ({
  measured: { width, height },
  handles: [
    { type: 'target' as const, position: Position.Top, x: width / 2, y: 0, width: 1, height: 1 },
    { type: 'source' as const, position: Position.Bottom, x: width / 2, y: height - 1, width: 1, height: 1 },
  ],
});

function flowElements(layout: DiagramLayout): { nodes: Node[]; edges: Edge[] } {
  const frames = layout.frames.map(
    (frame): Node => ({
      id: frame.id,
      type: 'frame',
      position: { x: frame.x, y: frame.y },
      width: frame.width,
      height: frame.height,
      ...known(frame),
      data: { frame },
      selectable: false,
      focusable: false,
      draggable: false,
      zIndex: -1,
    }),
  );
  const nodes = layout.nodes.map(
    (node): Node => ({
      id: node.id,
      type: node.kind,
      position: { x: node.x, y: node.y },
      width: node.width,
      height: node.height,
      ...known(node),
      data: { node },
      // Keyboard and click are those of the button inside: one stop per task, with its name.
      selectable: false,
      focusable: false,
      draggable: false,
    }),
  );
  const edges = layout.edges.map(
    (edge): Edge => ({
      id: edge.id,
      type: 'route',
      source: edge.from,
      target: edge.to,
      data: { edge },
      focusable: false,
      selectable: false,
    }),
  );
  return { nodes: [...frames, ...nodes], edges };
}

export function Diagram(props: DiagramProps) {
  const {
    tasks,
    label,
    selected,
    onSelect,
    onInsert,
    insertAt,
    onMove,
    places,
    loops,
    onIteration,
    dynamic,
    focus,
    faulty,
  } = props;
  const layout = useMemo(() => layoutDefinition({ tasks }, dynamic ? { dynamic } : {}), [tasks, dynamic]);
  const { nodes, edges } = useMemo(() => flowElements(layout), [layout]);
  const selectedKey = selected && pathKey(selected);
  const context = useMemo(
    () => ({
      selectedKey,
      onSelect,
      onInsert,
      insertAt,
      onMove,
      places,
      loops,
      onIteration,
      faulty,
      executed: places !== undefined,
    }),
    [selectedKey, onSelect, onInsert, insertAt, onMove, places, loops, onIteration, faulty],
  );
  const focusNode = layout.nodes.find(({ task, kind }) => kind === 'task' && task?.taskReferenceName === focus);
  return (
    <DiagramContext value={context}>
      <section className="diagram" aria-label={label}>
        <ReactFlowProvider>
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            deleteKeyCode={null}
            selectionKeyCode={null}
            zoomOnDoubleClick={false}
            panOnScroll
            minZoom={0.15}
            maxZoom={1.6}
            onlyRenderVisibleElements={nodes.length > MANY_NODES}
            onPaneClick={() => onSelect?.(undefined)}
          >
            <Background variant={BackgroundVariant.Dots} gap={18} size={1} color="var(--line-strong)" />
            <Controls showInteractive={false} position="bottom-left" />
            <Viewport layout={layout} focus={focusNode} selectedKey={selectedKey} />
            {props.children && <Panel position="top-right">{props.children}</Panel>}
          </ReactFlow>
        </ReactFlowProvider>
      </section>
    </DiagramContext>
  );
}
