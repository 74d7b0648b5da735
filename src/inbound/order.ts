// Whether the next event of a line may go: when all that the one before it started or resumed has ended or is at rest.
// Nothing is remembered about it; each look asks the database, so a crash in between changes nothing.

import { restOf } from '../core/at-rest.ts';
import { isTerminal } from '../core/model.ts';
import type { Store } from '../store/store.ts';

/**
 * An execution that still works on what the event brought: one that it started or resumed, one above that waits for it,
 * or a sub-workflow of these. Undefined: the event is done with.
 */
export async function busyWith(store: Store, eventId: string): Promise<string | undefined> {
  const event = await store.events.get(eventId);
  const roots = new Set<string>();
  for (const { type, workflowId } of event?.effects ?? [])
    if (workflowId !== undefined && (type === 'started' || type === 'completed'))
      roots.add(await rootOf(store, workflowId));
  for (const root of roots) {
    const busy = await busyIn(store, root, false);
    if (busy !== undefined) return busy;
  }
  return undefined;
}

/** The execution at the top that waits, over however many, for this one. */
async function rootOf(store: Store, workflowId: string): Promise<string> {
  let id = workflowId;
  for (;;) {
    const workflow = await store.workflows.get(id, { tasks: false });
    const above = workflow?.parent && (await store.workflows.get(workflow.parent.workflowId, { tasks: false }));
    if (!above || isTerminal(above.status)) return id;
    id = above.id;
  }
}

async function busyIn(store: Store, id: string, isChild: boolean): Promise<string | undefined> {
  const workflow = await store.workflows.get(id, { tasks: true });
  // A child that is not there yet is about to be started, and of one that has ended its parent is about to hear.
  if (!workflow || isTerminal(workflow.status)) return isChild ? id : undefined;
  const { atRest, children } = restOf(workflow);
  if (!atRest) return id;
  for (const child of children) {
    const busy = await busyIn(store, child, true);
    if (busy !== undefined) return busy;
  }
  return undefined;
}
