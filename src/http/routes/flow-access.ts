// The flow of a path, for a caller who may do what is asked with it.

import { type FlowDeed, mayWithFlow } from '../../access/flow-access.ts';
import type { FlowRow } from '../../store/flow.ts';
import type { Store } from '../../store/store.ts';
import { type Problem, problem } from '../answer.ts';
import type { Caller } from '../route.ts';

/** Names of flows stand in paths percent-encoded; the router has decoded them. Undefined row: nobody has claimed the flow yet. */
export async function withFlow<T>(
  store: Store,
  { principal }: Caller,
  flow: { readonly name: string; readonly deed: FlowDeed },
  then: (row: FlowRow | undefined) => Promise<T>,
): Promise<T | Problem> {
  const row = await store.flows.get(flow.name);
  if (!mayWithFlow(principal, flow.deed, row?.owner))
    return problem(403, `you may not do this with the flow ${flow.name}`);
  return then(row);
}
