// A stored event under way to the waits: what all steps of its route share.

import type { JsonObject } from '../../core/json.ts';
import type { NewEvent, Route } from '../store.ts';
import type { ItemOf } from './item.ts';

export interface Routed {
  readonly item: ItemOf<'route'>;
  readonly event: NewEvent;
  readonly route: Route;
  readonly payload: JsonObject;
  /** The payload with what came beside it. */
  readonly document: JsonObject;
  readonly keys: readonly Uint8Array[];
}
