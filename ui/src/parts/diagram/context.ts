// What nodes and edges of one diagram share: handing it through every node's data would redraw all of them at each change.
import { createContext } from 'react';
import type { WorkflowTask } from '../../../../src/core/model.ts';
import type { InsertAt } from '../../model/block-layout.ts';
import type { DefPath } from '../../model/def-edit.ts';
import type { LoopView, PlaceView } from '../../model/execution-view.ts';

export interface DiagramShared {
  readonly selectedKey: string | undefined;
  readonly onSelect?: ((path: DefPath | undefined, task?: WorkflowTask) => void) | undefined;
  readonly onInsert?: ((at: InsertAt) => void) | undefined;
  readonly insertAt?: InsertAt | undefined;
  readonly onMove?: ((path: DefPath, to: InsertAt) => void) | undefined;
  readonly places?: ReadonlyMap<string, PlaceView> | undefined;
  readonly loops?: ReadonlyMap<string, LoopView> | undefined;
  readonly onIteration?: ((loop: string, iteration: number) => void) | undefined;
  readonly faulty?: ReadonlySet<string> | undefined;
  /** True when an execution is shown: what has no state did not run. */
  readonly executed: boolean;
}

export const DiagramContext = createContext<DiagramShared>({ selectedKey: undefined, executed: false });

/** Type of the data that a drag carries: the address of a task. */
export const DRAG_TYPE = 'application/x-fermata-task';
