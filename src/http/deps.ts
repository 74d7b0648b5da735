// What the routes work with. server.ts fills it in; nothing in this room creates any of it.

import type { Gate } from '../access/gate.ts';
import type { AroundServices } from '../engine/around.ts';
import type { Definitions } from '../engine/definitions.ts';
import type { Executions } from '../engine/executions.ts';
import type { FlowSchedule } from '../engine/flow-schedules.ts';
import type { Keep } from '../engine/janitor.ts';
import type { MockRuns } from '../engine/mock-runs.ts';
import type { QueueWatch } from '../engine/queue-watch.ts';
import type { Stops } from '../engine/stops.ts';
import type { Callbacks } from '../inbound/callback.ts';
import type { Events } from '../inbound/events.ts';
import type { Receive } from '../inbound/receive.ts';
import type { Webhooks } from '../inbound/webhooks.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { FlowTransfer } from '../outbound/flow-transfer.ts';
import type { FlowWebhooks } from '../outbound/flow-webhooks.ts';
import type { Resends } from '../outbound/resend.ts';
import type { Store } from '../store/store.ts';

export interface AppDeps extends AroundServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly gate: Gate;
  readonly definitions: Definitions;
  readonly executions: Executions;
  readonly queueWatch: QueueWatch;
  readonly stops: Stops;
  readonly mockRuns: MockRuns;
  readonly webhooks: Webhooks;
  readonly receive: Receive;
  readonly events: Events;
  readonly callbacks: Callbacks;
  readonly flowWebhooks: FlowWebhooks;
  readonly flowTransfer: FlowTransfer<FlowSchedule>;
  readonly resends: Resends;
  /** Without a slash at the end; known once the server listens. */
  readonly publicUrl: () => string;
  readonly version: string;
  /** How long what has ended is kept. */
  readonly keep: Keep;
  /** Where the build of the web app lies, if it has been built. */
  readonly webAppFolder: string;
}
